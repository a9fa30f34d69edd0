"""How to lock: first `pg_advisory_xact_lock` on the therapist, then look, then write.

Nobody gets the lock to a diary that isn't theirs to change, whatever page they came by.

The exclusion constraint stands behind it for a writer who forgets. Both are needed: the constraint
alone deadlocks under load, the lock alone binds only those who take it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from availability import access
from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.models import Booking

# The first key of the advisory lock, so that no other use of such locks meets ours.
LOCK_SPACE, CLIENTS_SPACE = 20_261, 20_262
RACE_LOST = frozenset({"23P01", "40P01"})  # exclusion_violation, deadlock_detected
LOCK_TIMEOUT = "55P03"
# What was to be named is gone: a card was put together with another while this waited.
NAMES_NOTHING = "23503"


def lock_diary(therapist_id: int, *, by: By) -> None:
    """Wait until nobody else writes to this therapist's diary; held to the transaction's end.

    Raises `NotBookableError` for who is signed in and may not change this diary. Who isn't signed
    in is a client, whom a private link lets in to what is theirs, or the system.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, therapist_id])
    # After the wait: whose diary it is may have changed meanwhile.
    if by.user is not None and not access.may_see(by.user, [therapist_id]):
        raise NotBookableError(Code.NOT_YOUR_DIARY)


def lock_client(client_id: int) -> None:
    """Wait until nobody else books for this client, with whomever; held to the transaction's end.

    Only under a diary's lock: whoever waits here keeps nobody from a diary who keeps a client.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CLIENTS_SPACE, client_id])


def locked(booking_id: int, *, by: By) -> Booking:
    """Return the booking as it stands, once nobody else writes to its diary; else as above."""
    lock_diary(Booking.objects.values_list("therapist_id", flat=True).get(pk=booking_id), by=by)
    booking = Booking.objects.whole().get(pk=booking_id)
    booking.service.therapist = booking.therapist  # the same row, read already
    return booking


@contextmanager
def refusing(lost: NotBookableError) -> Iterator[None]:
    """Turn what Postgres says to the loser of a race into `lost`, which says it kindly."""
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", None)
        if code in RACE_LOST:
            raise lost from None
        if code in (LOCK_TIMEOUT, NAMES_NOTHING):
            raise BusyError from None
        raise
