"""Whose client somebody is: whoever they let know that they meet, and nobody by a typed address.

Anybody can type somebody's address into a booking with any therapist, a therapist too. Until a link
that was mailed there is opened, such a booking opens no card that is another's as well.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Booking
from clients.models import Client


def met_by(clients: QuerySet[Client], therapists: Collection[int]) -> QuerySet[Client]:
    """Return those whom one of these therapists, by id, meets: by a booking that its client proved.

    A card that no other therapist has a booking with is theirs at once: it says what came to them.
    """
    theirs = Booking.objects.filter(therapist__in=therapists)
    others = Booking.objects.exclude(therapist__in=therapists)
    proven = Q(pk__in=theirs.filter(proven_at__isnull=False).values("client"))
    alone = Q(pk__in=theirs.values("client")) & ~Q(pk__in=others.values("client"))
    return clients.filter(proven | alone)


def with_is_met(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Read with each booking, as `is_met`, the same of its own therapist and client."""
    same = Booking.objects.filter(client=OuterRef("client"))
    theirs = same.filter(therapist=OuterRef("therapist"), proven_at__isnull=False)
    others = same.exclude(therapist=OuterRef("therapist"))
    return bookings.annotate(is_met=Exists(theirs) | ~Exists(others))


def is_met(client: Client, therapists: Collection[int]) -> bool:
    """Whether one of these therapists meets them."""
    return met_by(Client.objects.filter(pk=client.pk), therapists).exists()
