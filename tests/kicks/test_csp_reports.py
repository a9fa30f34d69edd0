"""What browsers report of admin's policy: heard, not believed, told without anything private."""

import io
import json
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from clients.models import RateBucket

WRONG: tuple[object, ...] = (1, None, [], {}, "https://[")
CANARY = "Sam-Okafor"


def report(**said: Any) -> dict[str, Any]:
    return {
        "csp-report": {
            "document-uri": f"https://book.example.org/admin/?q={CANARY}",
            "effective-directive": "script-src-elem",
            "blocked-uri": f"https://evil.example/{CANARY}?x={CANARY}",
            "script-sample": CANARY,
            "referrer": CANARY,
            **said,
        }
    }


def send(browser: Browser, said: Any, kind: str = "application/csp-report") -> int:
    body = said if isinstance(said, (bytes, str)) else json.dumps(said)
    return browser.post("/csp-reports/", body, content_type=kind).status_code


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "script-src-elem blocked evil.example"),
        ({"blocked-uri": "inline"}, "script-src-elem blocked inline"),
        ({"blocked-uri": "data"}, "script-src-elem blocked data"),
        ({"blocked-uri": f"{CANARY}"}, "script-src-elem blocked something"),
        ({"blocked-uri": f"https://{'x' * 99}/"}, "script-src-elem blocked something"),
        ({"blocked-uri": ""}, "script-src-elem blocked something"),
        ({"effective-directive": "", "violated-directive": "img-src x"}, "img-src blocked"),
        ({"effective-directive": "style-src\nERROR Sam-Okafor"}, "style-src blocked evil.example"),
    ],
)
def test_a_report_is_one_line_with_the_directive_and_the_host(
    db: None, client: Browser, printed: io.StringIO, said: dict[str, str], told: str
) -> None:
    assert send(client, report(**said)) == 204
    line = printed.getvalue()
    assert f"WARNING kicks.csp_reports the policy's {told}" in line
    assert line.count("\n") == 1
    assert CANARY not in line


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"{", b"[]", b"1", b"null", b"\xff", b"[" * 9000),
        *({}, {"csp-report": 1}, {"csp-report": {}}, [report()]),
        *(report(**{"blocked-uri": wrong}) for wrong in WRONG),
        report(**{"effective-directive": 7}),
        report(**{"effective-directive": "\N{GRINNING FACE}"}),
    ],
)
def test_what_is_no_report_is_a_bad_request(
    db: None, client: Browser, printed: io.StringIO, said: Any
) -> None:
    assert send(client, said) == 400
    assert "blocked" not in printed.getvalue()
    assert not RateBucket.objects.exists()


def test_a_report_is_short_and_only_posted(db: None, client: Browser) -> None:
    assert send(client, b"x" * 17_000) == 400
    assert client.get("/csp-reports/").status_code == 405


def test_one_address_is_heard_so_often_and_all_together_so_often(
    db: None, client: Browser, printed: io.StringIO, settings: Settings
) -> None:
    settings.RATE_LIMITS |= {"report-address": (2, 3600), "report-site": (3, 3600)}
    assert [send(client, report()) for _ in range(3)] == [204, 204, 429]
    other = Browser(REMOTE_ADDR="192.0.2.7")
    assert [send(other, report()) for _ in range(2)] == [204, 429]
    assert printed.getvalue().count("blocked") == 3


def test_a_report_needs_no_token_and_starts_no_session(db: None) -> None:
    browser = Browser(enforce_csrf_checks=True)
    assert send(browser, report()) == 204
    assert not browser.cookies
