"""A booking is cancelled: its time is free at once, and both are told."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bookings import fee_words, policy
from bookings.by import By
from bookings.errors import BusyError, ChangedMeanwhile, Code, NotBookableError
from bookings.lifecycle.events import CHANGED, release, standing, write_line
from bookings.lifecycle.joint_mail import leave_out
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.notices import letters
from bookings.notices.keys import about_booking
from outbox.queue import Letter, queue, withdraw
from outbox.tasks import send_on_commit

# What writes the mails that tell of it: by whom, for which reason, and why something is due.
Tell = Callable[[Booking, By, str, str, datetime], list[Letter]]


def cancel(  # noqa: PLR0913, which, by whom, why and when, and what they saw
    booking_id: int,
    *,
    by: By,
    reason: str,
    now: datetime,
    seen: int | None = None,
    told: str | None = None,
) -> Booking:
    """Cancel, free the time at once and tell both; repeating it changes nothing.

    A client who cancels inside the notice does so late, and owes what was agreed; whom the
    therapist cancels owes nothing, nor for what was changed late before. Raises
    `NotBookableError` once the meeting has begun, where it was changed since it was `seen`, and
    where it costs what its page had not `told`: both may have come while this waited.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        if not booking.is_cancelled:
            _require_to_come(booking, seen, now)
            if told is not None:
                policy.require_told(policy.late_fee(booking, now), told)
            cancel_locked(booking, by, reason, now)
        return booking


def _require_to_come(booking: Booking, seen: int | None, now: datetime) -> None:
    if booking.start <= now:
        raise NotBookableError(Code.TOO_LATE_TO_CANCEL)
    if seen not in (None, booking.sequence):
        raise NotBookableError(ChangedMeanwhile(booking.where_and_when, cancelling=True))


def cancel_locked(
    booking: Booking, by: By, reason: str, now: datetime, tell: Tell = letters.cancelled
) -> None:
    """Write that it is cancelled, with what it costs, and tell of it in place of all that waits.

    Call it under the diary's lock, of a booking that stands and is to come.
    """
    was, late = standing(booking), by.is_client and policy.is_late(booking, now)
    if by.is_client:
        booking.owe(policy.late_fee(booking, now))
    else:
        booking.late_fee = Decimal(0)
    due = fee_words.why_due(booking, now, late=late)
    _end(booking, now)
    leave_out(booking, now)
    about = about_booking(booking.uid)
    withdraw(about)
    written = tell(booking, by, reason, due, now)
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
    send_on_commit(about)


def _end(booking: Booking, now: datetime) -> None:
    """Write that it is cancelled: its time, and what was proposed instead, are free at once."""
    booking.status = Booking.Status.CANCELLED
    booking.sequence += 1
    booking.changed_at = now
    release(booking)
    booking.save(update_fields=CHANGED)
