"""A request becomes a booking."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability.models import Place, Service
from bookings import policy
from bookings.by import By
from bookings.eligibility import reasons_against
from bookings.errors import AlreadyMet, Asked, Code, NotBookableError, SlotTakenError
from bookings.kept_facts import organizer_columns, place_columns, where_of
from bookings.lifecycle.events import against, write_line
from bookings.lifecycle.locking import lock_diary, refusing
from bookings.models import Booking, BookingEvent, Hold
from bookings.notices import letters, private_links
from bookings.notices.keys import about_booking
from bookings.shown_facts import FactsChangedError, ShownFacts, shown_facts
from bookings.slots import require_accepted, require_free, warnings
from clients.models import Client, Consent, PrivacyNotice
from outbox.queue import AT_ONCE, queue
from outbox.tasks import send_on_commit
from prose.cleaning import same_mailbox


@dataclass(frozen=True, slots=True)
class Person:
    """Who books: a client we know, or what somebody typed (validated by the form)."""

    name: str
    email: str
    phone: str = ""
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed before: it stands whatever the service asks of others today."""

    price: Decimal
    terms: policy.Terms


@dataclass(frozen=True, slots=True)
class Request:
    """Everything a booking is made of. `key` is the same for every retry of the same request.

    `visitor` is the name under which the time may be held; `shown` what the page that was pressed
    showed of the agreement, None where no page did. Without a `notice` no consent is kept: the
    therapist books for somebody who has been told otherwise. Where something was `agreed` before,
    the service's price and terms of today don't count.
    """

    service: Service
    format: str
    place: Place
    start: datetime
    person: Person
    note: str
    notice: PrivacyNotice | None
    key: uuid.UUID
    visitor: str = ""
    shown: ShownFacts | None = None
    agreed: Agreed | None = None


def book(
    request: Request,
    *,
    by: By,
    now: datetime,
    despite: frozenset[str] = frozenset(),
    wait: timedelta = AT_ONCE,
) -> Booking:
    """Book, or return the booking that an earlier try with the same key made.

    One short transaction: client, consent, booking, history and mail stand or fall together.
    What is booked is what was shown: raises `FactsChangedError` where that is no longer true,
    `SlotTakenError` when the race is lost and `NotBookableError` when a rule refuses. The
    practice's side may go on `despite` the `Warned.keys` that it was shown, and gets a
    `WarnedError` for any other; never onto another booking. The client hears of it after `wait`.
    """
    with refusing(SlotTakenError(Asked(request.start))), transaction.atomic():
        lock_diary(request.service.therapist_id, by=by)
        done = Booking.objects.filter(idempotency_key=request.key).whole().first()
        if done:
            return done
        request = _read_anew(request, by)
        _require_as_shown(request)
        accepted = ""
        if by.is_client:
            _require_of_client(request, now)
        else:
            accepted = _require_of_practice(request, now, despite)
        _let_go(request)
        return _write(request, by, now, accepted, wait)


def _read_anew(request: Request, by: By) -> Request:
    """Return the request with its rows as they are now that nobody else writes to this diary."""
    services = Service.objects.offered() if by.is_client else Service.objects.whole()
    service = services.filter(pk=request.service.pk).first()
    place = Place.objects.filter(pk=request.place.pk).first()
    if service is None or place is None:
        raise NotBookableError(Code.NO_LONGER_OFFERED)
    notice = PrivacyNotice.objects.current() if request.notice else None
    return replace(request, service=service, place=place, notice=notice)


def _require_as_shown(request: Request) -> None:
    """Refuse where the page that was pressed showed something else than would be booked."""
    if request.shown is None:
        return
    agreed = request.notice if request.person.client is None else None
    true = shown_facts(request.service, request.place, agreed.version if agreed else 0)
    if true != request.shown:
        raise FactsChangedError(request.shown, true)


def _require_of_client(request: Request, now: datetime) -> None:
    """Judge the time in full, and whether it is for them; what the visitor holds is theirs."""
    require_free(*_asked(request, now), place=request.place.pk, visitor=request.visitor)
    if request.notice is None and request.person.client is None:
        raise NotBookableError(Code.NO_PRIVACY_NOTICE)
    for why in _against(request, now):
        raise NotBookableError(why)


def _require_of_practice(request: Request, now: datetime, despite: frozenset[str]) -> str:
    """Refuse what can't be, and warn of the rest: the practice knows whom it makes room for.

    What it accepted is returned as codes.
    """
    found = warnings(*_asked(request, now), place=request.place.pk, visitor=request.visitor)
    found = replace(found, person=tuple(_against(request, now)))
    require_accepted(found, despite)
    return against(found)


def _against(request: Request, now: datetime) -> Iterator[Code | AlreadyMet]:
    """Yield why the service isn't for them."""
    person = request.person
    return reasons_against(request.service, person.email, person.client, now)


def _asked(request: Request, now: datetime) -> tuple[Service, str, datetime, datetime]:
    return request.service, request.format, request.start, now


def _let_go(request: Request) -> None:
    """The visitor's hold goes with the booking."""
    start = request.start.astimezone(UTC)
    mine = Hold.objects.of(request.service.therapist_id).filter(visitor=request.visitor)
    mine.filter(during__startswith=start).delete()


def _write(request: Request, by: By, now: datetime, accepted: str, wait: timedelta) -> Booking:
    client = request.person.client or _client(request.person, now)
    if request.person.client is None and request.notice:
        Consent.objects.create(client=client, notice=request.notice, given_at=now)
    # In UTC: on an aware local time the length would be added to the clock, not to the instant.
    start = request.start.astimezone(UTC)
    end = start + timedelta(minutes=request.service.length_minutes)
    agreed = request.agreed or Agreed(request.service.price, policy.terms_for(request.service))
    booking = Booking.objects.create(
        therapist=request.service.therapist,
        client=client,
        service=request.service,
        format=request.format,
        place=request.place,
        during=DateTimeTZRange(start, end),
        price=agreed.price,
        terms=agreed.terms.stored(),
        policy=policy.words(agreed.terms),
        note=request.note,
        **place_columns(request.place.pk, where_of(request.place)),
        **organizer_columns(request.service.therapist),
        idempotency_key=request.key,
        created_at=now,
        changed_at=now,
    )
    write_line(booking, now, BookingEvent.Action.BOOKED, by=by, despite=accepted)
    about = about_booking(booking.uid)
    token = private_links.to_booking(booking, now)
    if request.person.client:
        private_links.stay_open(booking)
    queue([replace(letter, wait=wait) for letter in letters.booked(booking, by, token, now)])
    send_on_commit(about)
    return booking


def _client(person: Person, now: datetime) -> Client:
    """Find who reads mail at this address, or make their card.

    Only people without a standing consultation come here unknown, so the card's name and phone
    are those they give now.
    """
    found, made = (
        Client.objects.at(person.email)
        .select_for_update()
        .get_or_create(
            defaults={
                "name": person.name,
                "phone": person.phone,
                "email": person.email,
                "mailbox": same_mailbox(person.email),
                "reminders_from": now,
                "created_at": now,
            },
        )
    )
    if not made:
        found.name, found.phone = person.name, person.phone or found.phone
        found.save(update_fields=["name", "phone"])
    return found
