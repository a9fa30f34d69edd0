"""A practice whose late fee is £75, and who moves and cancels there."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Change
from bookings.models import Booking
from outbox.models import OutgoingMail
from tests.factories import NOW

CLIENT, THERAPIST = By.client(), By.therapist()
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
START = NOW + timedelta(days=4, hours=1)  # Friday at ten
FEE = Decimal("75.00")
# The terms of the demo: changed free until a day before, cancelled free until two days before.
AGREED = {
    "price": Decimal(75),
    "move_notice_hours": 24,
    "cancel_notice_hours": 48,
    "late_fee_percent": 100,
    "notice_hours": 0,
    "horizon_days": 84,
}


def cancel(found: Booking, now: datetime, actor: By = CLIENT, **seen: Any) -> Booking:
    return lifecycle.cancel(found.pk, by=actor, reason="", now=now, **seen)


def move(found: Booking, start: datetime, now: datetime, actor: By = CLIENT) -> Booking:
    found.refresh_from_db()
    to = Change(start, found.format, found.place, found.sequence)
    return lifecycle.reschedule(found.pk, to, by=actor, now=now)


def plain(words: str) -> str:
    """The words with plain spaces."""
    return words.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def token_of(kind: str) -> str:
    """The token of the private link in the mail of this kind."""
    return OutgoingMail.objects.get(kind=kind).text.partition("/b/")[2].partition("/")[0]
