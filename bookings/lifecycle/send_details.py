"""Tell the client once more how a booking stands; nothing of it changes."""

from datetime import datetime

from django.db import transaction

from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.locking import locked, refusing
from bookings.lifecycle.reschedule import require_open
from bookings.lifecycle.undo import way_back
from bookings.notices import letters
from clients.models import AccessLink
from outbox.queue import queue


def send_details(booking_id: int, *, now: datetime) -> None:
    """Send the confirmation anew, with a link that works, to where the client is reached now.

    Twice within a minute is as once. Raises `NotBookableError` if the meeting is over or was
    cancelled, and while another mail about it says something else.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        require_open(booking, booking.sequence, now)
        if booking.asked_at:
            raise NotBookableError(Code.CLIENT_IS_ASKED)
        if way_back(booking):
            # Who takes the change back is told that nobody has heard of it.
            raise NotBookableError(Code.MAIL_WAITS)
        token = AccessLink.issue(booking.client, booking.about, now)
        queue([letters.details(booking, token, now)])
        letters.ring_on_commit(booking.about)
