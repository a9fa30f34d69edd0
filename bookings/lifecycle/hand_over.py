"""A meeting is handed over to another therapist: one booking ends, another begins at its time.

Two, and not one that changes hands: a calendar takes a change from its ORGANIZER alone, who stays
the first therapist; and what the client confided was meant for the first therapist, so it stays.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from availability import walltime
from availability.models import Place, Service, Therapist
from availability.rules import Rule
from bookings import busy, policy
from bookings.by import By
from bookings.errors import (
    Asked,
    BusyError,
    Code,
    NotBookableError,
    NotOffered,
    TimeRefusedError,
    WarnedError,
)
from bookings.lifecycle.book import book
from bookings.lifecycle.cancel import cancel
from bookings.lifecycle.locking import lock_diary, locked, refusing
from bookings.lifecycle.request import Agreed, Person, Request
from bookings.lifecycle.reschedule import require_open
from bookings.models import Booking, BookingEvent
from bookings.notices import therapist_letters
from bookings.notices.handed_over import with_offer
from bookings.notices.letter import UNDO_WAIT
from outbox.queue import queue
from prose.dates import UK


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The meeting that ended, and the one at its time with the other therapist."""

    gone: Booking
    made: Booking


def hand_over(  # noqa: PLR0913, which, as it was seen, to whom, by whom, why and when
    booking_id: int, seen: int, to: Therapist, *, by: By, reason: str, now: datetime
) -> HandedOver:
    """Let another therapist meet the client: same time, format, length and price.

    Only where the other works then and is free, notice and horizon apart. Nothing is due for
    cancelling the new one, since nobody asked the client. The client is told by both therapists,
    the other therapist too. It can't be taken back by itself. Raises `NotBookableError`.
    """
    with refusing(BusyError()), transaction.atomic():
        mine = Booking.objects.values_list("therapist_id", flat=True).get(pk=booking_id)
        lock_both(mine, to.pk, by=by)
        booking = locked(booking_id, by=by)
        require_open(booking, seen, now)
        request = _request(booking, to, now)
        words = with_offer(reason, to.name, [booking.start])
        gone = cancel(booking.pk, by=by, reason=words, now=now, seen=seen)
        make_final([booking.pk])
        made = _book(request, by, now)
        queue([therapist_letters.booked(made)])
        return HandedOver(gone, made)


def lock_both(*therapist_ids: int, by: By) -> None:
    """Lock diaries in the order of their ids: whoever locks the same two never waits in a ring."""
    for therapist_id in sorted(set(therapist_ids)):
        lock_diary(therapist_id, by=by)


def make_final(booking_ids: list[int]) -> None:
    """Let nobody take back how these bookings were changed last."""
    for booking_id in booking_ids:
        last = BookingEvent.objects.filter(booking_id=booking_id).order_by("-pk")[:1]
        BookingEvent.objects.filter(pk__in=last.values("pk")).update(was={})


def _request(booking: Booking, to: Therapist, now: datetime) -> Request:
    """Return what is booked with the other therapist; raise where it can't be."""
    service, client = _service(booking, to), booking.client
    return Request(
        service=service,
        format=booking.format,
        place=_place(booking, service, now),
        start=booking.start,
        person=Person(booking.typed_name, booking.typed_email, booking.contact_phone, client),
        note="",
        notice=None,
        key=uuid.uuid4(),
        agreed=Agreed(booking.price, policy.Terms()),
    )


def _place(booking: Booking, service: Service, now: datetime) -> Place:
    """Return where the other is free for it; of several the one of the same name, or the first.

    The start need not be one that is offered, as long as all of it lies in their hours.
    """
    day, instant = booking.start.astimezone(UK).date(), int(booking.start.timestamp())
    known = busy.read_diary(service, booking.format, walltime.whole_days(day, day, UK), now)
    is_working = known.is_working((instant, instant + booking.seconds))
    against = {
        at.pk: tuple(
            limit
            for limit in known.reasons(instant, at)
            if not (is_working and limit.rule == Rule.HOURS)
        )
        for at in known.places
    }
    places = Place.objects.in_bulk([pk for pk, limits in against.items() if not limits])
    if places:
        return min(places.values(), key=lambda one: (one.name != booking.where.name, one.position))
    if not against:
        raise NotBookableError(Code.NO_PLACE)
    place, limits = next(iter(against.items()))
    raise TimeRefusedError(
        NotOffered(Asked(booking.start, service.pk, booking.format, place), limits)
    )


def _service(booking: Booking, to: Therapist) -> Service:
    """Return what the other offers that is most like it: for the same people, and as long."""
    same = {"audience": booking.service.audience, "formats__contains": [booking.format]}
    offered = Service.objects.offered().filter(therapist=to, **same)
    as_long = [one for one in offered if one.length_minutes * 60 == booking.seconds]
    if not as_long:
        raise NotBookableError(Code.NO_SUCH_SERVICE)
    return min(as_long, key=lambda one: one.name != booking.service.name)


def _book(request: Request, by: By, now: datetime) -> Booking:
    """Book what is free, whatever else would be asked of a client who chose it themselves.

    They hear of it no sooner than of the meeting that ends.
    """
    try:
        return book(request, by=by, now=now, wait=UNDO_WAIT)
    except WarnedError as refusal:
        despite = refusal.warned.keys
        return book(request, by=by, now=now, despite=despite, wait=UNDO_WAIT)
