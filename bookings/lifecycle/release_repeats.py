"""A first meeting for whom there is another is let go after hours, if the practice has it so."""

import logging
from datetime import datetime

from celery import shared_task
from django.db import Error, transaction
from django.utils import timezone

from bookings.by import By
from bookings.errors import BusyError, NotBookableError
from bookings.lifecycle.cancel import cancel_locked
from bookings.lifecycle.events import write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.notices import letters

log = logging.getLogger(__name__)


@shared_task(name="bookings.repeats.cancel")
def sweep_repeats() -> int:
    """Let go of what is due now; what else a sweep does waits for no trouble of this."""
    try:
        return cancel_repeats(timezone.now())
    except Error as error:
        log.warning("second consultations could not be read: %s", type(error).__name__)
        return 0


def cancel_repeats(now: datetime) -> int:
    """Let go of those whose hours are over; return how many.

    Each in a transaction of its own: one that cannot be had now is for the next sweep. What the
    therapist kept, or somebody cancelled or moved on meanwhile, is read again under the lock.
    """
    standing = Booking.objects.holding().filter(during__startswith__gt=now)
    due = standing.filter(release_at__lte=now).values_list("pk", flat=True)
    return sum(_cancel(pk, now) for pk in list(due))


def _cancel(pk: int, now: datetime) -> bool:
    try:
        with refusing(BusyError()), transaction.atomic():
            booking = locked(pk, by=By.system())
            if booking.is_cancelled or not _is_due(booking, now):
                return False
            cancel_locked(booking, By.system(), "", now, letters.let_go)
    except NotBookableError as refusal:
        log.warning("booking %s could not be let go: %s", pk, refusal.code)
        return False
    return True


def _is_due(booking: Booking, now: datetime) -> bool:
    until = booking.release_at
    return until is not None and until <= now < booking.start


def keep_repeat(booking_id: int, *, by: By, now: datetime) -> None:
    """Let it stand like any other, because the therapist says so; saying it again changes nothing.

    Who said so is in its history, and it is not asked about any more.
    """
    kept = BookingEvent.Action.KEPT
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        if booking.events.filter(action=kept).exists() and booking.release_at is None:
            return
        booking.release_at = None
        booking.save(update_fields=["release_at"])
        write_line(booking, now, kept, by=by)
