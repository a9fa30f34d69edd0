"""Letters for the queue, each with the one fact that matters."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from outbox.models import OutgoingMail
from outbox.queue import Letter, queue

_number = count(1)


def letter(**facts: Any) -> Letter:
    """A letter that is due."""
    n = next(_number)
    fresh: dict[str, Any] = {
        "key": f"key-{n}",
        "about": f"thing:{n}",
        "kind": "confirmation",
        "to": f"sam{n}@example.com",
        "sender": "Kicks Therapy <robin@kicks.example>",
        "subject": f"Your appointment {n}",
        "text": "See https://book.example.org/b/secret-token/",
        "html": "<p>See it</p>",
        "wait": -timedelta(minutes=1),
    }
    return Letter(**{**fresh, **facts})


def queued(**facts: Any) -> OutgoingMail:
    """A letter in the queue."""
    one = letter(**facts)
    queue([one])
    return OutgoingMail.objects.get(key=one.key)


def waits(key: str) -> int:
    """Return how many seconds a mail still waits, by the database's clock."""
    left: timedelta
    [left] = OutgoingMail.objects.filter(key=key).values_list(F("due_at") - Now(), flat=True)
    return round(left.total_seconds())


def age(mail: OutgoingMail) -> OutgoingMail:
    """Let the mail's wait or lease run out."""
    long_ago = timezone.now() - timedelta(days=1)
    OutgoingMail.objects.filter(pk=mail.pk, state="pending").update(due_at=long_ago)
    OutgoingMail.objects.filter(pk=mail.pk, state="sending").update(lease_until=long_ago)
    mail.refresh_from_db()
    return mail
