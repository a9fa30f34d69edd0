"""Sessions of clients and of those who work here: apart, each with its own lifetime."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from staff import housekeeping
from staff.models import StaffSession
from tests.clock import Clock
from tests.desk.sign_in.people import app_of, come_in, is_in, kinds
from tests.factories import NOW, World
from tests.pages import book

STAFF, CLIENT = "staff", "sessionid"


def test_who_signs_in_and_books_in_one_browser_has_two_sessions(owner: User, world: World) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    booking = book(browser, world)
    staff, client = browser.cookies[STAFF].value, browser.cookies[CLIENT].value
    assert staff != client
    assert "_auth_user_id" not in Session.objects.get(session_key=client).get_decoded()
    assert StaffSession.objects.get(session_key=staff).user == owner
    assert "bookings" not in StaffSession.objects.get(session_key=staff).get_decoded()

    response = browser.post("/admin/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert not is_in(browser)
    assert browser.get(f"/booking/{booking.uid}/").status_code == 200
    assert kinds()[-1] == "signed_out"


def test_the_clients_session_ends_without_the_staffs(owner: User, world: World) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    book(browser, world)
    Session.objects.all().delete()
    assert is_in(browser)


def test_one_kinds_cookie_is_nothing_to_the_other(owner: User) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    swapped = Browser()
    swapped.cookies[CLIENT] = browser.cookies[STAFF].value
    assert not is_in(swapped)
    assert swapped.get("/").status_code == 200


@pytest.mark.parametrize("trust", [False, True])
def test_a_session_outlives_a_meeting_and_ends_with_the_working_day(
    owner: User, clock: Clock, *, trust: bool
) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner), **({"trust": "on"} if trust else {}))
    for _ in range(6):  # a day of 50-minute meetings, and a little at admin after each
        clock.shift(timedelta(minutes=110))
        assert is_in(browser)
    clock.shift(timedelta(minutes=65))
    assert not is_in(browser)


@pytest.mark.parametrize(("trust", "stays"), [(False, False), (True, True)])
def test_nothing_for_two_hours_ends_it_unless_the_browser_is_trusted(
    owner: User, clock: Clock, *, trust: bool, stays: bool
) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner), **({"trust": "on"} if trust else {}))
    clock.shift(timedelta(minutes=125))
    assert is_in(browser) is stays


def test_to_be_seen_again_at_once_writes_nothing(owner: User, clock: Clock) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    clock.shift(timedelta(minutes=4))
    assert is_in(browser)
    assert StaffSession.objects.get().seen_at == NOW
    clock.shift(timedelta(minutes=2))
    assert is_in(browser)
    assert StaffSession.objects.get().seen_at == NOW + timedelta(minutes=6)


def test_a_session_that_was_ended_lets_nobody_in(owner: User) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    StaffSession.objects.all().delete()
    response = browser.get("/admin/")
    assert response.status_code == 302
    assert browser.cookies[STAFF].value == ""


def test_a_session_that_is_ended_while_it_is_used_is_not_made_again(
    owner: User, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    clock.shift(timedelta(minutes=6))

    def end(*_: object) -> None:
        StaffSession.objects.all().delete()

    monkeypatch.setattr("kicks.staff_sessions.patch_vary_headers", end)
    assert browser.get("/admin/").status_code == 200
    assert browser.cookies[STAFF].value == ""
    assert not StaffSession.objects.exists()
    assert not is_in(browser)


def test_a_page_that_fails_keeps_nothing(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(raise_request_exception=False)
    come_in(browser, owner, app_of(owner))
    before = StaffSession.objects.get().session_data
    monkeypatch.setattr("desk.sign_in.own_sign_in.factors", None)
    assert browser.get("/admin/sign-in/?x=1").status_code == 500
    assert StaffSession.objects.get().session_data == before


def test_who_leaves_is_out_at_once(owner: User) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    User.objects.update(is_active=False)
    assert not is_in(browser)


def test_cookies_are_no_scripts_and_no_other_sites(owner: User, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    for name in (STAFF, "staff-device"):
        found = browser.cookies[name]
        assert (found["httponly"], found["secure"], found["samesite"]) == (True, True, "Lax")
        assert found["path"] == "/"
        assert not found["domain"]
    assert configured.SESSION_COOKIE_NAME == CLIENT


def test_what_is_over_is_forgotten_at_night(owner: User, clock: Clock) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    stored = StaffSession.objects.get()
    store = stored.get_session_store_class()(stored.session_key)
    assert store.load()["_auth_user_id"] == str(owner.pk)
    housekeeping.forget_old(NOW)
    assert StaffSession.objects.exists()
    housekeeping.forget_old(NOW + timedelta(days=1))
    assert not StaffSession.objects.exists()
