"""The mail whose link books what is pending: it goes to whoever's address was typed."""

from django.urls import reverse

from bookings.models import PendingBooking
from bookings.notices.keys import CONFIRM, about_pending, confirm_key
from bookings.notices.layout import bodies
from bookings.notices.letter import absolute, house, sender
from outbox.queue import Letter
from prose.dates import moment_label
from prose.names import greeting_name


def letter(pending: PendingBooking, token: str) -> Letter:
    """Write it. Of what was typed it holds the name alone; it is worthless once it would begin."""
    therapist = pending.therapist
    words = {
        "greeting": greeting_name(pending.name),
        "booking": pending,
        "kept_until": moment_label(pending.kept_until),
        "confirm_url": absolute(reverse("confirm_link", args=[token])),
    }
    return Letter(
        key=confirm_key(pending.key),
        about=about_pending(pending.key),
        kind=CONFIRM,
        to=pending.email,
        sender=sender(therapist),
        subject="Not booked yet: please open this to book your appointment",
        not_after=pending.start,
        **bodies(CONFIRM, {**house(therapist), **words}),
    )
