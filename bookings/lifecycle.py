"""The only writer of `Booking`: every change of a booking happens here, under its therapist's lock.

How to lock: first `pg_advisory_xact_lock` on the therapist, then look, then write. The exclusion
constraint stands behind it for a writer who forgets. Both are needed: the constraint alone
deadlocks under load, the lock alone binds only those who take it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability.models import Place, Service
from bookings import mails, policy
from bookings.models import Booking, BookingEvent, Hold
from bookings.slots import NotBookableError, SlotTakenError, require_free
from clients.models import AccessLink, Client, Consent, PrivacyNotice
from clients.text import same_mailbox
from outbox.queue import queue, withdraw

# The first key of the advisory lock, so that no other use of such locks meets ours.
LOCK_SPACE = 20_261
RACE_LOST = frozenset({"23P01", "40P01"})  # exclusion_violation, deadlock_detected
LOCK_TIMEOUT = "55P03"


class BusyError(NotBookableError):
    """The diary could not be locked in time."""

    def __init__(self) -> None:
        super().__init__("Many people are booking right now. Nothing is lost: try once more.")


@dataclass(frozen=True, slots=True)
class Person:
    """Who books: a client we know, or what somebody typed (validated by the form)."""

    name: str
    email: str
    phone: str = ""
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Everything a booking is made of. `key` is the same for every retry of the same request.

    `visitor` is the name under which the time may be held.
    """

    service: Service
    format: str
    place: Place
    start: datetime
    person: Person
    note: str
    notice: PrivacyNotice
    key: uuid.UUID
    visitor: str = ""


def book(request: Request, now: datetime) -> Booking:
    """Book, or return the booking that an earlier try with the same key made.

    One short transaction: client, consent, booking, history and mail stand or fall together.
    Raises `SlotTakenError` when the race is lost and `NotBookableError` when a rule refuses.
    """
    with refusing(SlotTakenError(request.start)), transaction.atomic():
        lock_diary(request.service.therapist_id)
        done = Booking.objects.filter(idempotency_key=request.key).whole().first()
        if done:
            return done
        _require_free(request, now)
        _require_audience(request, now)
        return _write(request, now)


def _require_free(request: Request, now: datetime) -> None:
    """Judge the time in full; what the visitor holds is theirs, and goes with the booking."""
    require_free(
        request.service,
        request.format,
        request.start,
        now,
        place=request.place.pk,
        visitor=request.visitor,
    )
    start = request.start.astimezone(UTC)
    mine = Hold.objects.of(request.service.therapist_id).filter(visitor=request.visitor)
    mine.filter(during__startswith=start).delete()


def lock_diary(therapist_id: int) -> None:
    """Wait until nobody else writes to this therapist's diary; held to the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, therapist_id])


@contextmanager
def refusing(lost: NotBookableError) -> Iterator[None]:
    """Turn what Postgres says to the loser of a race into `lost`, which says it kindly."""
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", None)
        if code in RACE_LOST:
            raise lost from None
        if code == LOCK_TIMEOUT:
            raise BusyError from None
        raise


def _require_audience(request: Request, now: datetime) -> None:
    """Consultations are for people I haven't met; sessions for those I have."""
    if request.service.for_clients:
        client = request.person.client
        if client is None or not may_book_sessions(client, now):
            raise NotBookableError("Sessions are for people who have had a consultation with me.")
    elif has_met(request.service.therapist_id, request.person.email):
        raise NotBookableError(
            "I can’t book another free consultation for this email address. "
            "If we’ve spoken before, choose a session, or write to me."
        )


def has_met(therapist_id: int, email: str) -> bool:
    """Whether this mailbox has a consultation with the therapist, past or to come."""
    meetings = Booking.objects.of(therapist_id).holding().consultations()
    return meetings.filter(client__mailbox=same_mailbox(email)).exists()


def may_book_sessions(client: Client, now: datetime) -> bool:
    """Whether the therapist accepted the client, or they have had a consultation."""
    if client.accepted_at and client.accepted_at <= now:
        return True
    return client.bookings.past(now).consultations().exists()


