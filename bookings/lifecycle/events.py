"""What is written with every change: a line of history, and how the booking stood before."""

from datetime import datetime
from typing import Any

from availability.rules import Rule
from bookings.by import By
from bookings.errors import AlreadyMet, Code, Warned
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
    "sequence",
    "changed_at",
)

# What somebody went against who acts for the practice, as the history tells it.
AGAINST: dict[Rule | Code, str] = {
    Rule.HOURS: "outside the hours",
    Rule.HELD: "somebody was booking that time",
    Rule.ELSEWHERE: "an appointment elsewhere",
    Rule.GAP: "the gap to another meeting",
    Rule.LEAVE: "time off",
    Rule.CLOCK: "the hour that happens twice",
    Rule.DAYLIGHT: "without daylight",
    Rule.DAY_CAP: "more sessions than the day’s most",
    Rule.WEEK_CAP: "more consultations than the week’s most",
    Rule.IN_A_ROW: "more sessions in a row than the most",
    Rule.NOTICE: "inside the booking notice",
    Rule.HORIZON: "further ahead than clients book",
    Code.NOT_MET_YET: "no consultation that went on",
    Code.ALREADY_MET: "has met before",
}


def against(warned: Warned) -> str:
    """Return what was accepted, each rule once, like "outside the hours, time off"."""
    found: list[Rule | Code] = [*warned.rules, *warned.outside]
    found += [one.code if isinstance(one, AlreadyMet) else one for one in warned.person]
    return ", ".join(dict.fromkeys(AGAINST[one] for one in found))


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
    if not key:
        return []
    lines = BookingEvent.objects.filter(told_by=key, is_undone=False)
    theirs = lines.exclude(actor=BookingEvent.Actor.CLIENT).exclude(was={})
    return list(theirs.select_related("booking__therapist").order_by("booking__therapist_id", "pk"))


def release(booking: Booking) -> None:
    """Let go of what was proposed: the question is answered, or asked anew."""
    booking.asked_at = booking.proposed_start = None
    Hold.objects.of(booking.therapist_id).filter(visitor=booking.visitor).delete()
