"""What is written with every change: a line of history, and how the booking stood before."""

from datetime import datetime
from typing import Any

from bookings.by import By
from bookings.errors import AlreadyMet, Warned
from bookings.kept_facts import PLACE_COLUMNS
from bookings.models import Booking, BookingEvent, Hold

# The columns of a booking that a change writes.
CHANGED = (
    "during",
    "format",
    "place",
    *PLACE_COLUMNS,
    "organizer_name",
    "status",
    "asked_at",
    "proposed_start",
    "late_fee",
    "fee_waived",
    "fee_if_cancelled",
    "sequence",
    "changed_at",
)


def against(warned: Warned) -> str:
    """Return what was accepted as codes, each once, with commas between; admin has their words."""
    found: list[str] = [*warned.rules, *warned.outside, *warned.unused]
    found += [one.code if isinstance(one, AlreadyMet) else one for one in warned.person]
    return ",".join(dict.fromkeys(found))


def standing(booking: Booking) -> dict[str, Any]:
    """Return how a booking stands, as JSON: all that taking a change back restores."""
    return {
        "during": [booking.start.isoformat(), booking.end.isoformat()],
        "format": booking.format,
        "place": booking.place_id,
        "where": booking.where.stored(),
        "organizer_name": booking.organizer_name,
        "status": booking.status,
        "proposed": booking.proposed_start and booking.proposed_start.isoformat(),
        "asked": booking.asked_at and booking.asked_at.isoformat(),
        "late_fee": str(booking.late_fee),
        "fee_if_cancelled": str(booking.fee_if_cancelled),
    }


def write_line(
    booking: Booking,
    now: datetime,
    action: BookingEvent.Action,
    *,
    by: By,
    **said: Any,
) -> BookingEvent:
    """Write a line of history; `said` are its other columns."""
    return BookingEvent.objects.create(
        booking=booking,
        at=now,
        actor=by.actor,
        user=by.user,
        action=action,
        sequence=booking.sequence,
        **said,
    )


def lines_told_by(key: str) -> list[BookingEvent]:
    """Return the changes that a mail tells of and that can be taken back."""
    lines = BookingEvent.objects.filter(told_by=key, is_undone=False).exclude(told_by="")
    theirs = lines.exclude(actor=BookingEvent.Actor.CLIENT).exclude(was={})
    return list(theirs.select_related("booking__therapist").order_by("booking__therapist_id", "pk"))


def release(booking: Booking) -> None:
    """Let go of what was proposed: the question is answered, or asked anew."""
    booking.asked_at = booking.proposed_start = None
    Hold.objects.of(booking.therapist_id).filter(visitor=booking.visitor).delete()
