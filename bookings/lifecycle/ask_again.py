"""A client who was asked to choose another time, and hasn't, is asked once more."""

from datetime import datetime

from django.db import transaction

from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.events import release, standing, write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.lifecycle.propose import propose
from bookings.lifecycle.reschedule import require_open
from bookings.lifecycle.undo import way_back
from bookings.models import Booking, BookingEvent
from bookings.notices import private_links, questions
from outbox.queue import queue
from prose.dates import moment_label


def ask_again(booking_id: int, seen: int, *, by: By, reason: str, now: datetime) -> Booking:
    """Ask once more, and keep what was proposed anew if it can still be had.

    Raises `NotBookableError` if they were not asked, or have answered; if the meeting can't be
    moved any more; and while the email before still waits to leave, which asks already.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        require_open(booking, seen, now)
        if not booking.is_asked_to_move:
            raise NotBookableError(Code.NOT_ASKED)
        if way_back(booking):
            raise NotBookableError(Code.MAIL_WAITS)
        was, proposed = standing(booking), booking.proposed_start
        release(booking)
        booking.asked_at = now
        offer = _kept_anew(booking, proposed, now)
        booking.save(update_fields=["asked_at", "proposed_start"])
        token = private_links.to_booking(booking, now)
        letter = questions.asked_again(booking, reason, token, booking.events.count(), now)
        what = f"Once more: {booking.where_and_when}. {offer}"
        asked = BookingEvent.Action.ASKED
        told = letter.key
        write_line(booking, now, asked, by=by, reason=reason, what=what, was=was, told_by=told)
        queue([letter])
        return booking


def _kept_anew(booking: Booking, proposed: datetime | None, now: datetime) -> str:
    """Propose the same time again; if it is gone, they choose one themselves."""
    if proposed is None:
        return "No time was proposed."
    try:
        propose(booking, proposed, now)
    except NotBookableError:
        return f"{moment_label(proposed)} can’t be had any more."
    return f"{moment_label(proposed)} was proposed."
