"""Tell the client once more how a booking stands; nothing of it changes."""

from datetime import datetime

from django.db import transaction

from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.events import write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.lifecycle.require_address import require_address
from bookings.lifecycle.reschedule import require_open
from bookings.lifecycle.undo import way_back
from bookings.models import BookingEvent
from bookings.notices import letters, private_links
from bookings.notices.keys import about_booking
from outbox.models import OutgoingMail
from outbox.queue import queue
from outbox.tasks import send_on_commit


def send_details(booking_id: int, *, by: By, now: datetime) -> None:
    """Send the confirmation anew, with a link that works, to where the client is reached now.

    Twice within a minute is as once. Raises `NotBookableError` if the meeting is over or was
    cancelled, while another mail about it says something else, and where no mail reaches them.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        require_open(booking, booking.sequence, now)
        require_address(booking.client)
        if booking.asked_at:
            raise NotBookableError(Code.CLIENT_IS_ASKED)
        if way_back(booking):
            # Who takes the change back is told that nobody has heard of it.
            raise NotBookableError(Code.MAIL_WAITS)
        about = about_booking(booking.uid)
        token = private_links.to_booking(booking, now)
        letter = letters.details(booking, token, now)
        if not OutgoingMail.objects.filter(key=letter.key).exists():
            write_line(booking, now, BookingEvent.Action.SENT, by=by)
        queue([letter])
        send_on_commit(about)