def _write(request: Request, now: datetime) -> Booking:
    client = request.person.client or _client(request.person, now)
    if request.person.client is None:
        Consent.objects.create(client=client, notice=request.notice, given_at=now)
    # In UTC: on an aware local time the length would be added to the clock, not to the instant.
    start = request.start.astimezone(UTC)
    end = start + timedelta(minutes=request.service.length_minutes)
    terms = policy.terms_for(request.service)
    booking = Booking.objects.create(
        therapist=request.service.therapist,
        client=client,
        service=request.service,
        format=request.format,
        place=request.place,
        during=DateTimeTZRange(start, end),
        price=request.service.price,
        terms=terms.stored(),
        policy=policy.words(terms),
        note=request.note,
        idempotency_key=request.key,
        created_at=now,
        changed_at=now,
    )
    actor = BookingEvent.Actor.CLIENT
    _record(booking, now, actor=actor, action=BookingEvent.Action.BOOKED)
    token = AccessLink.issue(client, booking.about, now)
    queue(mails.booked(booking, token, now))
    mails.ring_on_commit(booking.about)
    return booking


def _client(person: Person, now: datetime) -> Client:
    """Find who reads mail at this address, or make their card.

    Only people without a standing consultation come here unknown, so the card's name and phone
    are those they give now.
    """
    fresh = {"name": person.name, "phone": person.phone}
    found = Client.objects.at(person.email).select_for_update().first()
    if found is None:
        mailbox = same_mailbox(person.email)
        found, made = Client.objects.at(person.email).get_or_create(
            defaults={
                **fresh,
                "email": person.email,
                "mailbox": mailbox,
                "reminders_from": now,
                "created_at": now,
            },
        )
        if made:
            return found
    found.name, found.phone = person.name, person.phone or found.phone
    found.save(update_fields=["name", "phone"])
    return found


