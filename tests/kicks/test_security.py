"""What every answer tells the browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings
from pytest_django.fixtures import Settings

from bookings.notices import private_links
from tests.addresses import PROBES, every_address
from tests.factories import NOW, World, make_article
from tests.pages import address, book

ADMIN, TRY = "/admin/", "/video-check/"


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: sources for name, _, sources in parts}


# Every answer has these; the probes, which no browser shows, have only those of the first group.
EVERYWHERE = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PAGES = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
HTTPS = {"x-forwarded-proto": "https"}


@pytest.fixture
def https(settings: Settings) -> Client:
    """A browser that comes by HTTPS to a site with the settings of a server."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return Client(raise_request_exception=False, headers=HTTPS)


def assert_safe(response: Any, path: str) -> None:
    headers, is_probe = response.headers, path.strip("/") in PROBES
    expected = EVERYWHERE | ({} if is_probe else PAGES)
    if path.startswith("/static/"):
        # The page that other sites show may be kept apart there, and so come from no origin at all.
        expected |= {"Cross-Origin-Resource-Policy": "cross-origin"}
    assert {name: headers.get(name) for name in expected} == expected, path
    policy = directives(headers["Content-Security-Policy"])
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'", (
        path
    )
    allowed = "(self)" if path == TRY and response.status_code == 200 else "()"
    assert f"camera={allowed}" in headers["Permissions-Policy"], path
    assert path.startswith("/admin/") or "unsafe" not in headers["Content-Security-Policy"], path


@pytest.mark.parametrize("who", ["stranger", "staff"])
def test_every_address_answers_with_every_header(
    https: Client, admin_user: User, world: World, who: str
) -> None:
    make_article(slug="x")
    if who == "staff":
        https.force_login(admin_user)
    for _, path in every_address():
        for where in (path, f"{path}nowhere/"):
            assert_safe(https.get(where), where)
            assert_safe(https.post(where), where)


def test_steps_files_and_errors_answer_with_every_header(https: Client, world: World) -> None:
    found = book(https, world)
    steps = [address(name, world, slot="2026-11-25T10:00") for name in ("book", "time", "details")]
    for path in (*steps, f"/booking/{found.uid}/", f"/booking/{found.uid}/cancel/"):
        response = https.get(path)
        assert response.status_code == 200
        assert_safe(response, path)
    for path in static_files():
        assert_safe(https.head(path), path)
    assert_safe(https.get("/static/missing.css"), "/static/missing.css")
    assert_safe(https.get("/", headers=HTTPS | {"host": "evil.example"}), "/")
    strict = Client(enforce_csrf_checks=True, headers=HTTPS)
    assert_safe(strict.post("/book/link/"), "/book/link/")
    # Plain HTTP, where browsers ignore the header that asks them to stay with HTTPS.
    assert Client().get("/").headers["Location"] == "https://testserver/"


TEXTS = re.compile(r"text/|[\w.-]+/(?:[\w.-]+\+)?xml\b")


def assert_says_its_letters(response: Any, path: str) -> None:
    """JSON is always in UTF-8, and what has no body needs to say nothing."""
    kind = response.headers.get("Content-Type", "")
    if TEXTS.match(kind):
        assert kind.lower().endswith("charset=utf-8") or kind.endswith('charset="utf-8"'), path


def test_every_text_says_in_which_letters_it_is(
    https: Client, admin_user: User, world: World
) -> None:
    make_article(slug="x")
    https.force_login(admin_user)
    for _, path in every_address():
        for response in (https.get(path), https.post(path)):
            assert_says_its_letters(response, path)
    for path in static_files():
        assert_says_its_letters(https.head(path), path)
    found = book(https, world)
    assert_says_its_letters(https.get(f"/booking/{found.uid}/appointment.ics"), "ics")
    token = private_links.to_booking(found, NOW)
    stop = {"List-Unsubscribe": "One-Click"}
    response = https.post(f"/b/{token}/reminders/", stop)
    assert response.status_code == 200
    assert_says_its_letters(response, "stop")


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "MADE-UP"])
def test_what_no_page_is_asked_by_is_refused_at_every_address(
    https: Client, admin_user: User, world: World, method: str
) -> None:
    """TRACE would show a script the cookies that it may not read."""
    https.force_login(admin_user)
    for _, path in every_address():
        response = https.generic(method, path, headers={"x-canary": "sung"})
        assert response.status_code == 405, path
        assert response.headers["Allow"] == "GET, HEAD, POST"
        assert b"sung" not in response.content


