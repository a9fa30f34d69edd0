"""A request becomes a booking."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability.catalogue import service_with_id
from availability.models import Place, Service
from bookings import policy, privacy_notice
from bookings.by import By
from bookings.eligibility import other_meetings, reasons_against
from bookings.errors import AlreadyMet, Asked, Code, NotBookableError, SlotTakenError
from bookings.kept_facts import organizer_columns, place_columns, where_of
from bookings.lifecycle.events import against, write_line
from bookings.lifecycle.locking import lock_diary, refusing
from bookings.lifecycle.prove import may_vouch, prove
from bookings.lifecycle.require_alone import require_alone
from bookings.models import Booking, BookingEvent, Hold
from bookings.notices import letters, private_links
from bookings.notices.keys import about_booking
from bookings.signed_agreement import FactsChangedError, ShownFacts, shown_facts
from bookings.slots import require_accepted, require_free, warnings
from bookings.typed_words import NO_WISHES, Wishes
from clients.cards import card_for
from clients.models import Client, PrivacyNotice
from outbox.queue import AT_ONCE, queue
from outbox.tasks import send_on_commit

# What is let go is let go so long before it begins, that somebody else may have it.
LEAST_LEFT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Who books: a client we know, or what somebody typed (validated by the form).

    `is_proven` if whoever typed it has opened a link that was mailed to this very address.
    """

    name: str
    email: str
    phone: str = ""
    client: Client | None = None
    is_proven: bool = False


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
    wishes: Wishes = NO_WISHES


def book(
    request: Request,
    *,
    by: By,
    now: datetime,
    despite: frozenset[str] = frozenset(),
    wait: timedelta = AT_ONCE,
) -> Booking:
    """Book, or return the booking that an earlier try with the same key made.

    One short transaction: client, booking, history and mail stand or fall together. What somebody
    typed whom we don't know stays with the booking, whether their address is a client's or not.
    What is booked is what was shown: raises `FactsChangedError` where that is no longer true,
    `SlotTakenError` when the race is lost and `NotBookableError` when a rule refuses. The
    practice's side may go on `despite` the `Warned.keys` that it was shown, and gets a
    `WarnedError` for any other; never onto another booking. The client hears of it after `wait`.
    """
    with refusing(SlotTakenError(Asked(request.start))), transaction.atomic():
        lock_diary(request.service.therapist_id, by=by)
        done = Booking.objects.made_with(request.key)
        if done:
            return done
        request, accepted = bookable(request, by, now, despite)
        _let_go(request)
        return _write(request, by, now, accepted, wait)


def bookable(
    request: Request, by: By, now: datetime, despite: frozenset[str] = frozenset()
) -> tuple[Request, str]:
    """Return the request with its rows as they are, and what was accepted of it, as codes.

    Call it under the diary's lock; raises as `book` does.
    """
    request = _read_anew(request, by)
    _require_as_shown(request, now)
    if by.is_client:
        _require_of_client(request, now)
        return request, ""
    return request, _require_of_practice(request, now, despite)


def _read_anew(request: Request, by: By) -> Request:
    """Return the request with its rows as they are now that nobody else writes to this diary."""
    if by.is_client:
        return _as_offered(request)
    service = Service.objects.whole().filter(pk=request.service.pk).first()
    place = Place.objects.filter(pk=request.place.pk).first()
    if service is None or place is None:
        raise NotBookableError(Code.NO_LONGER_OFFERED)
    notice = PrivacyNotice.objects.current() if request.notice else None
    return replace(request, service=service, place=place, notice=notice)


def _as_offered(request: Request) -> Request:
    """Return it with the rows that the catalogue has: as they are, by the version that stands."""
    service, version = service_with_id(request.service.pk) or (None, None)
    if service is None or version is None:
        raise NotBookableError(Code.NO_LONGER_OFFERED)
    its = service.therapist.places.all()
    place = next((place for place in its if place.pk == request.place.pk), None)
    if place is None:
        raise NotBookableError(Code.NO_LONGER_OFFERED)
    if not service.takes_bookings:
        raise NotBookableError(Code.CLOSED_TO_NEW)
    notice = privacy_notice.current(version.catalogue) if request.notice else None
    return replace(request, service=service, place=place, notice=notice)