def cancel(
    booking_id: int,
    *,
    actor: BookingEvent.Actor,
    reason: str,
    now: datetime,
    user: User | None = None,
) -> Booking:
    """Cancel, free the time at once and tell both; repeating it changes nothing.

    A client who cancels inside the notice does so late, and owes what was agreed; the therapist
    never makes anybody pay. Raises `NotBookableError` once the meeting has begun.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = _locked(booking_id)
        if booking.is_cancelled:
            return booking
        if booking.start <= now:
            raise NotBookableError("This meeting has already begun, so it can’t be cancelled.")
        by_client = actor == BookingEvent.Actor.CLIENT
        booking.status = Booking.Status.CANCELLED
        booking.late_fee = policy.late_fee(booking, now) if by_client else Decimal(0)
        booking.sequence += 1
        booking.changed_at = now
        booking.save(update_fields=["status", "late_fee", "sequence", "changed_at"])
        action, late = BookingEvent.Action.CANCELLED, by_client and policy.is_late(booking, now)
        _record(booking, now, actor=actor, action=action, reason=reason, user=user, is_late=late)
        withdraw(booking.about)
        queue(mails.cancelled(booking, actor, reason, now))
        mails.ring_on_commit(booking.about)
        return booking


def waive_fee(booking_id: int, *, now: datetime, user: User | None = None) -> Booking:
    """Let the client off what cancelling late costs, and tell them; twice is as once."""
    with refusing(BusyError()), transaction.atomic():
        booking = _locked(booking_id)
        if not booking.fee_label:
            return booking
        booking.fee_waived = True
        booking.changed_at = now
        booking.save(update_fields=["fee_waived", "changed_at"])
        actor, action = BookingEvent.Actor.THERAPIST, BookingEvent.Action.WAIVED
        _record(booking, now, actor=actor, action=action, user=user)
        queue(mails.fee_waived(booking, now))
        mails.ring_on_commit(booking.about)
        return booking


@dataclass(frozen=True, slots=True)
class Change:
    """Where a booking goes: all three, also what stays.

    `seen` is the booking's sequence on the page that asked for it.
    """

    start: datetime
    format: str
    place: Place
    seen: int


def move(  # noqa: PLR0913, a change has these parts
    booking_id: int,
    to: Change,
    *,
    actor: BookingEvent.Actor,
    now: datetime,
    reason: str = "",
    user: User | None = None,
) -> Booking:
    """Give a booking another time, format or place: the same booking, UID and price.

    Every rule is asked as for a new one, with the booking itself out of the way; until all is well
    the old time is kept. Repeating it changes nothing. Raises `TimeRefusedError` if the new time
    cannot be had, `NotBookableError` if the booking can't be moved any more.
    """
    with refusing(SlotTakenError(to.start)), transaction.atomic():
        booking = _locked(booking_id)
        if _stands_at(booking, to):
            return booking
        _require_open(booking, to.seen, now)
        if actor == BookingEvent.Actor.CLIENT:
            policy.require_move(booking, now)
        _require_free_to_move(booking, to, actor, now)
        was = booking.where_and_when
        _put(booking, to, now)
        what = f"{was} → {booking.where_and_when}"
        action = BookingEvent.Action.MOVED
        _record(booking, now, actor=actor, action=action, reason=reason, user=user, what=what)
        withdraw(booking.about)
        token = AccessLink.issue(booking.client, booking.about, now)
        queue(mails.moved(booking, actor, was, reason, token, now))
        mails.ring_on_commit(booking.about)
        return booking


def _require_open(booking: Booking, seen: int, now: datetime) -> None:
    """Refuse to change what has ended, or what somebody else has changed since it was `seen`."""
    if booking.is_cancelled:
        raise NotBookableError("This meeting was cancelled, so it can’t be changed.")
    if booking.start <= now:
        raise NotBookableError("This meeting has already begun, so it can’t be changed.")
    if booking.sequence != seen:
        raise NotBookableError(
            f"This meeting has been changed meanwhile. It’s now on {booking.where_and_when}."
        )


def _locked(booking_id: int) -> Booking:
    """Return the booking as it stands, once nobody else writes to its diary."""
    lock_diary(Booking.objects.values_list("therapist_id", flat=True).get(pk=booking_id))
    booking = Booking.objects.whole().get(pk=booking_id)
    booking.service.therapist = booking.therapist  # the same row, read already
    return booking


def _stands_at(booking: Booking, to: Change) -> bool:
    there = (to.start, to.format, to.place.pk)
    return not booking.is_cancelled and there == (booking.start, booking.format, booking.place_id)


def _require_free_to_move(
    booking: Booking, to: Change, actor: BookingEvent.Actor, now: datetime
) -> None:
    """Judge the new time. One that stays is not asked for its notice again."""
    by_client = actor == BookingEvent.Actor.CLIENT and to.start != booking.start
    require_free(
        booking.service,
        to.format,
        to.start,
        now,
        place=to.place.pk,
        moving=int(booking.start.timestamp()),
        by_client=by_client,
    )


def _put(booking: Booking, to: Change, now: datetime) -> None:
    """Write the new time; the meeting stays as long as it was booked for."""
    start = to.start.astimezone(UTC)
    booking.during = DateTimeTZRange(start, start + (booking.end - booking.start))
    booking.format, booking.place = to.format, to.place
    booking.sequence += 1
    booking.changed_at = now
    booking.save(update_fields=["during", "format", "place", "sequence", "changed_at"])


def _record(  # noqa: PLR0913, a line of history has these columns
    booking: Booking,
    now: datetime,
    *,
    actor: BookingEvent.Actor,
    action: BookingEvent.Action,
    reason: str = "",
    user: User | None = None,
    what: str = "",
    is_late: bool = False,
) -> None:
    BookingEvent.objects.create(
        booking=booking,
        at=now,
        actor=actor,
        user=user,
        action=action,
        what=what,
        is_late=is_late,
        reason=reason,
        sequence=booking.sequence,
    )
