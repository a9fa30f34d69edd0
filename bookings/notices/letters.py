"""Every mail about a booking, as finished letters for the outbox."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.urls import reverse

from availability.models import Therapist
from bookings.by import By
from bookings.models import Booking, BookingEvent, FollowUp, Outcome
from bookings.notices import invites
from bookings.notices.invites import Invite, Party
from bookings.notices.layout import bodies
from bookings.notices.summary import card
from clients.models import Client
from outbox import wake
from outbox.queue import AT_ONCE, Letter
from outbox.tasks import send_about
from prose.dates import NBSP, moment_label

REMINDER = "reminder"
# So long what the therapist cancels, or decides for a leave, can be taken back in the outbox.
UNDO_WAIT = timedelta(minutes=2)
# Words that may be read over somebody's shoulder: no service, no format, no reason.
SUMMARY = "Appointment"
FOLLOW_UP = "follow_up"
# The mail that tells one person of several bookings.
TOGETHER = "rearranged"
# How long a follow-up waits, so that a slip can be put right.
FOLLOW_UP_WAIT = timedelta(minutes=2)


def booked(booking: Booking, by: By, token: str, now: datetime) -> list[Letter]:
    """The confirmation with its invite, and the therapist's notice of what a client booked.

    `token` opens the client's private page; it is known only while the booking is made.
    """
    confirmation = _confirmation(booking, opens(token), now)
    return [confirmation, _notice(booking)] if by.is_client else [confirmation]


def details(booking: Booking, token: str, now: datetime) -> Letter:
    """The client's confirmation once more, as the booking stands now; one a minute at most."""
    letter = _confirmation(booking, opens(token), now)
    return replace(letter, key=f"{letter.key}-{int(now.timestamp()) // 60}")


def cancelled(booking: Booking, by: By, reason: str, now: datetime) -> list[Letter]:
    """The client's mail that takes the appointment out of the calendar, and the therapist's."""
    by_therapist = not by.is_client
    # The therapist has a moment to take it back; a client's own word is answered at once.
    wait = UNDO_WAIT if by_therapist else AT_ONCE
    # What the client wrote stays in admin; what the therapist wrote is meant for the client.
    told = reason if by_therapist else ""
    words = {"by_therapist": by_therapist, "reason": told, "fee": booking.fee_label}
    invite = invites.message(invite_for(booking), now)
    to_client = _to_client(
        booking,
        "cancellation",
        f"Cancelled: your appointment on {_when(booking)}",
        {**words, "book_url": absolute(reverse("book"))},
        wait=wait,
        invite=invite,
    )
    if by_therapist:
        return [to_client]
    subject = f"Cancelled: {_initials(booking.client)}, {_when(booking)}"
    return [
        to_client,
        _to_therapist(booking, "therapist_cancelled", subject, has_reason=bool(reason)),
    ]


def fee_waived(booking: Booking) -> list[Letter]:
    """Tell the client that there is nothing to pay after all."""
    subject = f"Nothing to pay: your appointment on {_when(booking)}"
    words = {"is_cancelled": booking.is_cancelled}
    return [_to_client(booking, "fee_waived", subject, words)]


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
    link = opens(token)
    by_therapist = not by.is_client
    words = {"by_therapist": by_therapist, "reason": reason if by_therapist else "", "was": was}
    words["fee"] = booking.fee_label
    subject = f"Changed: your appointment on {_when(booking)}"
    invite = invites.message(invite_for(booking), now)
    letters = [_to_client(booking, "moved", subject, {**words, "manage_url": link}, invite=invite)]
    if not by_therapist:
        subject = f"Changed: {_initials(booking.client)}, {_when(booking)}"
        seen = {"has_reason": bool(reason), "was": was}
        letters.append(_to_therapist(booking, "therapist_moved", subject, **seen))
    return letters


def new_facts(booking: Booking, new: Sequence[str], token: str, now: datetime) -> Letter:
    """The mail that gives the appointment a new place or new words in the calendar; same time.

    `new` has what changed, a line each.
    """
    subject = f"New details: your appointment on {_when(booking)}"
    invite = invites.message(invite_for(booking), now)
    words = {"new": new, "manage_url": opens(token)}
    return _to_client(booking, "new_facts", subject, words, wait=UNDO_WAIT, invite=invite)


