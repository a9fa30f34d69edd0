"""A page reads the clock once, so that nothing it decides or says contradicts the rest of it."""

import sys
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.notices import private_links
from tests.clock import Clock
from tests.factories import World
from tests.pages import (
    SLOT,
    address,
    carried,
    check_address,
    open_link,
    send,
    send_details,
    stamp,
    text_of,
)
from tests.pages import book as book_by_page
from tests.test_laws import product

LATER = "2026-11-30T10:00"
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class MovingClock:
    """A clock that is a day further on each time that our code looks; others may look for free."""

    def __init__(self) -> None:
        self.readers: list[str] = []
        self._now = timezone.now

    def now(self) -> datetime:
        reader = sys._getframe(1).f_globals["__name__"]
        if reader.partition(".")[0] not in product():
            return self._now()
        self.readers.append(reader)
        return self._now() + timedelta(days=len(self.readers) - 1)


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch, strict: World) -> MovingClock:
    clock = MovingClock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def strict(world: World) -> World:
    """A practice where changing or cancelling late costs money."""
    world.consultation.price = 75
    world.consultation.move_notice_hours = world.consultation.cancel_notice_hours = 24
    world.consultation.late_fee_percent = 50
    world.consultation.save()
    return world


@pytest.fixture
def nearly_late(strict: World, client: Browser, clock: Clock) -> Booking:
    """A booking of this browser, a second before changing and cancelling it costs money."""
    clock.shift(-HOUR)
    made = book_by_page(client, strict, SLOT)
    clock.move_to(made.start - 24 * HOUR - SECOND)
    open_link(client, private_links.to_booking(made, timezone.now()))
    return made


def on(booking: Booking, name: str) -> str:
    return f"{reverse(name, args=[booking.uid])}?slot={LATER}"


# The moving clock comes last: what goes before goes by the clock that stands still.


@pytest.mark.parametrize(("name", "decision"), [("move", "change"), ("cancel", "cancel")])
def test_what_is_free_when_the_button_is_pressed_is_free_to_the_end(
    client: Browser, nearly_late: Booking, moving: MovingClock, name: str, decision: str
) -> None:
    said = {"decision": decision, "seen": nearly_late.sequence, "told": "", "reason": ""}
    answer = send(client, on(nearly_late, name), said)
    assert (answer.status_code, len(moving.readers)) == (302, 1)
    changed = Booking.objects.get()
    assert changed.late_fee == 0
    assert not any(event.is_late for event in changed.events.all())


@pytest.mark.parametrize("name", ["booking", "change", "move", "cancel", "reminders"])
def test_a_page_of_a_booking_reads_the_clock_once(
    client: Browser, nearly_late: Booking, moving: MovingClock, name: str
) -> None:
    page = client.get(on(nearly_late, name))
    assert (page.status_code, len(moving.readers)) == (200, 1)
    assert "It’s late now" not in text_of(page)


def test_a_move_that_is_refused_reads_the_clock_once(
    client: Browser, nearly_late: Booking, moving: MovingClock
) -> None:
    """The page of times shows by the moment by which the time was refused."""
    at_night = on(nearly_late, "move").replace("T10:00", "T03:00")
    assert client.get(at_night).status_code == 422
    assert len(moving.readers) == 1


def test_what_can_be_booked_when_the_button_is_pressed_is_booked(
    client: Browser, strict: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.shift(-HOUR)
    path = check_address(client, strict)
    carries = carried(client, path)
    moving = MovingClock()
    monkeypatch.setattr(timezone, "now", moving.now)
    answer = send(client, path, carries)
    assert (answer.status_code, moving.readers) == (302, ["front.views.check"])
    assert "/booking/" in answer["Location"]


@pytest.mark.parametrize("name", ["home", "book", "time", "details"])
def test_a_page_for_anybody_reads_the_clock_once(
    client: Browser, strict: World, moving: MovingClock, name: str
) -> None:
    # A link that makes the choice leads on: this one narrows it.
    query = {"slot": "2026-11-25T10:00", **({"how": None} if name == "book" else {})}
    assert client.get(address(name, strict, **query)).status_code == 200
    assert len(moving.readers) == 1


def test_details_that_are_sent_read_the_clock_once(
    client: Browser, strict: World, moving: MovingClock
) -> None:
    answer = send_details(client, strict, "2026-11-25T10:00", rendered=stamp())
    assert (answer.status_code, len(moving.readers)) == (302, 1)
