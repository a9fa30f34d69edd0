"""Another time that is kept for a client who is asked to move."""

from datetime import UTC, datetime, timedelta
from typing import cast

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bookings.models import Booking, Hold
from bookings.slots import require_free


def propose(booking: Booking, start: datetime, now: datetime) -> None:
    """Keep another time for the client, for some days or until the old one.

    Call it once `asked_at` is set; the booking is saved by the caller. Raises `TimeRefusedError` if
    the time can't be had; then nothing is kept.
    """
    fmt, moving, length = booking.format, int(booking.start.timestamp()), booking.seconds
    require_free(booking.service, fmt, start, now, moving=moving, length=length, by_client=False)
    booking.proposed_start = start.astimezone(UTC)
    Hold.objects.create(
        therapist=booking.therapist,
        service=booking.service,
        format=fmt,
        during=DateTimeTZRange(start, start + timedelta(seconds=length)),
        visitor=booking.visitor,
        expires_at=cast("datetime", booking.kept_until),
    )
