"""Whose diary it is, is changed by the owner alone, and only while it holds nobody's words."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Therapist
from bookings.models import Booking
from staff.models import Role
from tests.desk.people.owners import WORD, browser_of, events, press, somebody
from tests.factories import NOW, World, book, make_off, make_therapist
from tests.pages import text_of

HOUR = timedelta(hours=1)


@pytest.fixture
def diary(world: World) -> Therapist:
    return world.therapist


@pytest.fixture
def ash(db: None) -> User:
    return somebody(Role.THERAPIST, "Ash Lane")


def holder(diary: Therapist) -> int:
    return Therapist.objects.get(pk=diary.pk).user_id


def test_an_empty_diary_is_given_away_with_the_password_and_written_down(
    diary: Therapist, ash: User, browser: Browser
) -> None:
    path = reverse("diary_give", args=[diary.pk])
    said = {"to": ash.pk, "seen": diary.user_id}
    asked = browser.post(path, said)
    assert "Your password, please" in text_of(asked)
    assert holder(diary) != ash.pk
    done = browser.post(path, {**said, "password_again": WORD}, follow=True)
    assert "Robin Kicks is Ash Lane’s now." in text_of(done)
    assert holder(diary) == ash.pk
    assert events() == [("ownership_changed", f"therapist:{diary.pk}")]


@pytest.mark.parametrize("what", ["booked", "cancelled", "leave"])
def test_a_diary_that_holds_somebodys_words_stays_whose_it_is(
    world: World, diary: Therapist, ash: User, browser: Browser, what: str
) -> None:
    """Seen: whoever made a diary theirs read its notes and its live private links."""
    if what == "leave":
        off = make_off(diary, NOW, NOW + HOUR)
        off.reason = "Hospital"
        off.save()
    else:
        book(world, NOW + timedelta(days=1, hours=1), note="Confided")
        Booking.objects.update(status="cancelled" if what == "cancelled" else "confirmed")
    page = browser.get(reverse("diary_give", args=[diary.pk]))
    assert "It stays theirs" in text_of(page)
    assert 'name="to"' not in page.content.decode()
    page = press(browser, "diary_give", diary.pk, to=ash.pk, seen=diary.user_id)
    assert page.status_code == 200
    assert holder(diary) != ash.pk
    assert events() == []


def test_it_goes_to_who_meets_clients_and_has_none(
    world: World, diary: Therapist, browser: Browser
) -> None:
    manager = somebody(Role.MANAGER)
    page = press(browser, "diary_give", diary.pk, to=manager.pk)
    assert "Make them a therapist first" in text_of(page)
    busy = make_therapist(practice=diary.practice)
    gone = somebody(Role.THERAPIST, "Long Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for to in (busy.user_id, gone.pk, "x", ""):
        said = {"to": to, "seen": diary.user_id}
        assert press(browser, "diary_give", diary.pk, **said).status_code == 200
    assert holder(diary) == diary.user_id
    assert press(browser, "diary_give", 10**9, to=manager.pk).status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT, None])
def test_nobody_makes_a_diary_theirs(diary: Therapist, role: Role | None) -> None:
    """Seen: a therapist reassigned another diary to herself in two form posts."""
    thief = somebody(role, "Mallory Fake")
    theirs = browser_of(thief)
    assert theirs.get(reverse("diary_give", args=[diary.pk])).status_code == 403
    assert press(theirs, "diary_give", diary.pk, to=thief.pk).status_code == 403
    assert holder(diary) == diary.user_id


@pytest.mark.parametrize("seen", [None, "x", "99999999999999999999", "another"])
def test_a_page_of_before_gives_nothing_away_and_the_next_press_does(
    diary: Therapist, ash: User, browser: Browser, seen: str | None
) -> None:
    another = somebody(Role.THERAPIST, "Another One")
    said = {"to": ash.pk, "seen": another.pk if seen == "another" else seen}
    page = press(browser, "diary_give", diary.pk, **{k: v for k, v in said.items() if v})
    assert page.status_code == 200
    assert holder(diary) == diary.user_id
    assert "out of date" in text_of(page) or "look again" in text_of(page)
    carried = page.context["form"]["seen"].value()
    assert press(browser, "diary_give", diary.pk, to=ash.pk, seen=carried).status_code == 302
    assert holder(diary) == ash.pk
