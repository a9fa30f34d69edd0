"""The mails that ask a client to choose another time: the question, once more, and its end."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from bookings import fee_words
from bookings.models import Booking
from bookings.notices import keys
from bookings.notices.letter import UNDO_WAIT, absolute, opens, to_client, when
from bookings.notices.neutral_words import ASKED, ASKED_AGAIN, STAYS
from outbox.queue import Letter
from prose.dates import moment_label


def asked(booking: Booking, reason: str, token: str, number: int, now: datetime) -> Letter:
    """Ask the client to choose another time: the one that is proposed, if any, or their own.

    One may ask again at any time, so each question of a booking has its `number`.
    """
    subject = f"Please choose another time: your appointment on {when(booking)}"
    words = {"reason": reason, "manage_url": opens(token), **proposal(booking, now)}
    return _numbered(booking, ASKED, subject, words, number)


def asked_again(booking: Booking, reason: str, token: str, number: int, now: datetime) -> Letter:
    """Ask them once more, who have not answered."""
    words = {"reason": reason, "manage_url": opens(token), **proposal(booking, now)}
    return _numbered(booking, ASKED_AGAIN, _still(booking), words, number)


def _still(booking: Booking) -> str:
    return f"Still to choose: your appointment on {when(booking)}"


def stays(booking: Booking, reason: str, token: str, number: int, now: datetime) -> Letter:
    """Tell them that they needn’t choose another time any more."""
    subject = f"It stays as it is: your appointment on {when(booking)}"
    cancelling = fee_words.of_booking(booking, now)
    words = {"reason": reason, "manage_url": opens(token), "cancelling": cancelling}
    return _numbered(booking, STAYS, subject, words, number)


def reminder(booking: Booking, hours: int, token: str, stop_token: str, *, now: datetime) -> Letter:
    """What somebody gets who was asked and hasn't answered, in place of a reminder of the meeting.

    It is a reminder like any other: they can stop it, and it is worthless once the meeting begins.
    """
    stop = absolute(reverse("stop_reminders", args=[stop_token]))
    words = {"manage_url": opens(token), "stop_url": stop, **proposal(booking, now)}
    return replace(
        to_client(booking, ASKED_AGAIN, _still(booking), words),
        kind=keys.REMINDER,
        key=keys.reminder_key(booking.uid, booking.sequence, hours),
        not_after=booking.start,
        unsubscribe_url=stop,
    )


def proposal(booking: Booking, now: datetime) -> dict[str, str]:
    """Return the proposed time in words, and until when it is kept; nothing if none is any more."""
    until = booking.kept_until
    if booking.proposed_start is None or until is None or until <= now:
        return {}
    return {
        "proposed": moment_label(booking.proposed_start),
        "kept_until": moment_label(until),
    }


def _numbered(
    booking: Booking, kind: str, subject: str, extra: dict[str, Any], number: int
) -> Letter:
    letter = to_client(booking, kind, subject, extra, wait=UNDO_WAIT)
    return replace(letter, key=keys.numbered(letter.key, number))
