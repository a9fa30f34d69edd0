"""A time is kept for the visitor who chose it, while they type. It promises less than a booking.

The booking takes its visitor's hold with it and asks every rule again, hold or none, so nothing
depends on a hold; without one, somebody else may be quicker.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability import diary
from availability.catalogue import services_of
from availability.models import Service
from availability.rules import Meeting
from availability.window import bookable_span, horizon_span
from bookings import busy, lifecycle, slots
from bookings.busy import Read
from bookings.by import By
from bookings.errors import Asked, SlotTakenError
from bookings.lifecycle import Request
from bookings.models import Hold

KEPT = timedelta(minutes=10)
# Kept for longer only when this much has gone by: a page that is loaded again changes nothing.
FRESH = timedelta(minutes=1)
MOST_A_VISITOR = 2
# What makes a hold the same one.
KEY = ["therapist", "service", "format", "during", "visitor"]
# By hand, and both at once: it is written by everybody who chooses a time.
_WRITE = """
INSERT INTO bookings_hold
    (therapist_id, service_id, format, during, visitor, expires_at, is_promised)
VALUES (%(therapist)s, %(service)s, %(format)s,
    tstzrange(to_timestamp(%(start)s), to_timestamp(%(end)s)), %(visitor)s, %(until)s, false)
ON CONFLICT (therapist_id, service_id, format, during, visitor)
    DO UPDATE SET expires_at = EXCLUDED.expires_at;
DELETE FROM bookings_hold
WHERE therapist_id = %(therapist)s AND expires_at <= %(now)s OR id IN (
    SELECT id FROM bookings_hold WHERE visitor = %(visitor)s AND NOT is_promised
    ORDER BY expires_at DESC, id DESC OFFSET %(most)s)
"""


def choose(service: Service, fmt: str, start: datetime, visitor: str, now: datetime) -> list[int]:
    """Keep `start` for the visitor if there is room; return the ids of the places it can be had at.

    Choosing it again keeps it for ten more minutes; a third time lets go of the first. Raises
    `NotBookableError` if it cannot be booked.
    """
    with lifecycle.refusing(SlotTakenError(Asked(start))), transaction.atomic():
        lifecycle.lock_diary(service.therapist_id, by=By.client())
        services = services_of(service.therapist_id)
        span = horizon_span(services, now)
        read = busy.read_all([service.therapist], span)[service.therapist_id]
        places = slots.require_free(service, fmt, start, now, visitor=visitor, read=read)
        _keep(_meeting(service, fmt, start, visitor, now), service, services, read, now)
        return places


def _meeting(service: Service, fmt: str, start: datetime, visitor: str, now: datetime) -> Meeting:
    begin = int(start.timestamp())
    until = int((now + KEPT).timestamp())
    end, gap = begin + service.length_minutes * 60, service.gap_minutes
    return Meeting(begin, end, fmt, None, gap, service.audience, visitor, until)


def _keep(
    wanted: Meeting, service: Service, services: Sequence[Service], read: Read, now: datetime
) -> None:
    """Write the hold, unless too little would be left or it is fresh."""
    instant = now.timestamp()
    live = [one for one in read.meetings if one.visitor and one.until > instant]
    mine = [one for one in live if one.visitor == wanted.visitor]
    again = [one for one in mine if one[:3] == wanted[:3]]
    if again and wanted.until - again[0].until < FRESH.total_seconds():
        return
    others = [one for one in mine if one not in again]
    kept = sorted(others, key=lambda one: one.until)[-MOST_A_VISITOR + 1 :]
    after = [*(one for one in live if one not in mine), *kept, wanted]
    booked = [one for one in read.meetings if not one.visitor]
    if leaves_enough(services, Read(read.entered, booked), after, now):
        _write(wanted, service, now)


def _write(wanted: Meeting, service: Service, now: datetime) -> None:
    """Store the hold; what has lapsed in this diary goes, and what is one too many."""
    facts: dict[str, Any] = {
        "therapist": service.therapist_id,
        "service": service.pk,
        "format": wanted.format,
        "start": wanted.start,
        "end": wanted.end,
        "visitor": wanted.visitor,
        "until": now + KEPT,
        "now": now,
        "most": MOST_A_VISITOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, facts)


def let_go(visitor: str) -> None:
    """Give back the times that are kept for a visitor who will not book them.

    One that was promised stays: whoever opens the mail about it may do so on another device.
    """
    Hold.objects.filter(visitor=visitor, is_promised=False).delete()


def promise(request: Request, until: datetime) -> None:
    """Keep the time of a request for its visitor until then, whatever else they choose.

    Call it under the diary's lock, once it is known that the time is free.
    """
    start = request.start.astimezone(UTC)
    end = start + timedelta(minutes=request.service.length_minutes)
    hold = Hold(
        therapist=request.service.therapist,
        service=request.service,
        format=request.format,
        during=DateTimeTZRange(start, end),
        visitor=request.visitor,
        expires_at=until,
        is_promised=True,
    )
    Hold.objects.bulk_create(
        [hold],
        update_conflicts=True,
        unique_fields=KEY,
        update_fields=["expires_at", "is_promised"],
    )


def leaves_enough(
    services: Sequence[Service], read: Read, holds: Sequence[Meeting], now: datetime
) -> bool:
    """Whether every service and format keeps nine tenths of what it offers without the holds.

    `read` is what the therapist entered, and the bookings.
    """
    known, booked = read
    for service in services:
        window = bookable_span(service, now)
        if window[0] >= window[1]:
            continue
        without = diary.by_format(service, window, known, booked)
        for fmt, its in diary.by_format(service, window, known, [*booked, *holds]).items():
            if len(its.starts()) * 10 < len(without[fmt].starts()) * 9:
                return False
    return True
