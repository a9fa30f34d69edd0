"""The mail that invites somebody who begins to work here: a link to choose a password by."""

import uuid
from datetime import datetime

from django.conf import settings

from availability.models import Practice
from bookings.notices.invites import Party
from bookings.notices.layout import bodies
from bookings.notices.letter import from_header
from outbox.queue import Letter
from prose.dates import moment_label

KIND = "staff_invitation"


def letter(practice: Practice, to: str, about: str, *, url: str, until: datetime) -> Letter:
    """Write one of its own; from `until` on the link opens nothing, and the mail never leaves."""
    words = {"practice": practice, "url": url, "until": moment_label(until)}
    return Letter(
        key=f"{about}:{uuid.uuid4()}:{KIND}",
        about=about,
        kind=KIND,
        to=to,
        sender=from_header(Party(practice.name, practice.email)),
        subject="Choose your password",
        not_after=until,
        **bodies(KIND, {**words, "site_url": settings.SITE_URL}),
    )
