"""Between the password and the second factor nobody is anybody; after it, for a working day."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from availability.models import Therapist
from outbox.models import OutgoingMail
from staff import factors
from staff.models import StaffDevice
from tests.addresses import every_address
from tests.clock import Clock
from tests.desk.sign_in.people import (
    CODE,
    LOGIN,
    OWN,
    PASSWORD,
    app_of,
    code_of,
    come_in,
    give,
    is_in,
    kinds,
    make_owner,
)
from tests.factories import World

pytestmark = pytest.mark.django_db

SET_UP = "/admin/sign-in/set-up/"
APP = "/admin/sign-in/set-up/app/"
CODES = "/admin/sign-in/recovery-codes/"
BEGINS = "/admin/first-steps/"  # where an owner lands whose practice is not there yet
HALFWAY = {
    "second_factor",
    "set_up",
    "set_up_app",
    "set_up_passkey",
    "passkey_make",
    "passkey_show",
}
OPEN = {
    "sign_in",
    "admin:login",
    "admin:jsi18n",
    "sign_out",
    "admin:logout",
    "choose_password",
    "admin_password_reset",
}


@pytest.mark.parametrize("enrolled", [True, False])
def test_no_address_of_admin_answers_between_the_password_and_the_second_factor(
    owner: User, world: World, *, enrolled: bool
) -> None:
    browser = Browser(raise_request_exception=False)
    if enrolled:
        app_of(owner)
    assert give(browser).status_code == 302
    asked = 0
    for name, path in every_address():
        if not path.startswith(("/admin/", "/academy/preview/")) or name in OPEN | HALFWAY:
            continue
        for response in (browser.get(path), browser.post(path, {"username": "owner"})):
            asked += 1
            leads_on = response.headers.get("Location", "").startswith((LOGIN, CODE, SET_UP))
            # Django's own catch-all leads every unknown address to the sign-in, too.
            assert leads_on or response.status_code in {403, 404, 405}, (name, response.status_code)
            assert b"kt-own" not in response.content
    assert asked > 200
    assert not is_in(browser)


def test_halfway_an_enrolled_person_adds_no_factor(owner: User) -> None:
    """Or whoever knows the password would make their own."""
    app_of(owner)
    browser = Browser()
    give(browser)
    for path in (SET_UP, APP, f"{SET_UP}passkey/"):
        assert browser.get(path).headers["Location"] == CODE
    for path in ("make/", "made/"):
        response = browser.post(f"{OWN}passkey/{path}", "{}", content_type="application/json")
        assert response.status_code == 403
    assert factors.count(owner) == 1


def test_who_has_no_factor_sets_one_up_and_is_in(owner: User) -> None:
    browser = Browser()
    assert give(browser, query="?next=/admin/auth/user/").headers["Location"] == SET_UP
    assert "One more thing" in browser.get(SET_UP).content.decode()
    assert browser.get(CODE).headers["Location"] == SET_UP
    page = browser.get(APP).content.decode()
    device = factors.begin_app(owner, owner.date_joined)
    assert "<svg" in page
    assert factors.begin_app(owner, owner.date_joined) == device
    response = browser.post(APP, {"code": f"{code_of(device)[:3]} {code_of(device)[3:]}"})
    assert response.headers["Location"] == CODES
    assert is_in(browser)
    shown = browser.post(CODES).content.decode()
    assert "Keep them now" in shown
    assert factors.codes_left(owner) == 10
    assert kinds() == ["factor_added", "signed_in", "new_device", "factor_added"]


def test_who_begins_lands_on_their_first_steps(owner: User, world: World) -> None:
    world.therapist.weekly_hours.all().delete()
    Therapist.objects.update(user=owner)
    browser = Browser()
    give(browser)
    browser.get(APP)
    browser.post(APP, {"code": code_of(factors.begin_app(owner, owner.date_joined))})
    for page in (browser.get(CODES), browser.post(CODES)):
        assert 'href="/admin/first-steps/"' in page.content.decode()
    browser.post("/admin/logout/")
    app = factors.app_of(owner)
    assert app
    give(browser, query="?next=/admin/")
    landed = browser.post(CODE, {"code": code_of(app, steps=1)})
    assert landed.headers["Location"] == "/admin/first-steps/"


def test_a_wrong_first_code_takes_no_app_into_use(owner: User) -> None:
    browser = Browser()
    give(browser)
    for wrong in ("000000", "abc", ""):
        response = browser.post(APP, {"code": wrong})
        assert response.status_code == 422
    device = factors.begin_app(owner, owner.date_joined)
    assert not device.confirmed
    assert not is_in(browser)


def test_the_code_lets_in_and_leads_to_where_one_wanted_to_go(owner: User) -> None:
    app, browser = app_of(owner), Browser()
    assert give(browser, query="?next=/admin/auth/user/").headers["Location"] == CODE
    response = browser.post(CODE, {"code": code_of(app)})
    assert response.headers["Location"] == "/admin/auth/user/"
    assert is_in(browser)
    assert kinds() == ["signed_in", "new_device"]
    assert browser.get(CODE).headers["Location"] == LOGIN


def test_a_code_counts_once(owner: User) -> None:
    app = app_of(owner)
    code = code_of(app)
    for browser, status in ((Browser(), 302), (Browser(), 422)):
        give(browser)
        assert browser.post(CODE, {"code": code}).status_code == status


def test_wrong_codes_end_the_sign_in_and_are_throttled(owner: User) -> None:
    app, browser = app_of(owner), Browser()
    give(browser)
    said = [browser.post(CODE, {"code": "000000"}).content.decode() for _ in range(3)]
    assert "isn’t right" in said[0]
    assert "wasn’t looked at" in said[1]
    response = browser.post(CODE, {"code": code_of(app)})
    assert response.status_code == 422
    assert "sign_in_failed" in kinds()


def test_five_wrong_codes_begin_anew(owner: User, clock: Clock) -> None:
    app_of(owner)
    browser = Browser()
    give(browser)
    for _ in range(4):
        assert browser.post(CODE, {"code": "000000"}).status_code == 422
        clock.shift(timedelta(minutes=1))
    response = browser.post(CODE, {"code": "000000"})
    assert response.headers["Location"] == LOGIN
    assert "Begin again" in browser.get(LOGIN).content.decode()
    assert browser.get(CODE).headers["Location"] == LOGIN


def test_who_guesses_codes_holds_the_owner_back_for_minutes_not_for_ever(
    owner: User, clock: Clock
) -> None:
    app = app_of(owner)
    app.throttling_failure_count, app.throttling_failure_timestamp = 60, owner.date_joined
    app.save()
    clock.shift(timedelta(minutes=5))
    come_in(Browser(), owner, app)


def test_a_recovery_code_lets_in_once(owner: User) -> None:
    app_of(owner)
    codes = factors.new_codes(owner, owner.date_joined)
    for browser, status in ((Browser(), 302), (Browser(), 422)):
        give(browser)
        assert browser.post(CODE, {"code": f" {codes[0].upper()} "}).status_code == status
    assert factors.codes_left(owner) == 9


def test_without_recovery_codes_none_is_right(owner: User) -> None:
    app_of(owner)
    browser = Browser()
    give(browser)
    assert browser.post(CODE, {"code": "abcde-fghjk"}).status_code == 422
    assert browser.post(CODE, {"code": ""}).status_code == 422
    assert browser.post(CODE, {"code": "\N{ARABIC-INDIC DIGIT ONE}" * 6}).status_code == 422


def test_more_codes_than_a_person_types_are_not_looked_at(owner: User, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign-in-code": (1, 900)}
    app, browser = app_of(owner), Browser()
    give(browser)
    browser.post(CODE, {"code": "abcde-fghjk"})
    response = browser.post(CODE, {"code": code_of(app)})
    assert "wasn’t looked at" in response.content.decode()


def test_a_trusted_browser_is_not_asked_for_a_code_for_a_working_day(
    owner: User, clock: Clock
) -> None:
    app, browser = app_of(owner), Browser()
    come_in(browser, owner, app, trust="on")
    browser.post("/admin/logout/")
    clock.shift(timedelta(hours=11, minutes=59))
    assert give(browser).headers["Location"] == BEGINS
    assert is_in(browser)
    browser.post("/admin/logout/")
    assert give(Browser()).headers["Location"] == CODE
    clock.shift(timedelta(hours=1))
    assert give(browser).headers["Location"] == CODE


def test_trust_is_one_persons(owner: User) -> None:
    browser, other = Browser(), make_owner("other")
    app_of(other)
    come_in(browser, owner, app_of(owner), trust="on")
    browser.post("/admin/logout/")
    assert give(browser, "other").headers["Location"] == CODE


def test_trust_without_a_factor_left_is_no_way_past_it(owner: User) -> None:
    app, browser = app_of(owner), Browser()
    come_in(browser, owner, app, trust="on")
    browser.post("/admin/logout/")
    app.delete()
    assert give(browser).headers["Location"] == SET_UP


def test_a_new_browser_is_told_by_mail_and_a_known_one_is_not(owner: User, clock: Clock) -> None:
    app, browser = app_of(owner), Browser(headers={"user-agent": "Mozilla Firefox/1 (Windows)"})
    for _ in range(2):
        come_in(browser, owner, app)
        browser.post("/admin/logout/")
        clock.shift(timedelta(minutes=2))
    [mail] = OutgoingMail.objects.all()
    assert (mail.kind, mail.to) == ("staff_new_device", "owner@example.org")
    assert "Firefox on Windows" in mail.text
    assert "Monday 23 November 2026, 9am UK time" in " ".join(mail.text.split())
    assert kinds(kind="new_device") == ["new_device"]


def test_who_has_no_address_of_their_own_is_told_at_their_diarys(world: World) -> None:
    user = User.objects.get(pk=world.therapist.user_id)
    user.set_password(PASSWORD)
    user.save()
    come_in(Browser(), user, app_of(user))
    assert OutgoingMail.objects.get().to == "robin@kicks.example"


def test_who_has_none_at_all_signs_in_all_the_same(db: None) -> None:
    user = make_owner(email="")
    come_in(Browser(), user, app_of(user))
    assert not OutgoingMail.objects.exists()


def test_the_half_way_ends_after_half_an_hour(owner: User, clock: Clock) -> None:
    app, browser = app_of(owner), Browser()
    give(browser)
    clock.shift(timedelta(minutes=31))
    assert browser.post(CODE, {"code": code_of(app)}).headers["Location"] == LOGIN
    assert browser.get(SET_UP).headers["Location"] == LOGIN
    assert "give your password again" in browser.get(LOGIN).content.decode()


@pytest.mark.parametrize("change", ["left", "password"])
def test_the_half_way_ends_with_the_password_and_with_the_person(owner: User, change: str) -> None:
    app, browser = app_of(owner), Browser()
    give(browser)
    if change == "left":
        owner.is_active = False
    else:
        owner.set_password("another horse entirely")
    owner.save()
    assert browser.post(CODE, {"code": code_of(app)}).headers["Location"] == LOGIN


def test_a_developers_machine_asks_only_for_what_there_is(owner: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    assert give(browser).headers["Location"] == BEGINS
    assert is_in(browser)
    browser.post("/admin/logout/")
    app_of(owner)
    assert give(browser).headers["Location"] == CODE


def test_a_foreign_next_leads_nowhere_else(owner: User) -> None:
    app, browser = app_of(owner), Browser()
    give(browser, query="?next=https://evil.example/")
    assert browser.post(CODE, {"code": code_of(app)}).headers["Location"] == BEGINS


def test_who_is_in_is_sent_on_from_the_sign_in(owner: User) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    assert browser.get(LOGIN).headers["Location"] == reverse("admin:index")
    assert StaffDevice.objects.count() == 1


def test_an_unfinished_app_is_made_anew_after_an_hour(owner: User, clock: Clock) -> None:
    first = factors.begin_app(owner, owner.date_joined)
    clock.shift(timedelta(hours=2))
    browser = Browser()
    give(browser)
    browser.get(APP)
    assert not type(first).objects.filter(pk=first.pk).exists()