def asked(booking: Booking, reason: str, token: str, number: int) -> Letter:
    """Ask the client to choose another time: the one that is proposed, if any, or their own.

    One may ask again at any time, so each question of a booking has its `number`.
    """
    subject = f"Please choose another time: your appointment on {_when(booking)}"
    link = opens(token)
    words = {"reason": reason, "manage_url": link, **_proposal(booking)}
    letter = _to_client(booking, "asked_to_move", subject, words, wait=UNDO_WAIT)
    return replace(letter, key=f"{letter.key}-{number}")


@dataclass(frozen=True, slots=True)
class Decided:
    """What was done with one booking, and the token of its private page if it still stands."""

    booking: Booking
    action: str
    token: str = ""


def rearranged(decided: Sequence[Decided], reason: str, now: datetime) -> Letter:
    """Tell one person in one mail what has become of several appointments.

    A calendar part may speak of one event only, so several changes come as a file each.
    """
    first = decided[0].booking
    told = [one.booking for one in decided if one.action != BookingEvent.Action.ASKED]
    context = {
        **house(first.therapist),
        "first_name": first.client.first_name,
        "changes": [_change(one, now) for one in decided],
        "reason": reason,
        "has_files": len(told) > 1,
    }
    return Letter(
        key=f"client-{first.client_id}:{uuid.uuid4()}:{TOGETHER}",
        about=first.client.about,
        kind=TOGETHER,
        to=first.client.email,
        sender=from_header(organizer_of(first)),
        reply_to=_reply_to(first),
        subject="Changed: your appointments",
        wait=UNDO_WAIT,
        invite="".join(invites.message(invite_for(booking), now) for booking in told),
        invite_method=invite_for(told[0]).method if len(told) == 1 else "",
        **bodies(TOGETHER, context),
    )


def _change(one: Decided, now: datetime) -> dict[str, Any]:
    """What a template says of one decision."""
    return {
        "booking": card(one.booking, now),
        "action": one.action,
        "is_cancelled": one.booking.is_cancelled,
        "manage_url": absolute(reverse("link", args=[one.token])) if one.token else "",
        **_proposal(one.booking),
    }


def _proposal(booking: Booking) -> dict[str, str]:
    """Return the proposed time in words, and until when it is kept; nothing if there is none."""
    if booking.proposed_start is None or booking.kept_until is None:
        return {}
    return {
        "proposed": moment_label(booking.proposed_start),
        "kept_until": moment_label(booking.kept_until),
    }


def _when(booking: Booking) -> str:
    """Write when it begins, for a subject: with plain spaces it need not be encoded."""
    return moment_label(booking.start).replace(NBSP, " ")


def follow_up(booking: Booking, words: FollowUp, token: str) -> Letter:
    """What the therapist writes after a consultation; it leaves after `FOLLOW_UP_WAIT`.

    `token` opens the pages on which sessions are booked, where it goes on.
    """
    extra = {
        "heading": words.subject,
        "paragraphs": words.paragraphs,
        **_next_step(Outcome(words.outcome), token),
    }
    letter = _to_client(booking, FOLLOW_UP, words.subject, extra, wait=FOLLOW_UP_WAIT)
    return replace(letter, key=follow_up_key(booking))


def _next_step(outcome: Outcome, token: str) -> dict[str, Any]:
    if outcome == Outcome.CONTINUE:
        url = opens(token)
        return {"link_label": "Choose a time", "link_url": url, "is_private": True}
    if outcome == Outcome.THINK:
        return {"link_label": "Ask for your link", "link_url": absolute(reverse("sessions"))}
    return {}


def follow_up_key(booking: Booking) -> str:
    """Name the follow-up of the outcome that is recorded: one each, however often it changes."""
    return f"{booking.uid}:{FOLLOW_UP}:{booking.outcome}"


def outcome_of(key: str) -> Outcome:
    """Return the outcome that a follow-up's key names."""
    return Outcome(key.rpartition(":")[2])


def opens(token: str) -> str:
    """Return the address of a private link."""
    return absolute(reverse("link", args=[token]))


