"""A booking is confirmed: by its client's mail, or by the therapist."""

from datetime import timedelta

import pytest

from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Person
from bookings.models import Booking
from clients.models import Client
from tests.factories import NOW, World, book, make_client, request_for

START = NOW + timedelta(days=1, hours=1)
TYPED = Person("Mallory Fake", "vera@example.com", "07700 900666")


def card_of(found: Booking) -> tuple[str, str, bool, int]:
    card = Client.objects.get(pk=found.client_id)
    return card.name, card.phone, card.is_proven, card.consents.count()


@pytest.mark.parametrize("as_typed", [True, False])
def test_the_therapist_confirms_what_was_typed_or_what_the_card_says(
    world: World, *, as_typed: bool
) -> None:
    make_client(name="Vera Moss", email="vera@example.com", phone="07700 900111", proven_at=NOW)
    found = book(world, START, person=TYPED)
    assert found.differs_from_card
    assert (found.called, found.reached) == ("Mallory Fake", "07700 900666")
    lifecycle.vouch(found.pk, by=By.therapist(), now=NOW, as_typed=as_typed)
    right = ("Mallory Fake", "07700 900666") if as_typed else ("Vera Moss", "07700 900111")
    assert card_of(found) == (*right, True, 1)
    found = Booking.objects.whole().get(pk=found.pk)
    assert (found.called, found.reached) == right


def test_a_card_that_nobody_had_confirmed_keeps_its_words_if_the_therapist_says_so(
    world: World,
) -> None:
    first = book(world, START, person=Person("Vera Moss", "vera@example.com"))
    found = book(world, START + timedelta(hours=1), person=TYPED)
    lifecycle.vouch(found.pk, by=By.therapist(), now=NOW, as_typed=False)
    assert card_of(found) == ("Vera Moss", "", True, 1)
    first.refresh_from_db()
    assert not first.is_proven


def test_a_card_that_was_confirmed_meanwhile_confirms_the_booking_too(world: World) -> None:
    found = book(world, START, person=TYPED)
    lifecycle.prove(found, now=NOW)
    Client.objects.update(proven_at=None)
    found = Booking.objects.whole().get(pk=found.pk)
    lifecycle.prove(found, now=NOW + timedelta(hours=1))
    assert card_of(found) == ("Mallory Fake", "07700 900666", True, 1)


def test_whom_the_therapist_books_for_is_confirmed(world: World) -> None:
    request = request_for(world, START, person=TYPED)
    found = lifecycle.book(request, by=By.therapist(), now=NOW)
    assert (found.is_proven, found.is_repeat) == (True, False)
    assert card_of(found) == ("Mallory Fake", "07700 900666", True, 1)
    assert not found.differs_from_card


def test_what_a_release_before_booked_goes_by_the_card(world: World) -> None:
    found = book(world, START, person=TYPED)
    Booking.objects.update(contact_name="", contact_email="", contact_phone="")
    found = Booking.objects.whole().get(pk=found.pk)
    told = (found.called, found.typed_email, found.reached, found.differs_from_card)
    assert told == ("Mallory Fake", "vera@example.com", "07700 900666", False)


def test_who_was_asked_for_no_agreement_gave_none(world: World) -> None:
    request = request_for(world, START, person=TYPED, notice=None)
    found = lifecycle.book(request, by=By.therapist(), now=NOW)
    assert card_of(found) == ("Mallory Fake", "07700 900666", True, 0)
