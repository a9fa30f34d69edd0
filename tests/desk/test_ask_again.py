"""The password is asked once more before a press that an open screen must not be enough for."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from desk.sign_in.forms import PASSWORD
from desk.sign_in.password_again import GIVEN
from outbox.models import OutgoingMail
from staff.models import Role
from tests.clock import Clock
from tests.desk.people.owners import WORD, ash, browser_of, somebody
from tests.factories import World
from tests.pages import text_of
from tests.staff_sign_in import session_of

pytestmark = pytest.mark.usefixtures("world")
PAGE = "person_add"
LONGER = timedelta(minutes=10)


@pytest.fixture
def browser(db: None) -> Browser:
    return browser_of(somebody(Role.OWNER, "Olive Owner"))


def is_made() -> bool:
    return User.objects.filter(email="ash@kicks.example").exists()


def carried(page: bytes) -> str:
    return page.decode().split('id="ask-again"')[1].split("</form>")[0]


def test_a_press_asks_first_and_carries_what_was_typed(browser: Browser) -> None:
    response = browser.post(reverse(PAGE), ash(name='Ash "A" <Lane>', csrfmiddlewaretoken="x"))
    assert not is_made()
    assert GIVEN not in session_of(browser)
    form = carried(response.content)
    assert '<input type="hidden" name="name" value="Ash &quot;A&quot; &lt;Lane&gt;">' in form
    assert form.count('<input type="hidden" name="formats"') == 2
    assert 'value="x"' not in form
    assert 'action="' not in form  # it is posted to where it stands, and nowhere else
    assert response["Cache-Control"].count("no-store") == 1


def test_the_right_password_lets_it_through_and_is_in_nothing_that_is_kept(
    browser: Browser,
) -> None:
    response = browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    assert response.status_code == 302
    assert is_made()
    assert WORD not in str(dict(session_of(browser).items()))


def test_a_session_has_a_new_name_once_the_password_was_given(browser: Browser) -> None:
    copied = browser.cookies["staff"].value
    browser.post(reverse(PAGE), ash())
    assert browser.cookies["staff"].value == copied
    browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    assert browser.cookies["staff"].value != copied
    assert browser.get(reverse("people")).status_code == 200
    thief = Browser()
    thief.cookies["staff"] = copied
    assert thief.get(reverse("people")).status_code == 302


@pytest.mark.parametrize("given", ["", "another", "only-for-this-test ", "x" * 5000])
def test_a_wrong_password_is_told_and_nothing_is_lost(browser: Browser, given: str) -> None:
    response = browser.post(reverse(PAGE), ash(**{PASSWORD: given}))
    assert response.status_code == 422
    assert not is_made()
    form = carried(response.content)
    assert 'name="name" value="Ash Lane"' in form
    assert form.count("ash@kicks.example") == 1
    assert 'role="alert"' in form or "_error" in form
    assert given not in form or not given
    response = browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    assert is_made()


def test_it_is_good_for_ten_minutes(browser: Browser, clock: Clock) -> None:
    browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    clock.shift(LONGER - timedelta(seconds=1))
    assert browser.post(reverse(PAGE), ash(email="b@kicks.example")).status_code == 302
    clock.shift(timedelta(seconds=1))
    response = browser.post(reverse(PAGE), ash(email="c@kicks.example"))
    assert "Your password, please" in text_of(response)
    assert not User.objects.filter(email="c@kicks.example").exists()


def test_a_clock_that_was_set_back_opens_nothing(browser: Browser, clock: Clock) -> None:
    browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    clock.shift(-timedelta(days=1))
    response = browser.post(reverse(PAGE), ash(email="b@kicks.example"))
    assert "Your password, please" in text_of(response)


def test_what_one_person_gave_counts_for_nobody_else(browser: Browser) -> None:
    browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    note = session_of(browser)[GIVEN]
    other = browser_of(somebody(Role.OWNER, "Other Owner"))
    session = session_of(other)
    session[GIVEN] = note
    session.save()
    response = other.post(reverse(PAGE), ash(email="b@kicks.example"))
    assert "Your password, please" in text_of(response)


def test_a_password_of_another_owner_does_not_do(world: World, browser: Browser) -> None:
    somebody(Role.OWNER, "Other Owner", password="another-word-of-theirs")  # noqa: S106
    response = browser.post(reverse(PAGE), ash(**{PASSWORD: "another-word-of-theirs"}))
    assert "That isn’t your password." in text_of(response)
    assert not is_made()


def test_looking_asks_for_nothing_and_signing_out_forgets(browser: Browser) -> None:
    assert "Add and invite" in text_of(browser.get(reverse(PAGE)))
    browser.post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    browser.post(reverse("admin:logout"))
    browser.force_login(User.objects.get(first_name="Olive Owner"))
    response = browser.post(reverse(PAGE), ash(email="b@kicks.example"))
    assert "Your password, please" in text_of(response)


def test_who_is_no_owner_is_not_even_asked(browser: Browser) -> None:
    for role in (Role.MANAGER, Role.THERAPIST, Role.ASSISTANT, None):
        other = browser_of(somebody(role, f"Person {role}"))
        for response in (
            other.get(reverse(PAGE)),
            other.post(reverse(PAGE), ash(**{PASSWORD: WORD})),
        ):
            assert response.status_code == 403
    stranger = Browser().post(reverse(PAGE), ash(**{PASSWORD: WORD}))
    assert stranger.headers["Location"].startswith(reverse("admin:login"))
    assert not is_made()
    assert not OutgoingMail.objects.exists()


def test_without_its_token_a_press_from_another_site_is_refused(db: None) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(somebody(Role.OWNER, "Olive Owner"))
    assert browser.post(reverse(PAGE), ash(**{PASSWORD: WORD})).status_code == 403
    assert not is_made()
