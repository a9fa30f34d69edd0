"""Whose client somebody is: whoever they let know that they meet, and nobody by a typed address.

Anybody can type somebody's address into a booking with any therapist, a therapist too. Until a link
that was mailed there is opened, such a booking opens no card that is another's as well.
"""

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from availability.models import Therapist
from bookings.models import Booking
from clients.models import Client

# By hand, as each mail about a booking asks it: the same of one card.
_IS_MET = """
SELECT count(*) FILTER (WHERE is_theirs AND proven_at IS NOT NULL) > 0
    OR (count(*) FILTER (WHERE is_theirs) > 0 AND count(*) FILTER (WHERE NOT is_theirs) = 0)
FROM (SELECT proven_at, therapist_id = ANY(%(therapists)s::bigint[]) AS is_theirs
    FROM bookings_booking WHERE client_id = %(client)s) AS their
"""

# By their ids, or as a question that is asked along.
Therapists = Collection[int] | QuerySet[Therapist]


def met_by(clients: QuerySet[Client], therapists: Therapists) -> QuerySet[Client]:
    """Return those whom one of these therapists meets: by a booking that its client proved.

    A card that no other therapist has a booking with is theirs at once: it says what came to them.
    """
    # Asked of each card by its own bookings: a list of all whom others meet is as long as history.
    same = Booking.objects.filter(client=OuterRef("pk"))
    theirs = same.filter(therapist__in=therapists)
    others = same.exclude(therapist__in=therapists)
    proven = Exists(theirs.filter(proven_at__isnull=False))
    return clients.filter(proven | (Exists(theirs) & ~Exists(others)))


def with_is_met(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Read with each booking, as `is_met`, the same of its own therapist and client."""
    same = Booking.objects.filter(client=OuterRef("client"))
    theirs = same.filter(therapist=OuterRef("therapist"), proven_at__isnull=False)
    others = same.exclude(therapist=OuterRef("therapist"))
    return bookings.annotate(is_met=Exists(theirs) | ~Exists(others))


def is_met(client: Client, therapists: Collection[int]) -> bool:
    """Whether one of these therapists meets them."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_MET, {"client": client.pk, "therapists": list(therapists)})
        (found,) = cursor.fetchone()
    return bool(found)
