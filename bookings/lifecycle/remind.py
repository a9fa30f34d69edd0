"""The reminders of one meeting, beside what counts for all of its client's."""

from datetime import datetime

from django.db import transaction

from bookings.by import By
from bookings.errors import BusyError
from bookings.lifecycle.locking import locked, refusing


def remind(booking_id: int, *, by: By, wanted: bool, now: datetime) -> None:
    """Switch the reminders of one meeting on or off; repeating it changes nothing."""
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        booking.remind(now, wanted=wanted)
        booking.save(update_fields=["reminds", "reminds_from"])