def invite_for(booking: Booking) -> Invite:
    """What calendars are told of the booking."""
    where = booking.where
    return Invite(
        uid=str(booking.uid),
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        summary=SUMMARY,
        location=where.video_url or ", ".join(where.lines),
        description=f"Reference {booking.reference}. To cancel, use the link in your mail.",
        organizer=organizer_of(booking),
        attendee=Party(booking.client.name, booking.client.email),
        created=booking.created_at,
        changed=booking.changed_at,
        video_url=where.video_url,
        cancelled=booking.is_cancelled,
    )


def organizer_of(booking: Booking) -> Party:
    """Who invites, as calendars know it: from another address they take neither change nor end."""
    therapist = booking.therapist
    if booking.organizer_email:
        return Party(booking.organizer_name, booking.organizer_email)
    return Party(therapist.practice.name, therapist.email)


def ring_on_commit(about: str) -> None:
    """Ask a worker to send what this transaction queued, once it is committed."""
    wake.ring_on_commit(send_about, about)


def absolute(path: str) -> str:
    """Return the whole address of a path on the site."""
    return f"{settings.SITE_URL}{path}"


def _confirmation(booking: Booking, link: str, now: datetime) -> Letter:
    subject = f"Your appointment on {_when(booking)}"
    invite = invites.message(invite_for(booking), now)
    return _to_client(booking, "confirmation", subject, {"manage_url": link}, invite=invite)


def reminder(booking: Booking, hours: int, token: str) -> Letter:
    """The client's reminder, so many hours before; worthless once the meeting begins."""
    subject = f"Reminder: your appointment on {_when(booking)}"
    link = opens(token)
    stop = absolute(reverse("stop_reminders", args=[token]))
    words = {"manage_url": link, "stop_url": stop}
    return replace(
        _to_client(booking, REMINDER, subject, words),
        key=f"{booking.uid}:{booking.sequence}:{REMINDER}-{hours}h",
        not_after=booking.start,
        unsubscribe_url=stop,
    )


def _notice(booking: Booking) -> Letter:
    subject = f"New booking: {_initials(booking.client)}, {_when(booking)}"
    return _to_therapist(booking, "therapist_new", subject)


def _initials(client: Client) -> str:
    """Who it is, for a subject that may show on a locked phone."""
    return "".join(word[0] for word in client.name.split()).upper()


def _to_client(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    subject: str,
    extra: dict[str, Any],
    *,
    wait: timedelta = AT_ONCE,
    invite: str = "",
) -> Letter:
    words = {"policy": booking.policy, **extra}
    return _letter(booking, kind, booking.client.email, subject, words, wait, invite)


def _to_therapist(booking: Booking, kind: str, subject: str, **extra: Any) -> Letter:
    words = {
        **extra,
        "client": booking.client,
        "has_note": bool(booking.note),
        "admin_url": absolute(reverse("admin:bookings_booking_change", args=[booking.pk])),
    }
    return _letter(booking, kind, booking.therapist.email, subject, words)


def _letter(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    to: str,
    subject: str,
    words: dict[str, Any],
    wait: timedelta = AT_ONCE,
    invite: str = "",
) -> Letter:
    told = {"booking": card(booking, booking.changed_at)}
    return Letter(
        key=f"{booking.uid}:{booking.sequence}:{kind}",
        about=booking.about,
        kind=kind,
        to=to,
        sender=from_header(organizer_of(booking)),
        reply_to=_reply_to(booking),
        subject=subject,
        wait=wait,
        invite=invite,
        invite_method=invite_for(booking).method if invite else "",
        **bodies(kind, {**house(booking.therapist), **told, **words}),
    )


def house(therapist: Therapist) -> dict[str, Any]:
    """Return what every mail tells of whom it comes from."""
    return {
        "practice": therapist.practice,
        "therapist": therapist,
        "site_url": settings.SITE_URL,
    }


def sender(therapist: Therapist) -> str:
    """The From header of mail that is about no single booking."""
    return from_header(Party(therapist.practice.name, therapist.email))


def from_header(organizer: Party) -> str:
    """The From header. It is the invite's ORGANIZER: only the organizer may change or cancel."""
    return str(Address(display_name=organizer.name, addr_spec=organizer.email))


def _reply_to(booking: Booking) -> str:
    """Where the therapist reads mail today, if that is no longer where the invites came from."""
    today = booking.therapist.email
    return "" if today == organizer_of(booking).email else today
