"""Who may book what: consultations are for people the therapist hasn't met, sessions for others."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Q

from availability.models import Service
from bookings.errors import AlreadyMet, Code
from bookings.models import Booking, Outcome
from clients.models import Client
from prose.cleaning import same_mailbox


def reasons_against(
    service: Service, email: str, client: Client | None, now: datetime
) -> Iterator[Code | AlreadyMet]:
    """Yield why the service isn't for whoever books: the client, if known, else who reads `email`.

    Nothing is yielded if they may book it.
    """
    if service.for_clients:
        if client is None or not may_book_sessions(client, now):
            yield Code.NOT_MET_YET
    elif has_met(service.therapist_id, email):
        yield AlreadyMet(service.noun)


class Meetings(NamedTuple):
    """Whether there is a first meeting, and whether it is certain that it is theirs."""

    any: bool
    certain: bool


def other_meetings(therapist_id: int, email: str, now: datetime) -> Meetings:
    """Return whether this mailbox has a consultation with the therapist, in one query.

    It is certain where it is over, or where its client has confirmed it by mail: what is to come
    and typed by anybody says little.
    """
    meetings = Booking.objects.of(therapist_id).not_missed().consultations()
    theirs = meetings.filter(client__mailbox=same_mailbox(email))
    certain = Q(proven_at__isnull=False) | Q(during__endswith__lte=now)
    found = theirs.aggregate(any=Count("pk"), certain=Count("pk", filter=certain))
    return Meetings(**{name: bool(number) for name, number in found.items()})


def has_met(therapist_id: int, email: str) -> bool:
    """Whether this mailbox has a consultation with the therapist, past or to come.

    One that was missed is none: else they could book neither this nor a session.
    """
    meetings = Booking.objects.of(therapist_id).not_missed().consultations()
    return meetings.filter(client__mailbox=same_mailbox(email)).exists()


def meets_another(mailbox: str, start: datetime, end: datetime, but: int = 0) -> bool:
    """Whether whoever reads this mailbox meets somebody in that time, for all that they confirmed.

    What anybody may have typed stands in nobody's way. `but` is the booking that is asked about.
    """
    there = Booking.objects.holding().filter(during__overlap=DateTimeTZRange(start, end))
    theirs = there.filter(client__mailbox=mailbox, proven_at__isnull=False)
    return theirs.exclude(pk=but).exists()


def may_book_sessions(client: Client, now: datetime) -> bool:
    """Whether the therapist accepted the client, or they have had a consultation that fitted."""
    if client.accepted_at and client.accepted_at <= now:
        return True
    had = client.bookings.past(now).consultations()
    return had.exclude(outcome=Outcome.NOT_THE_FIT).exists()
