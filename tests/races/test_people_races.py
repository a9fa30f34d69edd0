"""Owners who press at the same moment: one stays, one person is made, no meeting is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.urls import reverse

from availability.models import Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.errors import BusyError, NotBookableError
from bookings.hand_over import HandOver, hand_over
from bookings.lifecycle.locking import LOCK_SPACE
from bookings.models import Booking
from desk.people import person
from desk.people.departure import Departure, LooksOtherwiseError, depart, fingerprint
from outbox.models import OutgoingMail
from staff import people
from staff.models import Role, SecurityEvent, StaffMember
from staff.people import AlreadyHereError, LastOwnerError
from tests.desk.people.owners import ash, browser_of, give_role, press, somebody
from tests.desk.tab import as_opened
from tests.factories import (
    NOW,
    World,
    book,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
)
from tests.pages import text_of
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR
Calls = list[Callable[[], object]]


def other_therapist(practice: World) -> Therapist:
    whose = make_therapist(practice=practice.therapist.practice, name="Ash Lane")
    make_places(whose)
    make_hours(whose)
    make_service(whose)
    make_session(whose)
    return whose


def demote(who: User, by: User) -> bool:
    with people.one_at_a_time(by):
        return people.give_role(User.objects.get(pk=who.pk), Role.MANAGER, by=by, now=NOW)


def let_go(who: User, by: User) -> None:
    with people.one_at_a_time(by):
        people.end(User.objects.get(pk=who.pk), by=by, now=NOW)


@pytest.mark.parametrize("verb", [demote, let_go])
def test_two_owners_who_end_each_other_leave_one(
    practice: World, verb: Callable[[User, User], object]
) -> None:
    for turn in range(5):
        StaffMember.objects.all().delete()
        one, two = somebody(Role.OWNER, f"One {turn}"), somebody(Role.OWNER, f"Two {turn}")
        calls: Calls = [partial(verb, one, two), partial(verb, two, one)]
        outcomes = together(calls)
        assert people.owners().count() == 1
        # Who was quicker took the other's right to press away.
        assert sorted(type(one).__name__ for one in outcomes).count("PermissionDenied") == 1


def test_without_the_lock_they_would_both_go(practice: World) -> None:
    """So that the race above proves something: the same steps, and nothing that holds them up."""
    StaffMember.objects.all().delete()
    one, two = somebody(Role.OWNER, "One"), somebody(Role.OWNER, "Two")

    def unlocked(who: User, by: User) -> bool:
        with transaction.atomic():
            people._require_another_owner(who)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")
            people._set_role(who, Role.MANAGER)
        return True

    together([partial(unlocked, one, two), partial(unlocked, two, one)])
    assert people.owners().count() == 0


def test_the_owner_who_leaves_last_is_told(practice: World) -> None:
    """Each takes the role from themselves: neither is the other's business."""
    for turn in range(5):
        StaffMember.objects.all().delete()
        one, two = somebody(Role.OWNER, f"One {turn}"), somebody(Role.OWNER, f"Two {turn}")
        outcomes = together([partial(demote, one, one), partial(demote, two, two)])
        assert people.owners().count() == 1
        assert [type(one) for one in outcomes if isinstance(one, Exception)] == [LastOwnerError]


def test_an_address_that_is_pressed_twice_is_one_person(practice: World) -> None:
    for turn in range(3):
        owner = somebody(Role.OWNER, f"Owner {turn}")
        said = ash(email=f"ash{turn}@kicks.example", diaries=[], room="", meeting_point="")
        house = practice.therapist.practice
        calls: Calls = [partial(person.add, said, house, by=owner, now=NOW) for _ in range(3)]
        outcomes = together(calls)
        assert sum(isinstance(one, AlreadyHereError) for one in outcomes) == 2
        made = User.objects.get(email=f"ash{turn}@kicks.example")
        assert Therapist.objects.filter(user=made).count() == 1
        assert OutgoingMail.objects.filter(about=people.about(made)).count() == 1


def test_who_books_while_the_therapist_leaves_is_told_or_refused(practice: World) -> None:
    """No meeting stands in a diary whose therapist is gone, whichever was first."""
    for turn in range(5):
        practice.therapist.is_active = True
        practice.therapist.save()
        StaffMember.objects.all().delete()
        owner, leaver = somebody(Role.OWNER, f"Owner {turn}"), give_role(practice.therapist)
        User.objects.filter(pk=leaver.pk).update(is_active=True)
        leave = partial(leave_seen, leaver, owner)
        start = START + timedelta(days=turn % 3)
        calls: Calls = [
            leave,
            partial(book, practice, start),
            partial(book, practice, start + HOUR),
        ]
        together(calls)
        assert not Booking.objects.of(practice.therapist.pk).holding().exists()
        assert not User.objects.get(pk=leaver.pk).is_active
        for booking in Booking.objects.all():
            assert OutgoingMail.objects.filter(
                kind="cancellation", to=booking.client.email
            ).exists()
        Booking.objects.all().delete()


