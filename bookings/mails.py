"""Every mail about a booking, as finished letters for the outbox."""

import logging
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from availability.models import Therapist
from availability.uk_time import moment_label
from bookings import invites
from bookings.cards import card
from bookings.invites import Invite, Party
from bookings.models import Booking, BookingEvent
from bookings.stationery import bodies
from clients.models import Client
from outbox.queue import Letter, queue
from outbox.tasks import send_about

log = logging.getLogger(__name__)

REMINDER = "reminder"
# Words that may be read over somebody's shoulder: no service, no format, no reason.
SUMMARY = "Appointment"


def booked(booking: Booking, token: str, now: datetime) -> list[Letter]:
    """The confirmation with its invite, and the therapist's notice.

    `token` opens the client's private page; it is known only while the booking is made.
    """
    link = absolute(reverse("link", args=[token]))
    return [_confirmation(booking, link, now), _notice(booking, now)]


def cancelled(
    booking: Booking, actor: BookingEvent.Actor, reason: str, now: datetime
) -> list[Letter]:
    """The client's mail that takes the appointment out of the calendar, and the therapist's."""
    by_therapist = actor == BookingEvent.Actor.THERAPIST
    # What the client wrote stays in admin; what the therapist wrote is meant for the client.
    told = reason if by_therapist else ""
    words = {"by_therapist": by_therapist, "reason": told, "fee": booking.fee_label}
    invite = invites.message(invite_for(booking), now)
    to_client = _to_client(
        booking,
        "cancellation",
        f"Cancelled: your appointment on {moment_label(booking.start, year=False)}",
        now,
        {**words, "book_url": absolute(reverse("book"))},
        invite=invite,
    )
    if by_therapist:
        return [to_client]
    subject = f"Cancelled: {_initials(booking.client)}, {moment_label(booking.start, year=False)}"
    return [
        to_client,
        _to_therapist(booking, "therapist_cancelled", subject, now, has_reason=bool(reason)),
    ]


def fee_waived(booking: Booking, now: datetime) -> list[Letter]:
    """Tell the client that there is nothing to pay after all."""
    subject = f"Nothing to pay: your appointment on {moment_label(booking.start, year=False)}"
    return [_to_client(booking, "fee_waived", subject, now, {})]


def moved(  # noqa: PLR0913, what the mail tells
    booking: Booking,
    actor: BookingEvent.Actor,
    was: str,
    reason: str,
    token: str,
    now: datetime,
) -> list[Letter]:
    """The client's mail that moves the appointment in the calendar, and the therapist's.

    `was` is where and when it stood. What the client wrote stays in admin.
    """
    link = absolute(reverse("link", args=[token]))
    by_therapist = actor == BookingEvent.Actor.THERAPIST
    words = {"by_therapist": by_therapist, "reason": reason if by_therapist else "", "was": was}
    subject = f"Changed: your appointment on {moment_label(booking.start, year=False)}"
    invite = invites.message(invite_for(booking), now)
    letters = [
        _to_client(booking, "moved", subject, now, {**words, "manage_url": link}, invite=invite)
    ]
    if not by_therapist:
        subject = f"Changed: {_initials(booking.client)}, {moment_label(booking.start, year=False)}"
        seen = {"has_reason": bool(reason), "was": was}
        letters.append(_to_therapist(booking, "therapist_moved", subject, now, **seen))
    return letters


def queue_session_link(client: Client, therapist: Therapist, token: str, now: datetime) -> None:
    """Queue the mail with the link by which a client books sessions."""
    queue([session_link(client, therapist, token, now)])
    ring_on_commit(client.about)


def session_link(client: Client, therapist: Therapist, token: str, now: datetime) -> Letter:
    """The mail with that link."""
    context = {
        **_house(therapist),
        "client": client,
        "link_url": absolute(reverse("link", args=[token])),
    }
    return Letter(
        key=f"client-{client.pk}:{int(now.timestamp() * 1000)}:session_link",
        about=client.about,
        kind="session_link",
        to=client.email,
        sender=_sender(therapist),
        subject="Your link to book a time",
        due_at=now,
        **bodies("session_link", context),
    )


