"""What all letters about a booking have in common: whom they are from, their keys, their bodies."""

from datetime import timedelta
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.urls import reverse

from availability.models import Therapist
from bookings.models import Booking
from bookings.notices.booking_invite import invite_for, organizer_of
from bookings.notices.invites import Party
from bookings.notices.keys import about_booking, mail_key
from bookings.notices.layout import bodies
from bookings.notices.summary import card
from outbox.queue import AT_ONCE, Letter
from prose.dates import NBSP, moment_label


def write(  # noqa: PLR0913, a letter has these parts
    booking: Booking,
    kind: str,
    to: str,
    subject: str,
    words: dict[str, Any],
    *,
    wait: timedelta = AT_ONCE,
    invite: str = "",
) -> Letter:
    """Write the letter of a kind about a booking: `words` are what its templates say besides."""
    told = {"booking": card(booking, booking.changed_at)}
    return Letter(
        key=mail_key(booking.uid, booking.sequence, kind),
        about=about_booking(booking.uid),
        kind=kind,
        to=to,
        sender=from_header(organizer_of(booking)),
        reply_to=reply_to(booking),
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
