"""A client is in one place at a time, whoever of the practice they meet."""

from datetime import timedelta

import pytest

from bookings import lifecycle
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.lifecycle import Change, Person
from bookings.models import Booking
from tests.bookings.notices.letters import sent
from tests.bookings.notices.letters import text_of as words_of
from tests.bookings.refusals import client_is_told
from tests.factories import (
    NOW,
    World,
    book,
    make_client,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
)

START = NOW + timedelta(days=1, hours=1)
TOLD = "You have another meeting at that time. Choose another time, or change the other one first."
DOUBLE = "You have another appointment with us at this time."
CLIENT = By.client()


@pytest.fixture
def other(world: World) -> World:
    """Another therapist of the same practice, as free as the first."""
    therapist = make_therapist(practice=world.therapist.practice)
    make_places(therapist)
    make_hours(therapist)
    return World(therapist, make_service(therapist), make_session(therapist), world.notice)


def session(world: World, person: Person, hours: int = 0) -> Booking:
    at = START + timedelta(hours=hours)
    return book(world, at, person=person, service=world.session)


@pytest.fixture
def known(db: None) -> Person:
    """A client who came by their link."""
    client = make_client(accepted_at=NOW, proven_at=NOW)
    return Person(client.name, client.email, client=client)


def test_a_client_is_refused_a_time_in_which_they_meet_somebody_else(
    world: World, other: World, known: Person
) -> None:
    session(world, known)
    with client_is_told(NotBookableError, TOLD):
        session(other, known)
    assert Booking.objects.count() == 1
    session(other, known, hours=1)
    assert Booking.objects.count() == 2


def test_what_was_cancelled_is_in_nobodys_way(world: World, other: World, known: Person) -> None:
    lifecycle.cancel(session(world, known).pk, by=CLIENT, now=NOW, reason="")
    assert session(other, known).start == START


def test_nor_is_what_somebody_else_may_have_typed(
    world: World, other: World, known: Person
) -> None:
    book(world, START, person=Person("Anybody", known.email))
    assert session(other, known).start == START


def test_a_client_moves_no_meeting_into_another(world: World, other: World, known: Person) -> None:
    session(world, known)
    made = session(other, known, hours=2)
    there = Change(START, made.format, made.place, made.sequence)
    with client_is_told(NotBookableError, TOLD):
        lifecycle.reschedule(made.pk, there, by=CLIENT, now=NOW)
    # Its own time is not in its way: it may be met otherwise.
    walk = other.place("walking")
    same = Change(made.start, "walking", walk, made.sequence)
    assert lifecycle.reschedule(made.pk, same, by=CLIENT, now=NOW).format == "walking"


def test_the_practice_books_as_it_sees_fit(world: World, other: World, known: Person) -> None:
    session(world, known)
    by = By.therapist()
    made = session(other, known, hours=2)
    there = Change(START, made.format, made.place, made.sequence)
    assert lifecycle.reschedule(made.pk, there, by=by, now=NOW).start == START


def test_whose_address_anybody_typed_hears_of_it_by_their_email_alone(
    world: World, other: World, known: Person
) -> None:
    session(world, known)
    made = book(other, START, person=Person("Sam Okafor", known.email))
    [letter] = sent(made, kind="confirmation")
    for kind in ("text/plain", "text/html"):
        assert DOUBLE in " ".join(words_of(letter, kind).split())
    alone = book(other, START + timedelta(hours=3), person=Person("Kim", "kim@example.com"))
    [letter] = sent(alone, kind="confirmation")
    assert DOUBLE not in " ".join(words_of(letter).split())
