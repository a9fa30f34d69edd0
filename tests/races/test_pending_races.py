"""What waits for a mailed link while others want the same time, or press the same link at once."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bookings import lifecycle, pending
from bookings.by import By
from bookings.errors import TimeRefusedError
from bookings.models import Booking, Hold, PendingBooking
from clients.models import Client, Consent
from outbox.models import OutgoingMail
from tests.factories import NOW, World, book, force_booking, make_pending, request_for
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def storm(practice: World) -> World:
    practice.therapist.practice.unproven_most = 1
    practice.therapist.practice.save()
    force_booking(practice, NOW + timedelta(days=8))
    return practice


def asks(world: World, visitor: str) -> "partial[Booking | PendingBooking]":
    return partial(pending.book_or_ask, request_for(world, START, visitor=visitor), NOW)


def test_of_many_who_ask_for_one_time_at_once_one_has_it_kept(storm: World) -> None:
    outcomes = together([asks(storm, f"visitor {n}") for n in range(12)])
    assert sum(isinstance(outcome, PendingBooking) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, TimeRefusedError) for outcome in outcomes) == 11
    assert Hold.objects.count() == PendingBooking.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_one_press_that_is_sent_many_times_at_once_asks_once(storm: World) -> None:
    request = request_for(storm, START, visitor="one")
    outcomes = together([partial(pending.book_or_ask, request, NOW)] * 8)
    assert {getattr(outcome, "key", None) for outcome in outcomes} == {request.key}
    assert OutgoingMail.objects.count() == 1


def test_a_link_that_is_pressed_many_times_at_once_books_once(practice: World) -> None:
    make_pending(practice, START)
    waiting = PendingBooking.objects.whole().get()
    outcomes = together([partial(pending.confirm, waiting, None, NOW)] * 8)
    assert {outcome.pk for outcome in outcomes if isinstance(outcome, Booking)} == {
        Booking.objects.get().pk
    }
    assert [one for one in outcomes if not isinstance(one, Booking)] == []
    assert Client.objects.count() == Consent.objects.count() == 1


def test_two_links_for_one_time_that_lapsed_book_it_for_one(practice: World) -> None:
    later = NOW + timedelta(hours=1)
    for email in ("ann@example.com", "kim@example.com"):
        make_pending(practice, START, email=email, visitor=email)
    waiting = list(PendingBooking.objects.whole())
    outcomes = together([partial(pending.confirm, one, None, later) for one in waiting])
    assert sum(isinstance(outcome, Booking) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, TimeRefusedError) for outcome in outcomes) == 1


def test_a_mail_that_is_opened_in_many_places_at_once_counts_one_consent(practice: World) -> None:
    found = book(practice, START)
    calls = [
        partial(lifecycle.prove, Booking.objects.whole().get(pk=found.pk), now=NOW)
        for _ in range(8)
    ]
    assert together(calls) == [None] * 8
    assert Consent.objects.count() == 1


def test_a_second_consultation_that_many_sweeps_let_go_of_is_let_go_once(practice: World) -> None:
    book(practice, START)
    Booking.objects.update(release_at=NOW)
    assert sorted(map(str, together([partial(lifecycle.cancel_repeats, NOW)] * 6))) == [
        *["0"] * 5,
        "1",
    ]
    assert OutgoingMail.objects.filter(kind="let_go").count() == 1


def test_whoever_keeps_it_and_the_sweep_agree_at_once(practice: World) -> None:
    found = book(practice, START)
    Booking.objects.update(release_at=NOW)
    together(
        [
            lambda: lifecycle.keep_repeat(found.pk, by=By.therapist(), now=NOW),
            lambda: str(lifecycle.cancel_repeats(NOW)),
            lambda: str(lifecycle.cancel(found.pk, by=By.client(), reason="", now=NOW)),
        ]
    )
    assert OutgoingMail.objects.filter(kind__in=["let_go", "cancellation"]).count() == 1
