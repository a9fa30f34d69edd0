"""Every mail to a client about their bookings, as finished letters for the outbox.

What a client did comes with the therapist's notice of it. Who may not be emailed is sent the answer
to what they did themselves a moment ago, where they typed the address; nothing else has an address
to go to, and so is not queued.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from bookings import fee_words
from bookings.by import By
from bookings.eligibility import meets_another
from bookings.models import Booking, FollowUp, Outcome
from bookings.notices import keys, neutral_words, therapist_letters
from bookings.notices.booking_invite import calendar_part, organizer_of, withdrawal_part
from bookings.notices.invites import Party
from bookings.notices.letter import (
    UNDO_WAIT,
    absolute,
    from_header,
    opens,
    to_client,
    when,
    write,
)
from outbox.queue import AT_ONCE, Letter
from prose.dates import moment_label

# How long a follow-up waits, so that a slip can be put right.
FOLLOW_UP_WAIT = timedelta(minutes=2)


def booked(booking: Booking, by: By, token: str, now: datetime) -> list[Letter]:
    """The confirmation with its invite, and the therapist's notice of what a client booked.

    `token` opens the client's private page; it is known only while the booking is made.
    """
    confirmation = _confirmation(booking, token, now, answers=by.is_client)
    return [confirmation, therapist_letters.booked(booking)] if by.is_client else [confirmation]


def details(booking: Booking, token: str, now: datetime) -> Letter:
    """The client's confirmation once more, as the booking stands now; one a minute at most."""
    letter = _confirmation(booking, token, now, answers=False)
    return replace(letter, key=keys.numbered(letter.key, int(now.timestamp()) // 60))


def _confirmation(booking: Booking, token: str, now: datetime, *, answers: bool) -> Letter:
    subject = f"Your appointment on {when(booking)}"
    cancelling = fee_words.of_booking(booking, now)
    words: dict[str, Any] = {"manage_url": opens(token), "cancelling": cancelling}
    # Anybody may have typed the address: what else its owner has here isn't said where others read.
    is_safe = booking.client.may_email
    if booking.is_repeat and is_safe:
        words |= _met_before(booking)
    if not booking.is_proven and is_safe:
        # The page must not say so: whoever typed the address may be anybody.
        words["is_double"] = meets_another(booking.client, booking.start, booking.end, booking.pk)
    invite = calendar_part(booking, now)
    kind = neutral_words.CONFIRMATION
    return to_client(booking, kind, subject, words, answers=answers, invite=invite)


def left_address(booking: Booking, address: str, now: datetime) -> Letter:
    """Take the entry out of the calendar at an address that is the client's no longer.

    It names nobody, no practice and no meeting: whoever reads mail there may be somebody else. It
    is from the invite's own organizer: calendars take an entry out for nobody else.
    """
    letter = write(booking, keys.LEFT_ADDRESS, address, "An entry in your calendar", {})
    return replace(
        letter,
        sender=from_header(Party("", organizer_of(booking).email)),
        reply_to="",
        invite=withdrawal_part(booking, address, now),
        invite_method="CANCEL",
    )


def _met_before(booking: Booking) -> dict[str, Any]:
    """What is said to whom there is another first meeting with: how sessions are booked."""
    until = booking.release_at
    return {
        "has_met": True,
        "sessions_url": absolute(reverse("sessions")),
        "release_label": moment_label(until) if until else "",
    }


def let_go(booking: Booking, _by: By, _reason: str, _due: str, now: datetime) -> list[Letter]:
    """Tell both that a second first meeting was let go by itself."""
    subject = f"Cancelled: your appointment on {when(booking)}"
    words, invite = {"sessions_url": absolute(reverse("sessions"))}, calendar_part(booking, now)
    told = to_client(booking, neutral_words.LET_GO, subject, words, invite=invite)
    return [told, therapist_letters.let_go(booking)]


def cancelled(booking: Booking, by: By, reason: str, due: str, now: datetime) -> list[Letter]:
    """The client's mail that takes the appointment out of the calendar, and the therapist's.

    `due` says why something is due, if it is.
    """
    words = {
        "by_therapist": not by.is_client,
        # What the client wrote stays in admin; what the therapist wrote is meant for the client.
        "reason": "" if by.is_client else reason,
        "fee": booking.fee_label,
        "why_due": due,
        "book_url": absolute(reverse("book")),
    }
    told = to_client(
        booking,
        keys.CANCELLATION,
        f"Cancelled: your appointment on {when(booking)}",
        words,
        answers=by.is_client,
        # The therapist has a moment to take it back; a client's own word is answered at once.
        wait=AT_ONCE if by.is_client else UNDO_WAIT,
        invite=calendar_part(booking, now),
    )
    return [told, therapist_letters.cancelled(booking, reason)] if by.is_client else [told]


def fee_waived(booking: Booking) -> list[Letter]:
    """Tell the client that there is nothing to pay after all."""
    subject = f"Nothing to pay: your appointment on {when(booking)}"
    words = {"is_cancelled": booking.is_cancelled}
    return [to_client(booking, keys.FEE_WAIVED, subject, words)]


def moved(  # noqa: PLR0913, what the mail tells
    booking: Booking,
    by: By,
    was: str,
    reason: str,
    token: str,
    now: datetime,
) -> list[Letter]:
    """The client's mail that moves the appointment in the calendar, and the therapist's.

    `was` is where and when it stood. What the client wrote stays in admin.
    """
    words = {
        "by_therapist": not by.is_client,
        "reason": "" if by.is_client else reason,
        "was": was,
        "fee": booking.fee_label,
        "cancelling": fee_words.of_booking(booking, now),
        "manage_url": opens(token),
    }
    subject = f"Changed: your appointment on {when(booking)}"
    invite = calendar_part(booking, now)
    kind, answers = neutral_words.MOVED, by.is_client
    told = to_client(booking, kind, subject, words, answers=answers, invite=invite)
    return [told, therapist_letters.moved(booking, was, reason)] if by.is_client else [told]


def new_facts(booking: Booking, new: Sequence[str], token: str, now: datetime) -> Letter:
    """The mail that gives the appointment a new place or new words in the calendar; same time.

    `new` has what changed, a line each.
    """
    subject = f"New details: your appointment on {when(booking)}"
    cancelling = fee_words.of_booking(booking, now)
    words = {"new": new, "manage_url": opens(token), "cancelling": cancelling}
    invite = calendar_part(booking, now)
    return to_client(
        booking, neutral_words.NEW_FACTS, subject, words, wait=UNDO_WAIT, invite=invite
    )


def reminder(booking: Booking, hours: int, token: str, stop_token: str, *, now: datetime) -> Letter:
    """The client's reminder, so many hours before; worthless once the meeting begins.

    What stops reminders is a link of its own, which mail programs hand on: it opens nothing.
    """
    subject = f"Reminder: your appointment on {when(booking)}"
    stop = absolute(reverse("stop_reminders", args=[stop_token]))
    cancelling = fee_words.of_booking(booking, now)
    words = {"manage_url": opens(token), "stop_url": stop, "cancelling": cancelling}
    return replace(
        to_client(booking, keys.REMINDER, subject, words),
        key=keys.reminder_key(booking.uid, booking.sequence, hours),
        # What a mail server puts off must not arrive in the night that they asked to be left alone.
        not_after=min(filter(None, (booking.start, booking.client.quiet_again(now)))),
        unsubscribe_url=stop,
    )


def follow_up(booking: Booking, words: FollowUp, token: str, now: datetime) -> Letter:
    """What the therapist writes after a consultation; it leaves after `FOLLOW_UP_WAIT`.

    `token` opens the pages on which sessions are booked, where it goes on. It waits for the end of
    quiet hours. In neutral words it is the link alone; without one there is nothing to send.
    """
    extra = {
        "heading": words.subject,
        "paragraphs": words.paragraphs,
        **_next_step(Outcome(words.outcome), token),
    }
    client, leaves = booking.client, now + FOLLOW_UP_WAIT
    wait = client.reachable_from(leaves) - now
    subject = neutral_words.FOLLOW_UP_SUBJECT if client.neutral_words else words.subject
    letter = to_client(booking, keys.FOLLOW_UP, subject, extra, wait=wait)
    has_words = "link_url" in extra or not client.neutral_words
    key = keys.follow_up_key(booking.uid, booking.outcome)
    return replace(letter, key=key, to=letter.to if has_words else "")


def _next_step(outcome: Outcome, token: str) -> dict[str, Any]:
    if outcome == Outcome.CONTINUE:
        url = opens(token)
        return {"link_label": "Choose a time", "link_url": url, "is_private": True}
    if outcome == Outcome.THINK:
        return {"link_label": "Ask for your link", "link_url": absolute(reverse("sessions"))}
    return {}
