"""What every answer tells the browser."""

import logging

import pytest
from django.test import Client, override_settings

from kicks.privacy import Discreet, discreet

ADMIN = "/admin/login/"


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.mark.parametrize("path", [ADMIN, "/no/such/page/"])
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_public_pages_run_nothing_that_is_not_a_file_of_ours(client: Client) -> None:
    policy = client.get("/no/such/page/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    found = directives(policy)
    assert found["default-src"] == "'none'"
    assert found["base-uri"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    for name in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"):
        assert found[name] == "'self'"


def test_only_the_admin_relaxes_scripts_and_styles(client: Client) -> None:
    found = directives(client.get(ADMIN).headers["Content-Security-Policy"])
    assert found["script-src"] == "'self' 'unsafe-eval' 'unsafe-inline'"
    assert found["default-src"] == "'none'"
    assert found["form-action"] == "'self'"


@override_settings(SECURE_HSTS_SECONDS=60, SECURE_SSL_REDIRECT=True)
def test_plain_http_is_sent_to_https_and_told_to_stay(client: Client) -> None:
    assert client.get(ADMIN).headers["Location"] == f"https://testserver{ADMIN}"
    assert client.get(ADMIN, secure=True).headers["Strict-Transport-Security"] == "max-age=60"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ('"GET /b/Zm9vYmFy-_x/ HTTP/1.1" 200', '"GET /b/***/ HTTP/1.1" 200'),
        ("Not Found: /b/abc/cancel/", "Not Found: /b/***/cancel/"),
        ("https://book.example.org/b/abc?x=1", "https://book.example.org/b/***?x=1"),
        ("/book/ and /b/", "/book/ and /b/"),
    ],
)
def test_private_links_are_masked_in_logs(said: str, logged: str) -> None:
    assert discreet(said) == logged


def fail(cause: str) -> None:
    """Fail as Django does on a database error: one exception raised from another."""
    raise RuntimeError(cause) from ValueError(cause)


def test_a_database_error_is_logged_without_the_row() -> None:
    cause = 'null value in column "x"\nDETAIL:  Failing row contains (Sam, I feel\n\nblue).\n'
    with pytest.raises(RuntimeError) as caught:
        fail(cause)
    record = logging.LogRecord("django", logging.ERROR, __file__, 1, "%s", (cause,), None)
    record.exc_info = (caught.type, caught.value, caught.tb)
    line = Discreet("%(message)s").format(record)
    assert "Sam" not in line
    assert "blue" not in line
    assert 'null value in column "x"' in line
    assert "The above exception was the direct cause" in line
    assert "RuntimeError" in line
