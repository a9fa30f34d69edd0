"""A forgotten password: one answer for all, a link that works once, and all sessions ended."""

import re
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import Error, connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlsafe_base64_encode
from pytest_django.fixtures import Settings

from bookings.notices import answer_requests, reset_requests
from bookings.tasks import sweep
from kicks.logs import discreet
from outbox.models import OutgoingMail
from staff.models import ResetRequest, StaffDevice, StaffSession
from tests.clock import Clock
from tests.desk.sign_in.people import (
    CODE,
    LOGIN,
    WRONG,
    app_of,
    code_of,
    come_in,
    give,
    is_in,
    kinds,
    make_owner,
    plain,
)
from tests.factories import World

pytestmark = pytest.mark.django_db

FORGOTTEN = "/admin/sign-in/forgotten/"
NEW = "four words without sense"


def ask(email: str, browser: Browser | None = None) -> str:
    """Ask for the link, and return its path as the mail has it."""
    response = (browser or Browser()).post(FORGOTTEN, {"email": email})
    assert response.headers["Location"] == f"{FORGOTTEN}?sent=1"
    reset_requests.answer()
    mail = OutgoingMail.objects.filter(kind="staff_reset_password").order_by("-pk").first()
    found = re.search(r"https?://[^/]+(/admin/choose-password/\S+)", mail.text if mail else "")
    return found[1] if found else ""


def choose(browser: Browser, path: str, password: str = NEW) -> int:
    form = browser.get(path)
    if form.status_code != 302:
        assert "That link has ended" in form.content.decode()
        return 404
    twice = {"new_password1": password, "new_password2": password}
    return browser.post(form.headers["Location"], twice).status_code


def test_the_link_lets_choose_a_password_once_and_ends_all_sessions(owner: User) -> None:
    app, signed_in, browser = app_of(owner), Browser(), Browser()
    come_in(signed_in, owner, app, trust="on")
    path = ask("Owner@Example.ORG")
    page = browser.get(browser.get(path).headers["Location"]).content.decode()
    assert "For owner." in page
    assert choose(browser, path) == 302
    assert not StaffSession.objects.filter(user=owner).exists()
    assert not is_in(signed_in)
    assert not is_in(browser)
    assert "your new password" in browser.get(LOGIN).content.decode()
    assert give(browser, password=NEW).headers["Location"] == CODE
    assert not StaffDevice.objects.exclude(trusted_until=None).exists()
    assert choose(Browser(), path) == 404
    assert "password_changed" in kinds(about=f"user:{owner.pk}")


def test_every_address_is_answered_alike(owner: User) -> None:
    found = []
    for email in ("owner@example.org", "nobod@example.org"):
        browser = Browser()
        with CaptureQueriesContext(connection) as asked:
            response = browser.post(FORGOTTEN, {"email": email})
        shown = plain(browser.get(response.headers["Location"]))
        found.append((response.status_code, response.content, shown, len(asked)))
    assert found[0] == found[1]
    assert reset_requests.answer() == 2
    assert OutgoingMail.objects.get().to == "owner@example.org"
    assert not ResetRequest.objects.exists()


def test_a_link_ends_after_an_hour_and_its_mail_with_it(owner: User, clock: Clock) -> None:
    path = ask("owner@example.org")
    assert OutgoingMail.objects.get().not_after == owner.date_joined + timedelta(hours=1)
    clock.shift(timedelta(minutes=59))
    assert Browser().get(path).status_code == 302
    clock.shift(timedelta(minutes=2))
    assert choose(Browser(), path) == 404


def test_an_invitation_lasts_for_days(db: None, clock: Clock) -> None:
    user = User.objects.create_user("new", email="new@example.org", is_staff=True)
    uid, token = urlsafe_base64_encode(b"%d" % user.pk), default_token_generator.make_token(user)
    path = f"/admin/choose-password/{uid}/{token}/"
    clock.shift(timedelta(days=2))
    browser = Browser()
    assert choose(browser, path, "too short") == 200
    assert choose(browser, path, NEW) == 302
    assert give(browser, "new", NEW).headers["Location"] == "/admin/sign-in/set-up/"


@pytest.mark.parametrize("path", ["x/y/", "x/set-password/", "MQ/bogus-token/"])
def test_a_made_up_link_has_ended(owner: User, path: str) -> None:
    assert choose(Browser(), f"/admin/choose-password/{path}") == 404


def test_who_left_and_who_never_worked_here_hear_nothing(db: None) -> None:
    make_owner("left", is_active=False)
    User.objects.create_user("plain", email="owner@example.org")
    assert ask("owner@example.org") == ""


def test_who_has_only_a_diarys_address_is_found_by_it(world: World) -> None:
    assert ask("robin@kicks.example")
    assert OutgoingMail.objects.get().to == "robin@kicks.example"


def test_two_people_of_one_address_each_get_a_link(owner: User) -> None:
    make_owner("other")
    ask("owner@example.org")
    said = " ".join(mail.text for mail in OutgoingMail.objects.all())
    assert OutgoingMail.objects.count() == 2
    assert "for owner" in said
    assert "for other" in said


def test_an_address_gets_few_links_an_hour_and_is_told_the_same(owner: User) -> None:
    for _ in range(6):
        response = Browser().post(FORGOTTEN, {"email": "owner@example.org"})
        assert response.headers["Location"] == f"{FORGOTTEN}?sent=1"
    assert ResetRequest.objects.count() == 3


