"""A meeting is over: who came, and how it went on."""

from datetime import datetime

from django.db import transaction

from bookings import outcomes
from bookings.by import By
from bookings.errors import BusyError
from bookings.lifecycle.events import write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.outcomes import Report


def record(booking_id: int, report: Report, *, by: By, now: datetime) -> Booking:
    """Keep what the therapist says of a meeting that has begun; saying it again replaces it.

    A consultation that goes on lets its client book sessions. Its follow-up waits a while in the
    outbox: until then another report takes it back. Repeating one changes nothing. Raises
    `NotBookableError` for what cannot be said, and where somebody else was quicker.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        if outcomes.stands(booking, report):
            return booking
        outcomes.require(booking, report, now)
        booking.attendance, booking.outcome = report.attendance, report.outcome
        booking.save(update_fields=["attendance", "outcome"])
        mail = outcomes.follow_up(booking, report, now)
        what = f"{booking.went_label}, {mail}" if booking.outcome else booking.went_label
        what = what or "Taken back"
        write_line(booking, now, BookingEvent.Action.RECORDED, by=by, what=what)
        outcomes.accept(booking, now)
        return booking
