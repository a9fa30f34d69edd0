"""A client needn't choose another time any more: the question is withdrawn, and the time stays."""

from datetime import datetime

from django.db import transaction

from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.events import release, standing, write_line
from bookings.lifecycle.joint_mail import leave_out
from bookings.lifecycle.locking import locked, refusing
from bookings.lifecycle.reschedule import require_open
from bookings.models import Booking, BookingEvent
from bookings.notices import neutral_words, private_links, questions
from bookings.notices.keys import REMINDER, about_booking
from outbox.models import OutgoingMail
from outbox.queue import queue, withdraw

Action = BookingEvent.Action


def withdraw_question(booking_id: int, seen: int, *, by: By, reason: str, now: datetime) -> Booking:
    """Let the booking stand as it is; what was proposed instead is free again.

    Whoever has been asked is told, and that can be taken back while its email waits. Where the
    question itself still waits, it doesn't leave and nobody hears of either. Raises
    `NotBookableError` if there is no question any more, or the meeting can't be changed.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        require_open(booking, seen, now)
        if not booking.is_asked_to_move:
            raise NotBookableError(Code.NOT_ASKED)
        was = standing(booking)
        leave_out(booking, now)
        is_told = _keep_back(booking)
        release(booking)
        booking.save(update_fields=["asked_at", "proposed_start"])
        key = _tell(booking, reason, now) if is_told else ""
        what = f"It stays: {booking.where_and_when}."
        facts = {"reason": reason, "what": what, "was": was, "told_by": key}
        write_line(booking, now, Action.WITHDRAWN, by=by, **facts)
        return booking


def _keep_back(booking: Booking) -> bool:
    """Take back the questions that have not left; return whether they have read one.

    Those count as never asked: nothing that is undone later lets them leave.
    """
    about = about_booking(booking.uid)
    for kind in (neutral_words.ASKED, neutral_words.ASKED_AGAIN, REMINDER):
        withdraw(about, kind=kind)
    asked = _questions(booking)
    mails = OutgoingMail.objects.filter(key__in=[line.told_by for line in asked])
    withdrawn = mails.filter(state=OutgoingMail.State.WITHDRAWN)
    unheard = set(withdrawn.values_list("key", flat=True))
    never = [line.pk for line in asked if line.told_by in unheard]
    BookingEvent.objects.filter(pk__in=never).update(is_undone=True)
    return len(never) < len(asked) or _is_asked_elsewhere(booking, asked)


def _questions(booking: Booking) -> list[BookingEvent]:
    """Return the lines that ask, since the last that answered or ended a question."""
    found: list[BookingEvent] = []
    for line in booking.events.filter(is_undone=False).order_by("pk"):
        if line.action == Action.ASKED:
            found.append(line)
        elif line.action in (Action.MOVED, Action.WITHDRAWN):
            found.clear()
    return found


def _is_asked_elsewhere(booking: Booking, asked: list[BookingEvent]) -> bool:
    """Whether their address was corrected since: the new one was asked beside the history."""
    readdressed = booking.events.filter(action=Action.READDRESSED)
    return bool(asked) and readdressed.filter(pk__gt=asked[0].pk).exists()


def _tell(booking: Booking, reason: str, now: datetime) -> str:
    """Queue the mail that says so; return its key."""
    token = private_links.to_booking(booking, now)
    letter = questions.stays(booking, reason, token, booking.events.count(), now)
    queue([letter])
    return letter.key
