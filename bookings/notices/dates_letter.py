"""The mail that tells a client of several dates that were booked together."""

from collections.abc import Sequence
from datetime import datetime

from bookings.models import Booking
from bookings.notices import keys
from bookings.notices.booking_invite import calendar_part, invite_for, shown_organizer
from bookings.notices.layout import bodies
from bookings.notices.letter import from_header, house, opens, reply_to
from bookings.notices.neutral_words import neutral_bodies
from bookings.notices.summary import card
from outbox.queue import Letter


def booked_together(bookings: Sequence[Booking], tokens: Sequence[str], now: datetime) -> Letter:
    """Confirm dates of one client with one therapist, the first first, each with its own link.

    A calendar part may speak of one event only: what more there are the outbox sends beside it.
    """
    first = bookings[0]
    context = {
        **house(first.therapist),
        "greeting": first.greeting,
        "dates": [
            {"booking": card(one, now), "url": opens(token)}
            for one, token in zip(bookings, tokens, strict=True)
        ],
        "first": card(first, now),
        "policy": first.policy,
    }
    return Letter(
        key=keys.booked_together_key(first.client_id, first.uid),
        about=keys.about_client(first.client_id),
        kind=keys.BOOKED_TOGETHER,
        to=first.client.mailed_at,
        sender=from_header(shown_organizer(first)),
        reply_to=reply_to(first),
        subject=f"Your {len(bookings)} appointments" if len(bookings) > 1 else "Your appointment",
        invite="".join(calendar_part(one, now) for one in bookings),
        invite_method=invite_for(first).method if len(bookings) == 1 else "",
        **(neutral_bodies if first.client.neutral_words else bodies)(keys.BOOKED_TOGETHER, context),
    )