def _require_as_shown(request: Request, now: datetime) -> None:
    """Refuse where the page that was pressed showed something else than would be booked."""
    if request.shown is None:
        return
    agreed = request.notice if request.person.client is None else None
    version = agreed.version if agreed else 0
    true = shown_facts(request.service, request.place, request.start, version, now)
    if true != request.shown:
        raise FactsChangedError(request.shown, true)


def _require_of_client(request: Request, now: datetime) -> None:
    """Judge the time in full, and whether it is for them; what the visitor holds is theirs.

    Whom we don't know is not told that the address they typed has met: it may be anybody's.
    """
    require_free(*_asked(request, now), place=request.place.pk, visitor=request.visitor)
    if request.notice is None and request.person.client is None:
        raise NotBookableError(Code.NO_PRIVACY_NOTICE)
    if request.person.client or request.service.for_clients:
        for why in _against(request, now):
            raise NotBookableError(why)
    if request.person.client:
        length = timedelta(minutes=request.service.length_minutes)
        require_alone(request.person.client, request.start, length)


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
    Hold.objects.let_go(request.service.therapist_id, request.visitor, request.start)


def _write(request: Request, by: By, now: datetime, accepted: str, wait: timedelta) -> Booking:
    client = request.person.client or _card(request.person, now)
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
        **policy.terms_columns(agreed.terms),
        note=request.note,
        **request.wishes.columns,
        **place_columns(request.place.pk, where_of(request.place)),
        **organizer_columns(request.service.therapist),
        **_typed(request, by, now),
        idempotency_key=request.key,
        created_at=now,
        changed_at=now,
    )
    # A meeting that is only moved to another diary tells nothing new of who typed the address.
    is_said_by_practice = not (by.is_client or request.agreed)
    if request.person.is_proven or (is_said_by_practice and may_vouch(booking, by)):
        prove(booking, now=now)
    write_line(booking, now, BookingEvent.Action.BOOKED, by=by, despite=accepted)
    about = about_booking(booking.uid)
    token = private_links.to_booking(booking, now)
    if request.person.client:
        private_links.stay_open(booking)
    queue([replace(letter, wait=wait) for letter in letters.booked(booking, by, token, now)])
    send_on_commit(about)
    return booking


def _card(person: Person, now: datetime) -> Client:
    """Return the card of whom we don't know: theirs or a new one, as it is."""
    return card_for(person.name, person.email, person.phone, now, exactly=person.is_proven)


def _typed(request: Request, by: By, now: datetime) -> dict[str, Any]:
    """Return what came with the request, and what is said of it to the therapist."""
    person = request.person
    words = {
        "contact_name": person.name,
        "contact_email": person.email,
        "contact_phone": person.phone,
    }
    if person.client:
        # They came by their link; the therapist, who moves what a stranger typed, may not know.
        known = by.is_client or person.client.is_proven
        return {**words, "proven_at": now if known else None}
    agreed = {"notice": request.notice}
    is_first = by.is_client and not request.service.for_clients
    return {**words, **agreed, **(_repeat(request, now) if is_first else {})}


def _repeat(request: Request, now: datetime) -> dict[str, Any]:
    """Mark a first meeting for whom there is another; say when it is let go, if it is.

    Only for a meeting that is certain: nobody loses theirs because a stranger typed their address.
    """
    service, start = request.service, request.start
    others = other_meetings(service.therapist_id, request.person.email, now)
    hours = service.therapist.practice.release_hours
    until = min(now + timedelta(hours=hours), start - LEAST_LEFT) if hours else None
    return {"is_repeat": others.any, "release_at": until if others.certain else None}
