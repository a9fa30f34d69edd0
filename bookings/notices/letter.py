"""What all letters about a booking have in common: whom they are from, their keys, their bodies."""

from datetime import timedelta
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.urls import reverse

from availability.models import Therapist
from bookings.models import Booking
from bookings.notices.booking_invite import invite_for, organizer_of, shown_organizer
from bookings.notices.invites import Party
from bookings.notices.keys import about_booking, mail_key
from bookings.notices.layout import bodies
from bookings.notices.neutral_words import neutral_bodies
from bookings.notices.summary import card
from outbox.queue import AT_ONCE, Letter
from prose.dates import NBSP, moment_label

# So long what the therapist cancels, or decides for a leave, can be taken back in the outbox.
UNDO_WAIT = timedelta(minutes=2)


def write(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    to: str,
    subject: str,
    words: dict[str, Any],
    *,
    wait: timedelta = AT_ONCE,
    invite: str = "",
    neutral: bool = False,
) -> Letter:
    """Write the letter of a kind about a booking: `words` are what its templates say besides.

    In `neutral` words it is only told when the meeting is, by the therapist's bare name.
    """
    told = {"booking": card(booking, booking.changed_at)}
    context = {**house(booking.therapist), **told, **words}
    organizer = shown_organizer(booking) if neutral else organizer_of(booking)
    return Letter(
        key=mail_key(booking.uid, booking.sequence, kind),
        about=about_booking(booking.uid),
        kind=kind,
        to=to,
        sender=from_header(organizer),
        reply_to=reply_to(booking),
        subject=subject,
        wait=wait,
        invite=invite,
        invite_method=invite_for(booking).method if invite else "",
        **(neutral_bodies if neutral else bodies)(kind, context),
    )


def to_client(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    subject: str,
    extra: dict[str, Any],
    *,
    answers: bool = False,
    wait: timedelta = AT_ONCE,
    invite: str = "",
) -> Letter:
    """Write to the client; `answers` where they did it themselves, so that it goes in any case."""
    words = {"policy": booking.policy, **extra}
    client = booking.client
    to = client.email if answers else client.mailed_at
    neutral = client.neutral_words
    return write(booking, kind, to, subject, words, wait=wait, invite=invite, neutral=neutral)


def house(therapist: Therapist) -> dict[str, Any]:
    """Return what every mail tells of whom it comes from."""
    return {
        "practice": therapist.practice,
        "therapist": therapist,
        "site_url": settings.SITE_URL,
    }


def sender(therapist: Therapist, *, neutral: bool = False) -> str:
    """The From header of mail that is about no single booking."""
    name = therapist.name if neutral else therapist.practice.name
    return from_header(Party(name, therapist.email))


def from_header(organizer: Party) -> str:
    """The From header. It is the invite's ORGANIZER: only the organizer may change or cancel."""
    return str(Address(display_name=organizer.name, addr_spec=organizer.email))


def reply_to(booking: Booking) -> str:
    """Where the therapist reads mail today, if that is no longer where the invites came from."""
    today = booking.therapist.email
    return "" if today == organizer_of(booking).email else today


def when(booking: Booking) -> str:
    """Write when it begins, for a subject: with plain spaces it need not be encoded."""
    return moment_label(booking.start).replace(NBSP, " ")


def opens(token: str) -> str:
    """Return the address of a private link."""
    return absolute(reverse("link", args=[token]))


def absolute(path: str) -> str:
    """Return the whole address of a path on the site."""
    return f"{settings.SITE_URL}{path}"
