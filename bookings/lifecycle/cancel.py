"""A booking is cancelled, or over: what it costs, who came, how it went on."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bookings import outcomes, policy
from bookings.by import By
from bookings.errors import BusyError, ChangedMeanwhile, Code, NotBookableError
from bookings.lifecycle.events import CHANGED, release, standing, write_line
from bookings.lifecycle.joint_mail import leave_out
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.notices import letters
from bookings.outcomes import Report
from outbox.queue import queue, withdraw


def cancel(
    booking_id: int,
    *,
    by: By,
    reason: str,
    now: datetime,
    seen: int | None = None,
) -> Booking:
    """Cancel, free the time at once and tell both; repeating it changes nothing.

    A client who cancels inside the notice does so late, and owes what was agreed; whom the
    therapist cancels owes nothing, nor for what was changed late before. Raises
    `NotBookableError` once the meeting has begun, and where it was changed since it was `seen`.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        if booking.is_cancelled:
            return booking
        _require_to_come(booking, seen, now)
        was, late = standing(booking), by.is_client and policy.is_late(booking, now)
        if by.is_client:
            booking.owe(policy.late_fee(booking, now))
        else:
            booking.late_fee = Decimal(0)
        _end(booking, now)
        leave_out(booking, now)
        withdraw(booking.about)
        written = letters.cancelled(booking, by, reason, now)
        write_line(
            booking,
            now,
            BookingEvent.Action.CANCELLED,
            by=by,
            reason=reason,
            is_late=late,
            was=was,
            told_by=written[0].key,
        )
        queue(written)
        letters.ring_on_commit(booking.about)
        return booking


def _end(booking: Booking, now: datetime) -> None:
    """Write that it is cancelled: its time, and what was proposed instead, are free at once."""
    booking.status = Booking.Status.CANCELLED
    booking.sequence += 1
    booking.changed_at = now
    release(booking)
    booking.save(update_fields=CHANGED)


def _require_to_come(booking: Booking, seen: int | None, now: datetime) -> None:
    if booking.start <= now:
        raise NotBookableError(Code.TOO_LATE_TO_CANCEL)
    if seen not in (None, booking.sequence):
        raise NotBookableError(ChangedMeanwhile(booking.where_and_when, cancelling=True))


def waive_fee(booking_id: int, *, by: By, now: datetime) -> Booking:
    """Let the client off what cancelling late costs, and tell them; twice is as once."""
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        if not booking.fee_label:
            return booking
        booking.fee_waived = True
        booking.changed_at = now
        booking.save(update_fields=["fee_waived", "changed_at"])
        write_line(booking, now, BookingEvent.Action.WAIVED, by=by)
        queue(letters.fee_waived(booking))
        letters.ring_on_commit(booking.about)
        return booking


def record(booking_id: int, report: Report, *, by: By, now: datetime) -> Booking:
    """Keep what the therapist says of a meeting that has begun; saying it again replaces it.

    A consultation that goes on lets its client book sessions. Its follow-up waits a while in the
    outbox: until then another report takes it back. Repeating one changes nothing. Raises
    `NotBookableError` for what cannot be said, and where somebody else was quicker.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        if outcomes.stands(booking, report):
            return booking
        outcomes.require(booking, report, now)
        booking.attendance, booking.outcome = report.attendance, report.outcome
        booking.save(update_fields=["attendance", "outcome"])
        mail = outcomes.follow_up(booking, report, now)
        what = f"{booking.went_label}, {mail}" if booking.outcome else booking.went_label
        write_line(booking, now, BookingEvent.Action.RECORDED, by=by, what=what)
        outcomes.accept(booking, now)
        return booking