def invite_for(booking: Booking) -> Invite:
    """What calendars are told of the booking."""
    place, therapist = booking.place, booking.therapist
    return Invite(
        uid=str(booking.uid),
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        summary=SUMMARY,
        location=place.video_url or ", ".join(place.lines),
        description=f"Reference {booking.reference}. To cancel, use the link in your mail.",
        organizer=Party(therapist.practice.name, therapist.email),
        attendee=Party(booking.client.name, booking.client.email),
        created=booking.created_at,
        changed=booking.changed_at,
        video_url=place.video_url,
        cancelled=booking.is_cancelled,
    )


def ring_on_commit(about: str) -> None:
    """Ask a worker to send what this transaction queued, once it is committed.

    A broker that is gone or frozen costs the client the socket timeout and nothing else: the
    sweep finds the row within a minute.
    """
    transaction.on_commit(partial(_ring, about), robust=True)


def _ring(about: str) -> None:
    try:
        send_about.delay(about)
    except Exception as error:  # noqa: BLE001, whatever the broker's client raises
        log.warning("the broker did not answer (%s); the sweep will send", type(error).__name__)


def absolute(path: str) -> str:
    """Return the whole address of a path on the site."""
    return f"{settings.SITE_URL}{path}"


def _confirmation(booking: Booking, link: str, now: datetime) -> Letter:
    subject = f"Your appointment on {moment_label(booking.start, year=False)}"
    invite = invites.message(invite_for(booking), now)
    return _to_client(booking, "confirmation", subject, now, {"manage_url": link}, invite=invite)


def reminder(booking: Booking, hours: int, token: str, now: datetime) -> Letter:
    """The client's reminder, so many hours before; worthless once the meeting begins."""
    subject = f"Reminder: your appointment on {moment_label(booking.start, year=False)}"
    link = absolute(reverse("link", args=[token]))
    stop = absolute(reverse("stop_reminders", args=[token]))
    words = {"manage_url": link, "stop_url": stop}
    return replace(
        _to_client(booking, REMINDER, subject, now, words),
        key=f"{booking.uid}:{booking.sequence}:{REMINDER}-{hours}h",
        not_after=booking.start,
        unsubscribe_url=stop,
    )


def _notice(booking: Booking, now: datetime) -> Letter:
    subject = f"New booking: {_initials(booking.client)}, {moment_label(booking.start, year=False)}"
    return _to_therapist(booking, "therapist_new", subject, now)


def _initials(client: Client) -> str:
    """Who it is, for a subject that may show on a locked phone."""
    return "".join(word[0] for word in client.name.split()).upper()


def _to_client(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    subject: str,
    due: datetime,
    extra: dict[str, Any],
    *,
    invite: str = "",
) -> Letter:
    words = {"policy": booking.policy, **extra}
    return _letter(booking, kind, booking.client.email, subject, due, words, invite)


def _to_therapist(booking: Booking, kind: str, subject: str, now: datetime, **extra: Any) -> Letter:
    words = {
        **extra,
        "client": booking.client,
        "has_note": bool(booking.note),
        "admin_url": absolute(reverse("admin:bookings_booking_change", args=[booking.pk])),
    }
    return _letter(booking, kind, booking.therapist.email, subject, now, words)


def _letter(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    to: str,
    subject: str,
    due: datetime,
    words: dict[str, Any],
    invite: str = "",
) -> Letter:
    told = {"booking": card(booking, booking.changed_at)}
    return Letter(
        key=f"{booking.uid}:{booking.sequence}:{kind}",
        about=booking.about,
        kind=kind,
        to=to,
        sender=_sender(booking.therapist),
        subject=subject,
        due_at=due,
        invite=invite,
        invite_method=invite_for(booking).method if invite else "",
        **bodies(kind, {**_house(booking.therapist), **told, **words}),
    )


def _house(therapist: Therapist) -> dict[str, Any]:
    return {
        "practice": therapist.practice,
        "therapist": therapist,
        "site_url": settings.SITE_URL,
    }


def _sender(therapist: Therapist) -> str:
    """The From header. It is the invite's ORGANIZER: only the organizer may change or cancel."""
    return str(Address(display_name=therapist.practice.name, addr_spec=therapist.email))