def test_a_network_asks_so_often(owner: User, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"reset-address": (1, 3600)}
    ask("a@example.org")
    response = Browser().post(FORGOTTEN, {"email": "b@example.org"})
    assert response.status_code == 429
    assert "b@example.org" in response.content.decode()


@pytest.mark.parametrize("email", ["", "nonsense", "a@b\x00.org"])
def test_what_is_no_address_is_said_to_be_none(db: None, email: str) -> None:
    response = Browser().post(FORGOTTEN, {"email": email})
    assert response.status_code == 422
    assert not ResetRequest.objects.exists()


def test_the_link_lets_an_owner_past_somebody_who_guesses(owner: User) -> None:
    app_of(owner)
    for n in range(40):
        give(Browser(REMOTE_ADDR=f"203.0.113.{n + 1}"), password=WRONG)
    browser = Browser(REMOTE_ADDR="192.0.2.1")
    assert give(browser).status_code == 429
    assert choose(browser, ask("owner@example.org", browser)) == 302
    assert give(browser, password=NEW).headers["Location"] == CODE


def test_the_link_lets_past_who_guesses_and_the_password_stays(owner: User) -> None:
    app_of(owner)
    for n in range(40):
        give(Browser(REMOTE_ADDR=f"203.0.113.{n + 1}"), password=WRONG)
    browser = Browser(REMOTE_ADDR="192.0.2.1")
    assert give(browser).status_code == 429
    form = browser.get(ask("owner@example.org", browser)).headers["Location"]
    assert "Keep my password" in browser.get(form).content.decode()
    response = browser.post(form, {"keep": "1"})
    assert response.headers["Location"] == LOGIN
    assert "here nobody holds you back" in browser.get(LOGIN).content.decode()
    assert give(browser).headers["Location"] == CODE
    assert "password_changed" not in kinds(about=f"user:{owner.pk}")[1:]


def test_a_link_that_has_ended_makes_no_browser_known(owner: User, clock: Clock) -> None:
    browser = Browser()
    form = browser.get(ask("owner@example.org", browser)).headers["Location"]
    clock.shift(timedelta(minutes=61))
    assert "That link has ended" in browser.post(form, {"keep": "1"}).content.decode()
    assert not StaffDevice.objects.exists()


def test_an_invitation_asks_for_a_password_whatever_is_pressed(db: None) -> None:
    user = User.objects.create_user("new", email="new@example.org", is_staff=True)
    uid, token = urlsafe_base64_encode(b"%d" % user.pk), default_token_generator.make_token(user)
    browser = Browser()
    form = browser.get(f"/admin/choose-password/{uid}/{token}/").headers["Location"]
    assert "Keep my password" not in browser.get(form).content.decode()
    assert "Enter the new password here" in browser.post(form, {"keep": "1"}).content.decode()
    assert not StaffDevice.objects.exists()


def test_what_was_asked_for_is_kept_sealed(owner: User) -> None:
    Browser().post(FORGOTTEN, {"email": "owner@example.org"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM staff_resetrequest")
        [(stored,)] = cursor.fetchall()
    assert stored.startswith("v2.")
    assert "owner" not in stored
    assert reset_requests.answer() == 1
    assert OutgoingMail.objects.get().to == "owner@example.org"


def test_a_request_of_the_release_before_is_answered_too(owner: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO staff_resetrequest (email, asked_at) VALUES (%s, now())",
            ["owner@example.org"],
        )
    assert reset_requests.answer() == 1
    assert OutgoingMail.objects.get().to == "owner@example.org"


def test_one_whose_key_is_missing_waits_for_it(owner: User, settings: Settings) -> None:
    Browser().post(FORGOTTEN, {"email": "owner@example.org"})
    kept = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert reset_requests.answer() == 0
    settings.FIELD_KEYS = kept
    assert reset_requests.answer() == 1


def test_the_browser_that_only_had_the_link_is_new_at_its_first_sign_in(owner: User) -> None:
    app, browser = app_of(owner), Browser()
    choose(browser, ask("owner@example.org"))
    assert StaffDevice.objects.get().signed_in_at is None
    give(browser, password=NEW)
    browser.post(CODE, {"code": code_of(app)})
    assert "new_device" in kinds()


def test_the_sweeps_answer_it_too(owner: User) -> None:
    Browser().post(FORGOTTEN, {"email": "owner@example.org"})
    sweep()
    assert OutgoingMail.objects.filter(kind="staff_reset_password").exists()


def test_one_request_that_fails_holds_none_back(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in ("owner@example.org", "other@example.org"):
        Browser().post(FORGOTTEN, {"email": email})
    monkeypatch.setattr(reset_requests, "reset_password", None)
    assert reset_requests.answer() == 1
    assert ResetRequest.objects.get().email == "owner@example.org"


def test_what_another_worker_answers_is_left_to_it(owner: User) -> None:
    assert answer_requests._answer(ResetRequest, 0, "a new password", reset_requests._send) is False


def test_a_database_that_cannot_be_asked_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        def order_by(self, *_: str) -> None:
            raise Error

    monkeypatch.setattr(ResetRequest, "objects", Broken())
    assert reset_requests.answer() == 0


def test_links_are_masked_in_logs() -> None:
    assert discreet("GET /admin/choose-password/MQ/abc-def/ 200") == (
        "GET /admin/choose-password/MQ/***/ 200"
    )
