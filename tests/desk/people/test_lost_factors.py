"""Who has lost every second factor is let in again by an owner, and told so."""

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from outbox.models import OutgoingMail
from staff import factors
from staff.models import Role, SecurityEvent, StaffSession
from tests.desk.people.owners import WORD, browser_of, events, press, somebody
from tests.desk.sign_in.people import app_of, give, is_in
from tests.factories import NOW, World
from tests.pages import text_of

PAGE = "person_factors"


@pytest.fixture(autouse=True)
def _as_on_a_server(world: World, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def mo(db: None) -> User:
    return somebody(Role.THERAPIST)


def test_an_owner_removes_the_factors_and_ends_the_sessions_of_one(
    browser: Browser, owner: User, mo: User
) -> None:
    app_of(mo)
    others = somebody(Role.MANAGER, "Somebody Else")
    app_of(others)
    factors.new_codes(mo, NOW)
    theirs = browser_of(mo)
    before = len(events())
    response = press(browser, PAGE, mo.pk)
    assert response["Location"] == reverse("person", args=[mo.pk])
    assert "Mo Reed is signed out everywhere" in text_of(browser.get(response["Location"]))
    assert not is_in(theirs)
    assert (factors.has_factor(mo), factors.codes_left(mo)) == (False, 0)
    assert factors.has_factor(others)
    assert StaffSession.objects.filter(user=owner).count() == 1
    assert events()[before:] == [
        ("factor_removed", f"user:{mo.pk}"),
        ("sessions_ended", f"user:{mo.pk}"),
    ]
    assert set(SecurityEvent.objects.order_by("-pk")[:2].values_list("user_id", flat=True)) == {
        owner.pk
    }
    assert give(Browser(), mo.username, WORD)["Location"] == reverse("set_up")


def test_they_are_told_by_mail(browser: Browser, mo: User) -> None:
    press(browser, PAGE, mo.pk)
    [mail] = OutgoingMail.objects.all()
    assert (mail.kind, mail.to) == ("staff_lost_factors", mo.email)
    assert "Monday 23 November 2026, 9am UK time" in " ".join(mail.text.split())
    for body in (mail.text, mail.html):
        words = " ".join(body.split())
        assert "Olive Owner removed your authenticator app, passkeys and recovery codes" in words


def test_who_has_no_address_is_let_in_all_the_same(browser: Browser, mo: User) -> None:
    User.objects.filter(pk=mo.pk).update(email="")
    app_of(mo)
    assert press(browser, PAGE, mo.pk).status_code == 302
    assert not factors.has_factor(mo)
    assert not OutgoingMail.objects.exists()


def test_the_password_is_asked_for_first(browser: Browser, mo: User) -> None:
    app_of(mo)
    response = browser.post(reverse(PAGE, args=[mo.pk]))
    assert "Your password, please" in text_of(response)
    assert factors.has_factor(mo)
    assert browser.get(reverse(PAGE, args=[mo.pk])).status_code == 405


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT])
def test_nobody_but_an_owner_removes_anothers(owner: User, role: Role) -> None:
    app_of(owner)
    other = browser_of(somebody(role, "Somebody Else"))
    assert press(other, PAGE, owner.pk).status_code == 403
    assert factors.has_factor(owner)


def test_ones_own_go_on_ones_own_page_and_who_left_has_none(
    browser: Browser, owner: User, mo: User
) -> None:
    come = browser_of(owner)
    app_of(owner)
    assert press(come, PAGE, owner.pk).status_code == 404
    assert factors.has_factor(owner)
    invited = somebody(Role.MANAGER, "Not Yet", password=None)
    for user, offered in ((mo, True), (owner, False), (invited, False)):
        page = browser.get(reverse("person", args=[user.pk])).content.decode()
        assert (reverse(PAGE, args=[user.pk]) in page) is offered
    User.objects.filter(pk=mo.pk).update(is_active=False)
    assert press(browser, PAGE, mo.pk).status_code == 404
    assert "second factors" not in text_of(browser.get(reverse("person", args=[mo.pk])))
