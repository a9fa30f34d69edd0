"""The only writer of `Booking`: every change of a booking happens here, under its therapist's lock.

How to lock: first `pg_advisory_xact_lock` on the therapist, then look, then write. The exclusion
constraint stands behind it for a writer who forgets. Both are needed: the constraint alone
deadlocks under load, the lock alone binds only those who take it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability.models import Place, Service
from availability.uk_time import moment_label
from bookings import afterwards, mails, policy
from bookings.afterwards import Report
from bookings.models import Booking, BookingEvent, Hold, Outcome
from bookings.slots import (
    NotBookableError,
    SlotTakenError,
    TimeRefusedError,
    require_apart,
    require_free,
)
from clients.models import AccessLink, Client, Consent, PrivacyNotice
from clients.text import same_mailbox
from outbox.queue import queue, withdraw

# The first key of the advisory lock, so that no other use of such locks meets ours.
LOCK_SPACE = 20_261
RACE_LOST = frozenset({"23P01", "40P01"})  # exclusion_violation, deadlock_detected
LOCK_TIMEOUT = "55P03"
AT_ONCE = timedelta(0)
CHANGED = (
    "during",
    "format",
    "place",
    "status",
    "asked_at",
    "proposed_start",
    "sequence",
    "changed_at",
)


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
    """Whether this mailbox has a consultation with the therapist, past or to come.

    One that was missed is none: else they could book neither this nor a session.
    """
    meetings = Booking.objects.of(therapist_id).not_missed().consultations()
    return meetings.filter(client__mailbox=same_mailbox(email)).exists()


def may_book_sessions(client: Client, now: datetime) -> bool:
    """Whether the therapist accepted the client, or they have had a consultation that fitted."""
    if client.accepted_at and client.accepted_at <= now:
        return True
    had = client.bookings.past(now).consultations()
    return had.exclude(outcome=Outcome.NOT_THE_FIT).exists()


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
    write_line(booking, now, BookingEvent.Action.BOOKED, actor=BookingEvent.Actor.CLIENT)
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
        booking = locked(booking_id)
        if booking.is_cancelled:
            return booking
        if booking.start <= now:
            raise NotBookableError("This meeting has already begun, so it can’t be cancelled.")
        by_client = actor == BookingEvent.Actor.CLIENT
        was, late = standing(booking), by_client and policy.is_late(booking, now)
        booking.late_fee = policy.late_fee(booking, now) if by_client else Decimal(0)
        booking.status = Booking.Status.CANCELLED
        booking.sequence += 1
        booking.changed_at = now
        release(booking)
        booking.save(update_fields=[*CHANGED, "late_fee"])
        withdraw(booking.about)
        letters = mails.cancelled(booking, actor, reason, now)
        write_line(
            booking,
            now,
            BookingEvent.Action.CANCELLED,
            actor=actor,
            reason=reason,
            user=user,
            is_late=late,
            was=was,
            told_by=letters[0].key,
        )
        queue(letters)
        mails.ring_on_commit(booking.about)
        return booking


def waive_fee(booking_id: int, *, now: datetime, user: User | None = None) -> Booking:
    """Let the client off what cancelling late costs, and tell them; twice is as once."""
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        if not booking.fee_label:
            return booking
        booking.fee_waived = True
        booking.changed_at = now
        booking.save(update_fields=["fee_waived", "changed_at"])
        write_line(booking, now, BookingEvent.Action.WAIVED, user=user)
        queue(mails.fee_waived(booking, now))
        mails.ring_on_commit(booking.about)
        return booking


def record(booking_id: int, report: Report, *, now: datetime, user: User | None = None) -> Booking:
    """Keep what the therapist says of a meeting that has begun; saying it again replaces it.

    A consultation that goes on lets its client book sessions. Its follow-up waits a while in the
    outbox: until then another report takes it back. Repeating one changes nothing. Raises
    `NotBookableError` for what cannot be said, and where somebody else was quicker.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        if afterwards.stands(booking, report):
            return booking
        afterwards.require(booking, report, now)
        booking.attendance, booking.outcome = report.attendance, report.outcome
        booking.save(update_fields=["attendance", "outcome"])
        mail = afterwards.follow_up(booking, report, now)
        what = f"{booking.went_label}, {mail}" if booking.outcome else booking.went_label
        write_line(booking, now, BookingEvent.Action.RECORDED, user=user, what=what)
        afterwards.accept(booking, now)
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
    wait: timedelta = AT_ONCE,
) -> Booking:
    """Give a booking another time, format or place: the same booking, UID and price.

    Every rule is asked as for a new one, with the booking itself out of the way; until all is well
    the old time is kept. Repeating it changes nothing. The client hears of it after `wait`. Raises
    `TimeRefusedError` if the new time cannot be had, `NotBookableError` if the booking can't be
    moved any more.
    """
    with refusing(SlotTakenError(to.start)), transaction.atomic():
        booking = locked(booking_id)
        if _stands_at(booking, to):
            return booking
        require_open(booking, to.seen, now)
        if actor == BookingEvent.Actor.CLIENT:
            policy.require_move(booking, now)
        _require_free_to_move(booking, to, actor, now)
        before, was = booking.where_and_when, standing(booking)
        _put(booking, to, now)
        withdraw(booking.about)
        token = AccessLink.issue(booking.client, booking.about, now)
        letters = [
            replace(letter, due_at=now + wait)
            for letter in mails.moved(booking, actor, before, reason, token, now)
        ]
        write_line(
            booking,
            now,
            BookingEvent.Action.MOVED,
            actor=actor,
            reason=reason,
            user=user,
            what=f"{before} → {booking.where_and_when}",
            was=was,
            told_by=letters[0].key,
        )
        queue(letters)
        mails.ring_on_commit(booking.about)
        return booking


