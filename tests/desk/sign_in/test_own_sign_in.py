"""What somebody sees and ends of their own sign-ins, and their own password."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client as Browser
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential
from pytest_django.fixtures import Settings

from desk.sign_in.forms import PASSWORD as AGAIN
from desk.sign_in.password_again import OPENS, ask
from desk.sign_in.responses import me
from kicks.staff_sessions import SessionStore
from staff import factors
from staff.models import StaffDevice, StaffSession
from tests.clock import Clock
from tests.desk.sign_in.people import (
    CODE,
    OWN,
    PASSWORD,
    WRONG,
    Counted,
    app_of,
    code_of,
    come_in,
    give,
    is_in,
    kinds,
    make_owner,
)
from tests.pages import text_of
from tests.staff_sign_in import confirm_password_of

pytestmark = pytest.mark.django_db

CODES = "/admin/sign-in/recovery-codes/"
SET_UP = "/admin/sign-in/set-up/"
CHANGE = "/admin/password_change/"
NEW = "four words without sense"


@pytest.fixture
def app(owner: User) -> TOTPDevice:
    return app_of(owner)


@pytest.fixture
def browser(owner: User, app: TOTPDevice) -> Browser:
    """In which the owner has just signed in."""
    found = Browser(headers={"user-agent": "Firefox (Windows)"}, REMOTE_ADDR="192.0.2.1")
    come_in(found, owner, app)
    return found


def changed(browser: Browser, old: str = PASSWORD, new: str = NEW) -> int:
    given = {"old_password": old, "new_password1": new, "new_password2": new}
    return browser.post(CHANGE, given).status_code


def test_the_page_shows_how_where_and_when(
    browser: Browser, owner: User, app: TOTPDevice, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=2))
    other = Browser(headers={"user-agent": "Chrome Android"}, REMOTE_ADDR="192.0.2.2")
    come_in(other, owner, app, trust="on")
    factors.new_codes(owner, owner.date_joined)
    page = text_of(browser.get(OWN))
    for words in (
        "Firefox on Windows, this one",
        "Chrome on Android",
        "192.0.2.2",
        "10 left",
        "It isn’t asked for a second factor until Monday 23 November 2026, 9:02pm UK time",
        "Signed in on a new device",
        "Add another second factor",
    ):
        assert words in page, words
    assert page.count("Forget it") == 1


def test_who_has_nothing_yet_is_told_so(owner: User) -> None:
    browser = Browser()
    browser.force_login(owner)
    page = text_of(browser.get(OWN))
    for words in ("You have no second factor", "0 left", "None yet", "Nothing yet", "Set up a"):
        assert words in page, words


def test_the_menu_of_who_is_signed_in_leads_there(browser: Browser) -> None:
    page = browser.get("/admin/").content.decode()
    assert f'href="{OWN}"' in page
    assert f'href="{CHANGE}"' in page


def test_one_press_ends_all_other_sessions_and_every_trust(
    browser: Browser, owner: User, app: TOTPDevice, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=2))
    other = Browser()
    come_in(other, owner, app, trust="on")
    assert browser.get(f"{OWN}end-others/").status_code == 405
    browser.post(f"{OWN}end-others/")
    assert "1 other session ended." in text_of(browser.get(OWN))
    assert is_in(browser)
    assert not is_in(other)
    assert give(other).headers["Location"] == CODE
    assert kinds(user_id=owner.pk)[-1] == "sessions_ended"
    browser.post(f"{OWN}end-others/")
    assert "There were no others." in text_of(browser.get(OWN))


def test_a_browser_is_forgotten_with_its_session(
    browser: Browser, owner: User, app: TOTPDevice, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=2))
    other = Browser()
    come_in(other, owner, app, trust="on")
    this, that = StaffDevice.objects.order_by("pk")
    assert browser.post(f"{OWN}forget/{this.pk}/").status_code == 404
    assert browser.post(f"{OWN}forget/{that.pk}/").status_code == 302
    assert not is_in(other)
    assert StaffDevice.objects.get() == this


def test_another_persons_browser_and_factor_are_nobodys_to_end(browser: Browser) -> None:
    other = make_owner("other")
    theirs = app_of(other)
    come_in(Browser(), other, theirs)
    device = StaffDevice.objects.get(user=other)
    assert browser.post(f"{OWN}forget/{device.pk}/").status_code == 404
    assert browser.post(f"{OWN}remove/app/{theirs.pk}/").status_code == 404
    assert browser.get(f"{OWN}remove/nonsense/1/").status_code == 404
    assert StaffSession.objects.filter(user=other).exists()


def test_a_factor_is_removed_after_the_password_was_asked_for_again(
    browser: Browser, owner: User, app: TOTPDevice, clock: Clock
) -> None:
    WebAuthnCredential.objects.create(
        user=owner, name="Phone", credential_id=b"x", public_key=b"k", aaguid="0"
    )
    path = f"{OWN}remove/app/{app.pk}/"
    clock.shift(timedelta(minutes=11))
    asked = browser.get(path).content.decode()
    assert "Your password, please" in asked
    assert f'href="{OWN}">Cancel' in asked
    opens = {OPENS: "1"}
    assert f'name="{OPENS}" value="1"' in asked
    wrong = browser.post(path, {AGAIN: WRONG, **opens})
    assert wrong.status_code == 422
    assert f'name="{OPENS}" value="1"' in wrong.content.decode()
    assert browser.post(path, {AGAIN: PASSWORD, **opens}).headers["Location"] == path
    # A second tab asked as well, and was answered after the first.
    assert browser.post(path, {AGAIN: PASSWORD, **opens}).headers["Location"] == path
    assert TOTPDevice.objects.exists()
    assert "only second factor" not in browser.get(path).content.decode()
    browser.post(path)
    assert not TOTPDevice.objects.exists()
    assert kinds(user_id=owner.pk)[-1] == "factor_removed"
    [passkey] = factors.passkeys_of(owner)
    path = f"{OWN}remove/passkey/{passkey.pk}/"
    assert "only second factor" in browser.get(path).content.decode()
    browser.post(path)
    assert not factors.has_factor(owner)


def test_a_second_app_takes_the_place_of_the_first(
    browser: Browser, owner: User, app: TOTPDevice
) -> None:
    factors.new_codes(owner, owner.date_joined)
    assert "stops working" in browser.get(SET_UP).content.decode()
    browser.get(f"{SET_UP}app/")
    new = factors.begin_app(owner, owner.date_joined)
    response = browser.post(f"{SET_UP}app/", {"code": code_of(new)})
    assert response.headers["Location"] == OWN
    assert factors.app_of(owner) == new
    assert "you can sign in with it" in text_of(browser.get(OWN))


def test_a_first_factor_leads_to_recovery_codes(owner: User) -> None:
    browser = Browser()
    browser.force_login(owner)
    confirm_password_of(browser)
    browser.get(f"{SET_UP}app/")
    new = factors.begin_app(owner, owner.date_joined)
    response = browser.post(f"{SET_UP}app/", {"code": code_of(new)})
    assert response.headers["Location"] == CODES


def test_a_page_of_ones_own_has_an_owner() -> None:
    request = HttpRequest()
    request.user = AnonymousUser()
    request.session = SessionStore()
    with pytest.raises(PermissionDenied):
        me(request)
    with pytest.raises(PermissionDenied):
        ask(request, OWN)


def test_to_add_a_factor_asks_for_the_password_again(browser: Browser, clock: Clock) -> None:
    assert browser.get(f"{SET_UP}passkey/").status_code == 200
    clock.shift(timedelta(minutes=11))
    pages = {
        SET_UP: "Add a second factor",
        f"{SET_UP}app/": "Set up an authenticator app",
        f"{SET_UP}passkey/": "Make a passkey",
        CODES: "Recovery codes",
    }
    for path, heading in pages.items():
        clock.shift(timedelta(minutes=11))
        asked = text_of(browser.get(path))
        assert "Your password, please" in asked
        assert heading not in asked
        given = browser.post(path, {AGAIN: PASSWORD, OPENS: "1"})
        assert given.headers["Location"] == path
        assert heading in text_of(browser.get(path))
    refused = browser.post(f"{OWN}passkey/make/", "{}", content_type="application/json")
    assert refused.status_code == 200


def test_a_press_that_waited_too_long_is_carried_past_the_password(
    browser: Browser, owner: User, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=11))
    asked = browser.post(CODES)
    assert "Your password, please" in text_of(asked)
    assert OPENS not in asked.content.decode()
    assert factors.codes_left(owner) == 0
    assert "Keep them now" in text_of(browser.post(CODES, {AGAIN: PASSWORD}))
    assert factors.codes_left(owner) == 10


def test_one_password_counts_for_pages_and_for_presses_alike(
    browser: Browser, owner: User, clock: Clock
) -> None:
    person = make_owner("other", email="other@example.org")
    page = f"/admin/people/{person.pk}/"
    clock.shift(timedelta(minutes=11))
    press = {"name": "Other", "email": "other@example.org", "role": "owner"}
    assert "Your password, please" in text_of(browser.post(page, press))
    browser.post(CODES, {AGAIN: PASSWORD, OPENS: "1"})
    assert "Your password, please" not in text_of(browser.post(page, press))
    assert "Recovery codes" in text_of(browser.get(CODES))
    clock.shift(timedelta(minutes=11))
    asked = browser.post(f"{page}factors/").content.decode()
    assert "Your password, please" in asked
    assert f'href="{page}">Cancel' in asked  # that address takes presses alone


def test_the_ten_minutes_begin_with_the_password_and_not_with_the_code(
    owner: User, clock: Clock
) -> None:
    """Or a screen that was left half-way would be as good as the password for half an hour."""
    app, browser = app_of(owner), Browser()
    give(browser)
    clock.shift(timedelta(minutes=11))
    assert browser.post(CODE, {"code": code_of(app)}).status_code == 302
    assert is_in(browser)
    assert "Your password, please" in text_of(browser.get(CODES))


def test_half_a_sign_in_of_somebody_else_shortens_nobodys_ten_minutes(
    owner: User, settings: Settings, clock: Clock
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    app_of(owner)
    make_owner("other", email="other@example.org")
    browser = Browser()
    give(browser)
    clock.shift(timedelta(minutes=11))
    give(browser, "other")
    assert is_in(browser)
    assert "Your password, please" not in text_of(browser.get(CODES))


def test_the_page_that_asks_tells_a_password_manager_whose_it_is(
    browser: Browser, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=11))
    page = browser.get(CODES).content.decode()
    assert 'value="owner" autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    change = browser.get(CHANGE).content.decode()
    assert 'name="username" value="owner"' in change
    assert change.count('autocomplete="new-password"') == 2


def test_a_session_has_a_new_name_once_the_password_was_given_again(
    browser: Browser, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=11))
    copied = browser.cookies["staff"].value
    browser.post(CODES, {AGAIN: WRONG, OPENS: "1"})
    assert browser.cookies["staff"].value == copied
    browser.post(CODES, {AGAIN: PASSWORD, OPENS: "1"})
    assert is_in(browser)
    thief = Browser()
    thief.cookies["staff"] = copied
    assert not is_in(thief)
    assert StaffSession.objects.count() == 1


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_the_page_that_asks_again_leads_nowhere_foreign(
    browser: Browser, clock: Clock, to: str
) -> None:
    clock.shift(timedelta(minutes=11))
    response = browser.post(f"{CODES}?next={quote(to)}", {AGAIN: PASSWORD, OPENS: "1", "next": to})
    assert response.headers["Location"].startswith(f"{CODES}?next=")


def test_a_password_that_is_asked_for_again_is_guessed_no_faster(
    browser: Browser, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=11))
    Counted.looked_at = 0
    answers = [browser.post(CODES, {AGAIN: WRONG}).content.decode() for _ in range(30)]
    assert Counted.looked_at <= 10
    assert "isn’t your password" in answers[0]
    assert "too many tries" in answers[-1]


def test_recovery_codes_are_shown_once_and_new_ones_take_their_place(
    browser: Browser, owner: User
) -> None:
    assert "You have none" in text_of(browser.get(CODES))
    first = browser.post(CODES).content.decode()
    assert first.count("<li>") == 10
    assert "You have 10 left" in text_of(browser.get(CODES))
    old = first.split("<li>")[1][:11]
    assert old not in browser.get(CODES).content.decode()
    browser.post(CODES)
    assert factors.codes_left(owner) == 10
    assert factors.check_code(owner, old) is factors.Checked.WRONG


def test_a_changed_password_ends_all_other_sessions_and_every_trust(
    browser: Browser, owner: User, app: TOTPDevice, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=2))
    other = Browser()
    come_in(other, owner, app, trust="on")
    assert browser.get(CHANGE).status_code == 200
    assert changed(browser) == 302
    assert is_in(browser)
    assert not is_in(other)
    assert StaffSession.objects.filter(user=owner).count() == 1
    assert StaffSession.objects.get(user=owner).device_id
    assert not StaffDevice.objects.exclude(trusted_until=None).exists()
    assert kinds()[-1] == "password_changed"
    assert give(other, password=NEW).headers["Location"] == CODE


def test_the_old_password_is_guessed_no_faster_on_the_page_that_changes_it(
    browser: Browser, owner: User
) -> None:
    Counted.looked_at = 0
    for _ in range(30):
        assert changed(browser, old=WRONG) == 200
    assert Counted.looked_at <= 10
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


@pytest.mark.parametrize("new", ["sunshine", "password12345", "eleven chars", "owner@example.org"])
def test_a_weak_password_is_not_taken(browser: Browser, owner: User, new: str) -> None:
    assert changed(browser, new=new[:11] if new == "eleven chars" else new) == 200
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_twelve_characters_are_enough_with_a_second_factor(browser: Browser) -> None:
    assert changed(browser, new="tulip ravine") == 302


@pytest.mark.parametrize(
    "path",
    [OWN, CODES, f"{OWN}end-others/", f"{OWN}forget/1/", f"{OWN}remove/app/1/", CHANGE],
)
def test_who_is_not_signed_in_is_asked_to(db: None, path: str) -> None:
    assert Browser().post(path).headers["Location"] == f"/admin/login/?next={path}"


def test_a_client_that_is_no_staff_sees_no_page_of_it(db: None) -> None:
    browser = Browser()
    browser.force_login(User.objects.create_user("plain"))
    assert browser.get(OWN).status_code == 302
    assert browser.get(SET_UP).status_code == 302


def test_signing_out_twice_is_harmless(browser: Browser) -> None:
    assert browser.post("/admin/logout/").status_code == 200
    assert browser.post("/admin/logout/").status_code == 200
    assert kinds().count("signed_out") == 1
