"""A meeting is over: who came, and how it went on."""

from datetime import datetime

from django.db import transaction

from availability.models import price_label
from bookings import outcomes
from bookings.by import By
from bookings.errors import BusyError
from bookings.lifecycle.events import write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.outcomes import Report

# The columns that a report writes.
RECORDED = ("attendance", "outcome", "late_fee", "fee_waived", "no_show_fee")


def record(booking_id: int, report: Report, *, by: By, now: datetime) -> Booking:
    """Keep what the therapist says of a meeting that has begun; saying it again replaces it.

    A consultation that goes on lets its client book sessions. Its follow-up waits a while in the
    outbox: until then another report takes it back. Who didn't come owes what was agreed, and no
    mail tells them. Repeating one changes nothing. Raises
    `NotBookableError` for what cannot be said, and where somebody else was quicker.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        if outcomes.stands(booking, report):
            return booking
        outcomes.require(booking, report, now)
        booking.attendance, booking.outcome = report.attendance, report.outcome
        booking.owe_for_no_show(outcomes.fee(booking, report))
        booking.save(update_fields=RECORDED)
        mail = outcomes.follow_up(booking, report, now)
        what = f"{booking.went_label}, {mail}" if booking.outcome else booking.went_label
        what = what or "Taken back"
        if booking.no_show_fee:
            what = f"{what}. {price_label(booking.no_show_fee)} is due"
        write_line(booking, now, BookingEvent.Action.RECORDED, by=by, what=what)
        outcomes.accept(booking, now)
        return booking