def leave_seen(leaver: User, owner: User) -> None:
    """Look, and confirm what was shown, until that is still so."""
    asked, seen = Departure(leaver, None, "I am moving away."), None
    for _ in range(10):
        try:
            depart(asked, seen=seen, by=owner, now=NOW)
        except LooksOtherwiseError as otherwise:
            seen = fingerprint(otherwise.fates)
        else:
            return


def test_two_therapists_who_hand_over_to_each_other_do_not_wait_in_a_ring(
    practice: World,
) -> None:
    ashs = other_therapist(practice)
    mine = practice.therapist
    for turn in range(3):
        book(practice, START + turn * HOUR)
        there, back = HandOver(mine, ashs, "There."), HandOver(ashs, mine, "Back.")
        calls: Calls = [
            partial(hand_over, one, by=By.therapist(), now=NOW) for one in (there, back, there)
        ]
        outcomes = together(calls)
        assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert Booking.objects.holding().count() == 3


def test_a_time_that_somebody_books_with_the_taker_is_given_once(practice: World) -> None:
    ashs = other_therapist(practice)
    for turn in range(4):
        start = START + turn * HOUR
        old = book(practice, start)
        other = World(
            ashs,
            ashs.services.get(slug="consultation"),
            ashs.services.get(slug="session"),
            practice.notice,
        )
        calls: Calls = [
            partial(
                hand_over, HandOver(practice.therapist, ashs, "There."), by=By.therapist(), now=NOW
            ),
            partial(book, other, start),
        ]
        outcomes = together(calls if turn % 2 else calls[::-1])
        refused = [one for one in outcomes if isinstance(one, Exception)]
        assert [one for one in refused if not isinstance(one, NotBookableError)] == []
        held = Booking.objects.of(ashs.pk).holding().filter(during__startswith=start)
        assert held.count() == 1
        old.refresh_from_db()
        if not old.is_cancelled:
            lifecycle.cancel(old.pk, by=By.therapist(), reason="Next.", now=NOW)


def test_a_row_that_somebody_holds_makes_it_wait_and_then_changes_nothing(
    practice: World,
) -> None:
    ashs, old = other_therapist(practice), book(practice, START)

    def hold_and_try() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 200")
        asked = HandOver(practice.therapist, ashs, "There.", ends_others=True)
        return hand_over(asked, by=By.therapist(), now=NOW)

    with transaction.atomic():
        Booking.objects.select_for_update().get(pk=old.pk)
        [outcome] = together([hold_and_try])
    assert isinstance(outcome, BusyError)
    assert not Booking.objects.of(ashs.pk).exists()
    old.refresh_from_db()
    assert not old.is_cancelled


# --- who waits too long


@contextmanager
def held(space: int, key: int) -> Iterator[None]:
    """Hold an advisory lock from elsewhere, and let nobody here wait long for it."""
    other = connection.copy()
    with other.cursor() as theirs, connection.cursor() as mine:
        theirs.execute("SELECT pg_advisory_lock(%s, %s)", [space, key])
        mine.execute("SET lock_timeout = 200")
    try:
        yield
    finally:
        other.close()
        connection.close()


@pytest.mark.parametrize(
    "page",
    ["person_add", "person", "person_invite", "person_factors", "person_leave", "diary_give"],
)
def test_a_press_that_waits_too_long_for_another_owners_changes_nothing(
    practice: World, page: str
) -> None:
    browser = browser_of(somebody(Role.OWNER, "Olive Owner"))
    ashs, invited = somebody(Role.THERAPIST), somebody(Role.MANAGER, "Not Yet", password=None)
    about = {"person_add": None, "diary_give": practice.therapist.pk}.get(page, invited.pk)
    diary: Any = browser.get(reverse("diary_give", args=[practice.therapist.pk])).context
    said = ash(to=ashs.pk, seen=diary["form"]["seen"].value(), confirmed="1", shown="")
    said |= as_opened(browser, reverse("person", args=[invited.pk]))
    if page == "person":
        said |= {"role": "manager", "formats": []}
    with held(people.LOCK_SPACE, 0):
        response = press(browser, page, *([about] if about else []), **said)
        if response.status_code == 302:
            response = browser.get(response["Location"])
    assert "Nothing has changed: try once more." in text_of(response)
    assert SecurityEvent.objects.count() == 0
    assert OutgoingMail.objects.count() == 0


def test_a_client_whose_therapists_diary_is_busy_stays_where_they_are(practice: World) -> None:
    ashs, booking = other_therapist(practice), book(practice, START)
    browser = browser_of(somebody(Role.OWNER, "Olive Owner"))
    said = {"client": booking.client_id, "whose": practice.therapist.pk, "to": ashs.pk}
    with held(LOCK_SPACE, practice.therapist.pk):
        page = press(browser, "client_hand_over", reason="There.", **said)
    assert "Nothing has changed: try once more." in text_of(page)
    assert not Booking.objects.of(ashs.pk).exists()
