"""One agreement over several dates: each is judged beforehand, and all are booked or none."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from availability import walltime
from bookings import busy
from bookings.by import By
from bookings.errors import AlreadyMet, Asked, Code, SlotTakenError, TimeRefusedError, Warned
from bookings.lifecycle.book import against_person, book, read_anew, warned_of, write
from bookings.lifecycle.events import against
from bookings.lifecycle.locking import lock_diary, refusing
from bookings.lifecycle.request import Request
from bookings.models import Booking, BookingEvent
from bookings.notices import dates_letter, keys, private_links
from bookings.slots import require_accepted
from outbox.queue import queue
from outbox.tasks import send_on_commit
from prose.dates import UK


@dataclass(frozen=True, slots=True)
class Judged:
    """A date, and what the practice is warned of there, or what refuses it."""

    start: datetime
    verdict: Warned | TimeRefusedError


def dates_from(first: datetime, weeks: int, count: int) -> list[datetime]:
    """Return so many starts, so many weeks apart, at the same time of the UK's clock.

    A time that the clock skips on a later date is the instant at which it changes.
    """
    local = first.astimezone(UK)
    minute = local.hour * 60 + local.minute
    days = [local.date() + timedelta(weeks=weeks * n) for n in range(1, count)]
    return [first, *(walltime.utc(walltime.instant(day, minute, UK)) for day in days)]


def judge(
    request: Request, starts: Sequence[datetime], now: datetime, read: busy.Read | None = None
) -> list[Judged]:
    """Return what the practice would be told of each start: as many queries for all as for one.

    `read` is the diary over all of these days, if the caller has it.
    """
    known = read or _read(request, starts)
    person = against_person(request, now)
    return [_judge(replace(request, start=start), person, known, now) for start in starts]


def _read(request: Request, starts: Sequence[datetime]) -> busy.Read:
    """Read the diary once over all the dates."""
    days = [start.astimezone(UK).date() for start in starts]
    span = walltime.whole_days(min(days), max(days), UK)
    therapist = request.service.therapist
    return busy.read_all([therapist], span)[therapist.pk]


def _judge(
    request: Request, person: tuple[Code | AlreadyMet, ...], read: busy.Read, now: datetime
) -> Judged:
    try:
        return Judged(request.start, warned_of(request, now, person, read))
    except TimeRefusedError as refusal:
        return Judged(request.start, refusal)


def book_dates(
    request: Request,
    starts: Sequence[datetime],
    *,
    by: By,
    now: datetime,
    despite: frozenset[str] = frozenset(),
) -> list[Booking]:
    """Book the same for each start, or nothing; return what an earlier press of it made.

    All dates are asked once more under the lock. One mail tells of all that are to come, with an
    invite each. Raises as `book` does, for the first date that can't be had or wasn't accepted.
    """
    if len(starts) == 1:
        one = replace(request, start=starts[0])
        return [book(one, by=by, now=now, despite=despite)]
    with refusing(SlotTakenError(Asked(request.start))), transaction.atomic():
        lock_diary(request.service.therapist_id, by=by)
        named = [_key(request.key, number) for number in range(len(starts))]
        done = Booking.objects.filter(idempotency_key__in=named).whole().order_by("during")
        if done:
            return list(done)
        request = read_anew(request, by)
        accepted = _require_all(judge(request, starts, now), despite)
        made = _write_all(request, list(zip(starts, named, accepted, strict=True)), by, now)
        if request.tells:
            _tell([one for one in made if one.start > now], now)
        return made


def _key(key: uuid.UUID, number: int) -> uuid.UUID:
    """Name the booking of each date; the first as if it were alone."""
    return uuid.uuid5(key, str(number)) if number else key


def _require_all(judged: Sequence[Judged], despite: frozenset[str]) -> list[str]:
    """Return what each date goes against, as codes; raise for the first that can't be had."""
    accepted = []
    for one in judged:
        if isinstance(one.verdict, TimeRefusedError):
            raise one.verdict
        require_accepted(one.verdict, despite)
        accepted.append(against(one.verdict))
    return accepted


def _write_all(
    request: Request, dates: Sequence[tuple[datetime, uuid.UUID, str]], by: By, now: datetime
) -> list[Booking]:
    """Write one booking a date, all with the card of the first; the notice was told once."""
    made: list[Booking] = []
    for start, key, accepted in dates:
        one = replace(request, start=start, key=key)
        if made:
            known = replace(request.person, client=made[0].client)
            one = replace(one, person=known, told=None)
        made.append(write(one, by, now, accepted))
    return made


def _tell(coming: Sequence[Booking], now: datetime) -> None:
    """Tell of all dates to come in one mail, if they are to hear of any."""
    if not coming or not coming[0].client.email:
        return
    tokens = private_links.store(private_links.booking_link(one, now) for one in coming)
    letter = dates_letter.booked_together(coming, tokens, now)
    # What is told otherwise while it waits, waits for it: bookings/lifecycle/new_facts.py.
    lines = BookingEvent.objects.filter(booking__in=[one.pk for one in coming])
    lines.update(told_by=letter.key)
    queue([letter])
    send_on_commit(keys.about_client(coming[0].client_id))
