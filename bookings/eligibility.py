"""Who may book what: consultations are for people the therapist hasn't met, sessions for others."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from availability.models import Service
from bookings.errors import AlreadyMet, Code
from bookings.models import Booking, Outcome
from clients.models import Client
from prose.cleaning import same_mailbox

# By hand: both are asked by each booking, and making the questions took longer than the answers.
_NAMES: dict[str, Any] = {
    "cancelled": Booking.Status.CANCELLED,
    "missed": Booking.Attendance.NO_SHOW,
    "new": Service.Audience.NEW,
}
_OTHERS = """
SELECT count(*) > 0,
    count(*) FILTER (WHERE b.proven_at IS NOT NULL OR upper(b.during) <= %(now)s) > 0
FROM clients_client c JOIN bookings_booking b ON b.client_id = c.id
JOIN availability_service s ON s.id = b.service_id AND s.audience = %(new)s
WHERE c.mailbox = %(mailbox)s AND b.therapist_id = %(therapist)s
    AND b.status <> %(cancelled)s AND b.attendance <> %(missed)s
"""
# Whoever reads the mailbox; without one, whose card it is.
_OF_MAILBOX, _OF_CARD = "c.mailbox = %(mailbox)s", "c.id = %(card)s"
_ANOTHER = """
SELECT EXISTS (
    SELECT FROM clients_client c JOIN bookings_booking b ON b.client_id = c.id
    WHERE {whose} AND b.during && tstzrange(%(start)s, %(end)s)
        AND b.status <> %(cancelled)s AND b.proven_at IS NOT NULL AND b.id <> %(but)s)
"""


def reasons_against(
    service: Service, email: str, client: Client | None, now: datetime
) -> Iterator[Code | AlreadyMet]:
    """Yield why the service isn't for whoever books: the client, if known, else who reads `email`.

    Nothing is yielded if they may book it.
    """
    if service.for_clients:
        if client is None or not may_book_sessions(client, now):
            yield Code.NOT_MET_YET
    elif has_met(service.therapist_id, email, client):
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
    facts = {**_NAMES, "therapist": therapist_id, "mailbox": same_mailbox(email), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, facts)
        return Meetings._make(cursor.fetchone())


def has_met(therapist_id: int, email: str, client: Client | None = None) -> bool:
    """Whether this mailbox has a consultation with the therapist, past or to come.

    One that was missed is none: else they could book neither this nor a session. Who has no address
    is who their card says: without one, nobody.
    """
    meetings = Booking.objects.of(therapist_id).not_missed().consultations()
    if email:
        return meetings.filter(client__mailbox=same_mailbox(email)).exists()
    return client is not None and meetings.filter(client=client).exists()


def meets_another(client: Client, start: datetime, end: datetime, but: int = 0) -> bool:
    """Whether whoever reads their mailbox meets somebody in that time, as far as they confirmed it.

    What anybody may have typed stands in nobody's way. `but` is the booking that is asked about.
    """
    moment: dict[str, Any] = {"start": start, "end": end, "but": but}
    facts = {**_NAMES, **moment, "mailbox": client.mailbox, "card": client.pk}
    whose = _OF_MAILBOX if client.mailbox else _OF_CARD
    with connection.cursor() as cursor:
        cursor.execute(_ANOTHER.format(whose=whose), facts)
        (found,) = cursor.fetchone()
    return bool(found)


def may_book_sessions(client: Client, now: datetime) -> bool:
    """Whether the therapist accepted the client, or they have had a consultation that fitted."""
    if client.accepted_at and client.accepted_at <= now:
        return True
    had = client.bookings.past(now).consultations()
    return had.exclude(outcome=Outcome.NOT_THE_FIT).exists()
