"""The therapist lets a client off what changing or cancelling late costs, or not coming."""

from datetime import datetime

from django.db import transaction

from bookings.by import By
from bookings.errors import BusyError
from bookings.lifecycle.events import write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.notices import letters
from bookings.notices.keys import about_booking
from outbox.queue import queue
from outbox.tasks import send_on_commit


def waive_fee(booking_id: int, *, by: By, now: datetime) -> Booking:
    """Let the client off what is due; twice is as once.

    They are told if they were told of it: of what not coming costs, nobody was.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        if not booking.owed_label:
            return booking
        is_told = bool(booking.fee_label)
        booking.fee_waived = True
        booking.changed_at = now
        booking.save(update_fields=["fee_waived", "changed_at"])
        write_line(booking, now, BookingEvent.Action.WAIVED, by=by)
        if is_told:
            queue(letters.fee_waived(booking))
        send_on_commit(about_booking(booking.uid))
        return booking
