"""The mail whose link lets a client's new address count: it may reach somebody else.

A letter may have been misheard, so it names neither the client nor the practice nor what it is.
"""

from django.urls import reverse

from availability.models import Therapist
from bookings.notices.keys import NEW_ADDRESS, about_client, new_address_key
from bookings.notices.layout import bodies
from bookings.notices.letter import absolute, sender
from clients.models import NewAddress
from outbox.queue import Letter
from prose.dates import moment_label


def letter(asked: NewAddress, therapist: Therapist, token: str) -> Letter:
    """Write it; it is worthless once its link has ended."""
    words = {
        "name": therapist.name,
        "confirm_url": absolute(reverse("new_address_link", args=[token])),
        "until": moment_label(asked.ends_at),
    }
    return Letter(
        key=new_address_key(asked.uid),
        about=about_client(asked.client_id),
        kind=NEW_ADDRESS,
        to=asked.email,
        sender=sender(therapist, neutral=True),
        subject="Please confirm your email address",
        not_after=asked.ends_at,
        **bodies(NEW_ADDRESS, words),
    )
