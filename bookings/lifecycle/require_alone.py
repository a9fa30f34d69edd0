"""A client is in one place at a time, whoever of the practice they meet."""

from datetime import UTC, datetime, timedelta

from bookings.eligibility import meets_another
from bookings.errors import Code, NotBookableError
from bookings.lifecycle.locking import lock_client
from clients.models import Client


def require_alone(client: Client, start: datetime, length: timedelta, but: int = 0) -> None:
    """Refuse a client a time in which they meet somebody else; `but` is the booking that moves.

    Two diaries may be written at once, so it asks once nobody else books for this client.
    """
    lock_client(client.pk)
    begins = start.astimezone(UTC)  # a local time plus a length is another clock's
    if meets_another(client, begins, begins + length, but):
        raise NotBookableError(Code.MEETS_ANOTHER)