def static_files() -> list[str]:
    folder = Path(settings.BASE_DIR) / "static"
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    return [f"/static/{name}" for name in files]


def test_a_page_that_fails_answers_with_every_header(
    https: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("front.views.home.home_page", None)
    response = https.get("/")
    assert response.status_code == 500
    assert_safe(response, "/")


def test_the_page_on_which_django_explains_keeps_its_styles(
    client: Client, settings: Settings
) -> None:
    settings.DEBUG = True
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "Content-Security-Policy" not in response.headers
    assert response.headers["X-Frame-Options"] == "DENY"


def test_public_pages_run_nothing_that_is_not_a_file_of_ours(client: Client) -> None:
    policy = client.get("/no/such/page/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    found = directives(policy)
    assert found["default-src"] == "'none'"
    assert found["base-uri"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    for name in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"):
        assert found[name] == "'self'"


def test_the_admin_may_evaluate_and_nothing_else(client: Client) -> None:
    found = directives(client.get(ADMIN).headers["Content-Security-Policy"])
    assert found["script-src"] == "'self' 'unsafe-eval'"
    assert found["style-src"] == "'self'"
    assert found["default-src"] == "'none'"
    assert found["form-action"] == "'self'"
    assert found["report-uri"] == "/csp-reports/"


def test_only_the_samples_of_mail_bring_styles_of_their_own(client: Client) -> None:
    found = directives(client.get("/admin/mail-samples/").headers["Content-Security-Policy"])
    assert found["style-src"] == "'self' 'unsafe-inline'"
    assert found["script-src"] == "'self' 'unsafe-eval'"


@pytest.mark.parametrize(
    ("path", "allowed", "is_strict"),
    [
        ("/", "()", True),
        ("/booking/x/", "()", True),
        (ADMIN, "(self)", False),
        ("/admin/login/", "(self)", True),
        ("/admin/sign-in/", "(self)", False),
        ("/admin/sign-in/remove/app/1/", "(self)", False),
        ("/admin/sign-in/code/", "(self)", True),
        ("/admin/sign-in/set-up/passkey/", "(self)", True),
        ("/admin/choose-password/x/x/", "(self)", True),
    ],
)
def test_admin_alone_may_ask_for_passkeys_and_their_pages_run_files_alone(
    client: Client, world: World, path: str, allowed: str, *, is_strict: bool
) -> None:
    headers = client.get(path).headers
    for act in ("create", "get"):
        assert f"publickey-credentials-{act}={allowed}" in headers["Permissions-Policy"]
    scripts = directives(headers["Content-Security-Policy"])["script-src"]
    assert (scripts == "'self'") is is_strict


FEATURE = re.compile(r"([\w-]+)=(\([^)]*\))")


def test_one_page_alone_may_ask_for_camera_and_microphone_and_may_connect_to_nowhere(
    client: Client, db: None
) -> None:
    headers = client.get(TRY).headers
    allowed = dict(FEATURE.findall(headers["Permissions-Policy"]))
    usual = dict(FEATURE.findall(client.get("/").headers["Permissions-Policy"]))
    opened = {name for name, who in allowed.items() if who != usual[name]}
    assert opened == {"camera", "microphone"}
    assert allowed.keys() == usual.keys()
    assert {allowed[name] for name in opened} == {"(self)"}
    assert set(usual.values()) == {"()"}
    policy = directives(headers["Content-Security-Policy"])
    assert policy["connect-src"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "media-src" not in policy
    for path in (f"{TRY}x/", "/places/", "/video-check"):
        assert "camera=()" in client.get(path).headers["Permissions-Policy"], path


@override_settings(SECURE_HSTS_SECONDS=60, SECURE_SSL_REDIRECT=True)
def test_plain_http_is_sent_to_https_and_told_to_stay(client: Client) -> None:
    assert client.get(ADMIN).headers["Location"] == f"https://testserver{ADMIN}"
    assert client.get(ADMIN, secure=True).headers["Strict-Transport-Security"] == "max-age=60"
