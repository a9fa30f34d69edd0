"""The tokens of forms: of clients and of those who work here apart, in one browser."""

import re

import pytest
from django.conf import settings as configured
from django.test import Client as Browser

from tests.desk.sign_in.people import CODE, LOGIN, PASSWORD, app_of, code_of, make_owner
from tests.factories import World, make_user

STAFF, CLIENT = configured.STAFF_CSRF_COOKIE_NAME, configured.CSRF_COOKIE_NAME
FORGOTTEN, CLIENTS = "/admin/sign-in/forgotten/", "/book/link/"


def token_of(browser: Browser, path: str) -> str:
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(path).content.decode())
    assert found
    return found[1]


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(enforce_csrf_checks=True)


def test_each_side_has_a_cookie_of_its_own(browser: Browser) -> None:
    token_of(browser, CLIENTS)
    assert set(browser.cookies) == {CLIENT}
    token_of(browser, LOGIN)
    assert {STAFF, CLIENT} <= set(browser.cookies)
    assert browser.cookies[STAFF].value != browser.cookies[CLIENT].value
    assert browser.cookies[STAFF]["httponly"]
    assert browser.cookies[STAFF]["samesite"] == "Lax"


def test_signing_in_leaves_a_page_that_is_open_as_a_client_alone(browser: Browser) -> None:
    app = app_of(make_owner())
    client_token, before = token_of(browser, CLIENTS), browser.cookies[CLIENT].value
    given = {"username": "owner", "password": PASSWORD}
    token = token_of(browser, LOGIN)
    assert browser.post(LOGIN, {**given, "csrfmiddlewaretoken": token}).status_code == 302
    token = token_of(browser, CODE)
    signed_in = browser.post(CODE, {"code": code_of(app), "csrfmiddlewaretoken": token})
    assert signed_in.status_code == 302
    assert browser.cookies[CLIENT].value == before
    asked = {"email": "sam@example.com", "csrfmiddlewaretoken": client_token}
    assert browser.post(CLIENTS, asked).status_code != 403


def test_neither_sides_token_opens_the_other(browser: Browser) -> None:
    client, staff = token_of(browser, CLIENTS), token_of(browser, FORGOTTEN)
    given = {"email": "sam@example.com"}
    assert browser.post(FORGOTTEN, {**given, "csrfmiddlewaretoken": client}).status_code == 403
    assert browser.post(CLIENTS, {**given, "csrfmiddlewaretoken": staff}).status_code == 403
    assert browser.post(FORGOTTEN, {**given, "csrfmiddlewaretoken": staff}).status_code == 302


def test_a_staff_page_believes_no_clients_cookie(browser: Browser) -> None:
    token = token_of(browser, CLIENTS)
    given = {"email": "sam@example.com", "csrfmiddlewaretoken": token}
    assert browser.post(FORGOTTEN, given).status_code == 403


def test_who_is_signed_in_presses_with_their_token(browser: Browser) -> None:
    browser.force_login(make_user())
    token = token_of(browser, "/admin/sign-in/")
    press = browser.post("/admin/sign-in/end-others/", {"csrfmiddlewaretoken": token})
    assert press.status_code == 302
    assert browser.post("/admin/sign-in/end-others/").status_code == 403
