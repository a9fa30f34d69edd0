"""A request becomes a booking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability.catalogue import service_with_id
from availability.models import Place, Service
from bookings import busy, policy, privacy_notice
from bookings.by import By
from bookings.eligibility import other_meetings, reasons_against
from bookings.errors import AlreadyMet, Asked, Code, NotBookableError, SlotTakenError, Warned
from bookings.kept_facts import organizer_columns, place_columns, where_of
from bookings.lifecycle.events import against, write_line
from bookings.lifecycle.locking import lock_diary, refusing
from bookings.lifecycle.prove import may_vouch, prove
from bookings.lifecycle.request import Agreed, Person, Request
from bookings.lifecycle.require_alone import require_alone
from bookings.models import Booking, BookingEvent, Hold
from bookings.notices import letters, private_links
from bookings.notices.keys import about_booking
from bookings.signed_agreement import FactsChangedError, shown_facts
from bookings.slots import require_accepted, require_free, warnings
from clients.cards import card_for, card_without_address
from clients.models import Client, Consent, PrivacyNotice
from clients.proof import count_consent
from outbox.queue import AT_ONCE, queue
from outbox.tasks import send_on_commit

# What is let go is let go so long before it begins, that somebody else may have it.
LEAST_LEFT = timedelta(hours=1)
# What the history says of what had begun when it was booked.
AFTERWARDS = "Written down afterwards."


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
    `WarnedError` for any other; never onto another booking. The client hears of it after
    `wait`; of what has begun, which is written down afterwards, they hear nothing.
    """
    with refusing(SlotTakenError(Asked(request.start))), transaction.atomic():
        lock_diary(request.service.therapist_id, by=by)
        done = Booking.objects.made_with(request.key)
        if done:
            return done
        request, accepted = bookable(request, by, now, despite)
        booking = write(request, by, now, accepted)
        if request.tells and booking.client.email and booking.start > now:
            token = private_links.to_booking(booking, now)
            written = letters.booked(booking, by, token, now)
            queue([replace(letter, wait=wait) for letter in written])
            send_on_commit(about_booking(booking.uid))
        return booking


def bookable(
    request: Request, by: By, now: datetime, despite: frozenset[str] = frozenset()
) -> tuple[Request, str]:
    """Return the request with its rows as they are, and what was accepted of it, as codes.

    Call it under the diary's lock; raises as `book` does.
    """
    request = read_anew(request, by)
    _require_as_shown(request, now)
    if by.is_client:
        _require_of_client(request, now)
        return request, ""
    found = warned_of(request, now, against_person(request, now))
    require_accepted(found, despite)
    return request, against(found)


def read_anew(request: Request, by: By) -> Request:
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
        for why in against_person(request, now):
            raise NotBookableError(why)
    if request.person.client:
        length = timedelta(minutes=request.service.length_minutes)
        require_alone(request.person.client, request.start, length)


def warned_of(
    request: Request,
    now: datetime,
    person: tuple[Code | AlreadyMet, ...],
    read: busy.Read | None = None,
) -> Warned:
    """Return what the practice is warned of: it knows whom it makes room for. Refuse what can't be.

    `person` is why the service isn't for them; `read` the diary over the day, if the caller has it.
    """
    found = warnings(
        *_asked(request, now),
        place=request.place.pk,
        visitor=request.visitor,
        read=read,
        may_be_over=True,
    )
    return replace(found, person=person)


def against_person(request: Request, now: datetime) -> tuple[Code | AlreadyMet, ...]:
    """Return why the service isn't for them."""
    person = request.person
    return tuple(reasons_against(request.service, person.email, person.client, now))


def _asked(request: Request, now: datetime) -> tuple[Service, str, datetime, datetime]:
    return request.service, request.format, request.start, now


def _let_go(request: Request) -> None:
    """The visitor's hold goes with the booking."""
    Hold.objects.let_go(request.service.therapist_id, request.visitor, request.start)


def write(request: Request, by: By, now: datetime, accepted: str) -> Booking:
    """Write what is `bookable`, its client's card and its history; nobody is told yet.

    Call it under the diary's lock. `accepted` are the codes that it goes against.
    """
    _let_go(request)
    client = request.person.client or _card(request.person, now)
    booking = _create(request, client, by, now)
    # A meeting that is only moved to another diary tells nothing new of who typed the address.
    is_said_by_practice = not (by.is_client or request.agreed)
    if request.person.is_proven or (is_said_by_practice and may_vouch(booking, by)):
        prove(booking, now=now)
    if request.told and booking.is_proven:
        count_consent(client, request.told, now, Consent.How.PHONE, by.user)
    what = "" if booking.start > now else AFTERWARDS
    write_line(booking, now, BookingEvent.Action.BOOKED, by=by, what=what, despite=accepted)
    if request.person.client:
        private_links.stay_open(booking)
    return booking


def _create(request: Request, client: Client, by: By, now: datetime) -> Booking:
    # In UTC: on an aware local time the length would be added to the clock, not to the instant.
    start = request.start.astimezone(UTC)
    end = start + timedelta(minutes=request.service.length_minutes)
    agreed = request.agreed or _agreed_now(request)
    return Booking.objects.create(
        therapist=request.service.therapist,
        client=client,
        service=request.service,
        format=request.format,
        place=request.place,
        during=DateTimeTZRange(start, end),
        price=agreed.price,
        **policy.terms_columns(agreed.terms),
        note=request.note,
        reminds=request.reminds,
        **request.wishes.columns,
        **place_columns(request.place.pk, where_of(request.place)),
        **organizer_columns(request.service.therapist),
        **_typed(request, by, now),
        idempotency_key=request.key,
        created_at=now,
        changed_at=now,
    )


def _agreed_now(request: Request) -> Agreed:
    """Return the service's price and terms of today; of a price of their own, its terms."""
    own, service = request.price, request.service
    return Agreed(service.price if own is None else own, policy.terms_for(service, own))


def _card(person: Person, now: datetime) -> Client:
    """Return the card of whom we don't know: theirs or a new one, as it is.

    Who gave no address gets one of their own, whoever else has that name.
    """
    if not person.email:
        return card_without_address(person.name, person.phone, now)
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