def ask_to_move(  # noqa: PLR0913, a question has these parts
    booking_id: int,
    seen: int,
    proposed: datetime | None,
    *,
    reason: str,
    now: datetime,
    user: User | None = None,
) -> Booking:
    """Ask the client to choose another time, and keep the `proposed` one for them a while.

    The booking stands until they answer; then nothing that binds clients stands in their way.
    Raises `TimeRefusedError` if the proposed time can't be had, `NotBookableError` if the booking
    can't be moved any more.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id)
        require_open(booking, seen, now)
        was = standing(booking)
        release(booking)
        booking.asked_at = now
        if proposed:
            _propose(booking, proposed, now)
        booking.save(update_fields=["asked_at", "proposed_start"])
        token = AccessLink.issue(booking.client, booking.about, now)
        letter = mails.asked(booking, reason, token, now)
        what = f"{booking.where_and_when} → {moment_label(proposed) if proposed else 'open'}"
        action = BookingEvent.Action.ASKED
        told = letter.key
        write_line(booking, now, action, reason=reason, user=user, what=what, was=was, told_by=told)
        queue([letter])
        return booking


def _propose(booking: Booking, start: datetime, now: datetime) -> None:
    """Keep another time for the client, for some days or until the old one."""
    fmt, moving = booking.format, int(booking.start.timestamp())
    require_free(booking.service, fmt, start, now, moving=moving, by_client=False)
    booking.proposed_start = start = start.astimezone(UTC)
    Hold.objects.create(
        therapist=booking.therapist,
        service=booking.service,
        format=fmt,
        during=DateTimeTZRange(start, start + (booking.end - booking.start)),
        visitor=booking.visitor,
        expires_at=cast("datetime", booking.kept_until),
    )


def release(booking: Booking) -> None:
    """Let go of what was proposed: the question is answered, or asked anew."""
    booking.asked_at = booking.proposed_start = None
    Hold.objects.of(booking.therapist_id).filter(visitor=booking.visitor).delete()


def require_open(booking: Booking, seen: int, now: datetime) -> None:
    """Refuse to change what has ended, or what somebody else has changed since it was `seen`."""
    if booking.is_cancelled:
        raise NotBookableError("This meeting was cancelled, so it can’t be changed.")
    if booking.start <= now:
        raise NotBookableError("This meeting has already begun, so it can’t be changed.")
    if booking.sequence != seen:
        raise NotBookableError(
            f"This meeting has been changed meanwhile. It’s now on {booking.where_and_when}."
        )


def locked(booking_id: int) -> Booking:
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
    """Judge the new time. One that stays, or that I proposed, is not asked for its notice.

    The therapist may change how and where at the same time whatever the hours say.
    """
    mine = to.start in (booking.start, booking.proposed_start)
    place, moving = to.place.pk, int(booking.start.timestamp())
    if actor == BookingEvent.Actor.THERAPIST and to.start == booking.start:
        _require_place(booking, to)
        require_apart(booking.service, to.format, to.start, now, place=place, moving=moving)
        return
    by_client = actor == BookingEvent.Actor.CLIENT and not mine
    require_free(
        booking.service,
        to.format,
        to.start,
        now,
        place=place,
        moving=moving,
        visitor=booking.visitor,
        by_client=by_client,
    )


def _require_place(booking: Booking, to: Change) -> None:
    """Refuse what the service is not offered as, or a place that is not in use for it."""
    offered = to.format in booking.service.formats and to.place.format == to.format
    if not offered or not to.place.is_active or to.place.therapist_id != booking.therapist_id:
        raise TimeRefusedError("I don’t offer that in this way. Choose another way to meet.")


def _put(booking: Booking, to: Change, now: datetime) -> None:
    """Write the new time; the meeting stays as long as it was booked for."""
    start = to.start.astimezone(UTC)
    booking.during = DateTimeTZRange(start, start + (booking.end - booking.start))
    booking.format, booking.place = to.format, to.place
    booking.sequence += 1
    booking.changed_at = now
    release(booking)
    booking.save(update_fields=CHANGED)


def standing(booking: Booking) -> dict[str, Any]:
    """Return how a booking stands, as JSON: all that taking a change back restores."""
    return {
        "during": [booking.start.isoformat(), booking.end.isoformat()],
        "format": booking.format,
        "place": booking.place_id,
        "status": booking.status,
        "proposed": booking.proposed_start and booking.proposed_start.isoformat(),
        "asked": booking.asked_at and booking.asked_at.isoformat(),
    }


def write_line(
    booking: Booking,
    now: datetime,
    action: BookingEvent.Action,
    *,
    actor: BookingEvent.Actor = BookingEvent.Actor.THERAPIST,
    user: User | None = None,
    **said: Any,
) -> BookingEvent:
    """Write a line of history; `said` are its other columns."""
    return BookingEvent.objects.create(
        booking=booking,
        at=now,
        actor=actor,
        user=user,
        action=action,
        sequence=booking.sequence,
        **said,
    )
