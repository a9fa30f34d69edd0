"""What a request carries is limited before it is read, and no shape of it is an error of ours."""

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client as Browser

from kicks.request_bodies import limit_of
from tests.addresses import every_address
from tests.factories import World
from tests.pages import NOTHING, address, answers, followed, rows, send_details

FORM = "application/x-www-form-urlencoded"
FOREIGN = (
    *(f"{FORM}; charset={name}" for name in ("utf-16", "utf-7", "latin-1", "hex", "nonsense")),
    "multipart/form-data; boundary=x; charset=utf-16",
    "application/json; charset=utf-16",
)
BROKEN = (
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=", b"--x"),
    ("multipart/form-data; boundary=\N{LATIN SMALL LETTER E WITH ACUTE}", b"--x"),
    (f"multipart/form-data; boundary={'x' * 300}", b"--x"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n1\r\n--x--\r\n',
    ),
)
BASE_64 = b'name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n'
ODD = (
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; " + BASE_64),
    (FORM, b"a=%zz&%=%ff&b=%00&c=\xff\xfe&=&&&"),
    ("application/json", b"{"),
    ("text/plain", b"x"),
    ("multipart/mixed; boundary=x", b"--x"),
    (";", b"x"),
    ("", b"x"),
)


# Of each kind of page one: public, with a form, a client's, admin's own and ours, one for programs.
SOME = ("/", "/book/details/", "/book/link/", "/admin/login/", "/admin/why-not/")


def everywhere() -> list[str]:
    """Every address but those of the probes, which take no post."""
    posted = [path for _, path in every_address() if not path.startswith(("/readyz", "/healthz"))]
    assert len(posted) > 100
    return posted


def said(browser: Browser, paths: Iterable[str], kind: str, body: bytes) -> dict[str, int]:
    """What each address answers to a post of that kind."""
    return {
        path: browser.generic("POST", path, body, content_type=kind).status_code for path in paths
    }


@pytest.fixture(params=["stranger", "owner", "stranger with a cookie"])
def browser(request: pytest.FixtureRequest, world: World) -> Browser:
    """A browser of that kind; what fails is an answer."""
    checks = request.param == "stranger with a cookie"
    browser = Browser(raise_request_exception=False, enforce_csrf_checks=checks)
    if checks:
        for name in (settings.CSRF_COOKIE_NAME, settings.STAFF_CSRF_COOKIE_NAME):
            browser.cookies[name] = "x" * 32
    if request.param == "owner":
        browser.force_login(User.objects.create_superuser("owner"))
    return browser


def test_another_character_set_is_a_bad_request_at_every_address(browser: Browser) -> None:
    body = "a=1".encode("utf-16")
    found = said(browser, everywhere(), FOREIGN[0], body)
    assert set(found.values()) == {400}, found
    for kind in FOREIGN:
        assert set(said(browser, SOME, kind, body).values()) == {400}, kind


def test_parts_that_cannot_be_read_are_a_bad_request(browser: Browser) -> None:
    for kind, body in BROKEN:
        found = said(browser, (*SOME, "/csp-reports/"), kind, body)
        assert set(found.values()) == {400}, (kind, body, found)


def test_no_odd_body_is_an_error_anywhere(browser: Browser) -> None:
    found = said(browser, everywhere(), *ODD[0])
    for kind, body in ODD:
        found |= said(browser, SOME, kind, body)
    assert {path: status for path, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("name", ["UTF-8", '"utf-8"', "utf-8"])
def test_a_form_may_say_that_it_is_in_utf_8(client: Browser, world: World, name: str) -> None:
    path = address("details", world, slot="2026-11-24T10:00")
    sent = client.generic("POST", path, b"name=Sam", content_type=f"{FORM}; charset={name}")
    response = followed(client, sent)
    assert response.status_code == 422
    assert 'value="Sam"' in response.text


# --- length


class Unread(io.BytesIO):
    """A body that nobody may touch."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("somebody read it")


def says(length: str, path: str, kind: str = FORM, **more: str) -> int:
    """What an address answers to a body of which nothing may be read."""
    sent = {"CONTENT_LENGTH": length, "CONTENT_TYPE": kind, "wsgi.input": Unread(), **more}
    sent = {name: value for name, value in sent.items() if value != ""}
    return Browser().generic("POST", path, **sent).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
def test_a_body_that_is_too_long_is_refused_unread_at_every_address(db: None, kind: str) -> None:
    for path in everywhere():
        assert says(str(limit_of(path) + 1), path, kind) == 400, path
    assert says(str(200 * 1024 * 1024), "/admin/login/", kind) == 400


def test_a_body_that_does_not_say_its_length_is_refused_unread(db: None) -> None:
    for path in ("/", "/book/details/", "/admin/login/", "/nowhere/"):
        assert says("", path, HTTP_TRANSFER_ENCODING="chunked") == 400


@pytest.mark.parametrize("length", ["x", "-1", "1.5", "\N{ARABIC-INDIC DIGIT THREE}", "1e3"])
def test_a_length_that_is_no_number_is_a_bad_request(db: None, length: str) -> None:
    assert says(length, "/fees/") == 400


def test_an_article_of_full_length_may_be_saved_and_a_report_is_short(db: None) -> None:
    text, questions = 40_000, 20 * (4_000 + 200)
    assert limit_of("/admin/academy/article/1/change/") > 6 * (text + questions)
    assert limit_of("/csp-reports/") < limit_of("/book/details/") < limit_of("/admin/")


def test_a_form_beyond_all_measure_leaves_no_file_behind(
    client: Browser, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made: list[object] = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *a, **k: made.append(a))
    for size in (3, 60):
        sent = answers(photo=io.BytesIO(b"x" * size * 1024 * 1024))
        path = address("details", world, slot="2026-11-24T10:00")
        assert client.post(path, sent).status_code == 400
    small = answers(photo=io.BytesIO(b"x"))
    assert client.post(path, small).status_code == 400
    assert (made, list(tmp_path.iterdir()), rows()) == ([], [], NOTHING)
    assert send_details(client, world).status_code == 302
