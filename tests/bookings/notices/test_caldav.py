"""Our invites in a real CalDAV server: one event however often it changes, at the right time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bookings import lifecycle
from bookings.by import By
from bookings.notices import invites
from bookings.notices.invites import Invite
from tests.bookings.notices.caldav import Server, Shelf
from tests.bookings.notices.calendars import (
    UID,
    Reader,
    by_icalendar,
    invite,
    without_names_of_zones,
)
from tests.bookings.notices.letters import calendar_of, one
from tests.factories import NOW, World, book

# A server is shared: on one worker.
pytestmark = pytest.mark.xdist_group("caldav")
MINUTE = timedelta(minutes=1)
FIRST = invite(datetime(2026, 10, 23, 13, tzinfo=UTC))
# To the other side of the night on which the clock goes back, and to another place.
MOVED = replace(
    FIRST,
    sequence=1,
    start=FIRST.start + timedelta(days=4),
    end=FIRST.end + timedelta(days=4),
    location="12 Example Mews, London SW6 0AA",
)
WITHDRAWN = replace(MOVED, sequence=2, cancelled=True)
BOTH_SIDES = [
    datetime(2026, 10, 24, 9, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 2, tzinfo=UTC),
    datetime(2027, 3, 27, 10, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 9, tzinfo=UTC),
]


@pytest.fixture
def shelf(caldav: Server) -> Iterator[Shelf]:
    """An empty calendar; whatever happens to it, one booking is one resource in the end."""
    shelf = caldav.new_calendar()
    yield shelf
    assert shelf.names() == ["appointment.ics"]


def keep(shelf: Shelf, message: str) -> int:
    """Do what a mail program does with an invite: store it without its METHOD (4791, 4.1)."""
    stored = "".join(x for x in message.splitlines(keepends=True) if not x.startswith("METHOD:"))
    return shelf.put("appointment.ics", stored)


def found(shelf: Shelf, told: Invite) -> list[int]:
    """How many events lie in the minute before it, its first, its last, and the one after."""
    starts = (told.start - MINUTE, told.start, told.end - MINUTE, told.end)
    return [len(shelf.between(start, start + MINUTE)) for start in starts]


def test_a_booking_that_is_made_moved_and_cancelled_is_one_event(
    shelf: Shelf, reader: Reader
) -> None:
    statuses = [keep(shelf, invites.message(told, NOW)) for told in (FIRST, MOVED, WITHDRAWN)]
    assert statuses == [201, 204, 204]
    read = reader(shelf.get("appointment.ics").replace("\r\n", "\n").replace("\n", "\r\n"))
    assert (read.uid, read.sequence, read.status) == (UID, 2, "CANCELLED")
    assert (read.start, read.end, read.location) == (MOVED.start, MOVED.end, MOVED.location)


def test_it_is_found_where_it_is_and_no_longer_where_it_was(shelf: Shelf) -> None:
    keep(shelf, invites.message(FIRST, NOW))
    assert (found(shelf, FIRST), found(shelf, MOVED)) == ([0, 1, 1, 0], [0, 0, 0, 0])
    keep(shelf, invites.message(MOVED, NOW))
    assert (found(shelf, FIRST), found(shelf, MOVED)) == ([0, 0, 0, 0], [0, 1, 1, 0])


@pytest.mark.parametrize("start", BOTH_SIDES)
def test_it_is_found_to_the_minute_on_both_sides_of_a_clock_change(
    shelf: Shelf, start: datetime
) -> None:
    told = invite(start)
    assert keep(shelf, without_names_of_zones(invites.message(told, NOW))) == 201
    assert found(shelf, told) == [0, 1, 1, 0]


def test_a_second_copy_of_the_booking_is_refused(shelf: Shelf) -> None:
    assert shelf.put("appointment.ics", invites.file(FIRST, NOW)) == 201
    assert shelf.put("copy.ics", invites.file(MOVED, NOW)) == 409


def test_a_copy_that_lost_touch_overwrites_nothing(shelf: Shelf) -> None:
    keep(shelf, invites.message(MOVED, NOW))
    shelf.etags.clear()
    assert keep(shelf, invites.message(FIRST, NOW)) == 412
    assert by_icalendar(shelf.get("appointment.ics")).start == MOVED.start


@pytest.mark.parametrize("words", ["\\N\\n;,:\"'^n", "سميرة 😀 e\u0301 ]]> <a&b>"])
def test_any_words_go_through_the_xml_of_the_server(shelf: Shelf, words: str) -> None:
    told = replace(FIRST, location=f"At {words}\x00\x1b.", description="Ṩ😀" * 150)
    assert keep(shelf, invites.message(told, NOW)) == 201
    [text] = shelf.between(told.start, told.end)
    read = by_icalendar(text)
    assert (read.location, read.description) == (f"At {words}  .", "Ṩ😀" * 150)


def test_what_the_mails_of_a_booking_bring_is_one_event(shelf: Shelf, world: World) -> None:
    booking = book(world, NOW + timedelta(days=1, hours=1))
    told = invite(booking.start, end=booking.end)
    assert keep(shelf, calendar_of(one(booking, "confirmation")).decode()) == 201
    assert found(shelf, told) == [0, 1, 1, 0]
    client = By.client()
    lifecycle.cancel(booking.pk, by=client, reason="", now=NOW + timedelta(hours=1))
    assert keep(shelf, calendar_of(one(booking, "cancellation")).decode()) == 204
    read = by_icalendar(shelf.get("appointment.ics"))
    assert (read.uid, read.sequence, read.status) == (str(booking.uid), 1, "CANCELLED")
