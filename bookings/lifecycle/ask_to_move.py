"""A client is asked to choose another time for their booking, which stands until they answer."""

from datetime import datetime

from django.db import transaction

from bookings.by import By
from bookings.errors import BusyError
from bookings.lifecycle.events import release, standing, write_line
from bookings.lifecycle.joint_mail import leave_out
from bookings.lifecycle.locking import locked, refusing
from bookings.lifecycle.propose import propose
from bookings.lifecycle.require_address import require_address
from bookings.lifecycle.reschedule import require_open
from bookings.models import Booking, BookingEvent
from bookings.notices import private_links, questions
from outbox.queue import queue
from prose.dates import moment_label


def ask_to_move(  # noqa: PLR0913, a question has these parts
    booking_id: int,
    seen: int,
    proposed: datetime | None,
    *,
    by: By,
    reason: str,
    now: datetime,
) -> Booking:
    """Ask the client to choose another time, and keep the `proposed` one for them a while.

    The booking stands until they answer; then nothing that binds clients stands in their way.
    Raises `TimeRefusedError` if the proposed time can't be had, `NotBookableError` if the booking
    can't be moved any more, or nobody can be asked: no address, or none that is safe.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        require_open(booking, seen, now)
        require_address(booking.client)
        was = standing(booking)
        leave_out(booking, now)
        release(booking)
        booking.asked_at = now
        if proposed:
            propose(booking, proposed, now)
        booking.save(update_fields=["asked_at", "proposed_start"])
        token = private_links.to_booking(booking, now)
        letter = questions.asked(booking, reason, token, booking.events.count(), now)
        offer = f"{moment_label(proposed)} was proposed." if proposed else "No time was proposed."
        what = f"It was {booking.where_and_when}. {offer}"
        action = BookingEvent.Action.ASKED
        told = letter.key
        write_line(booking, now, action, by=by, reason=reason, what=what, was=was, told_by=told)
        queue([letter])
        return booking
