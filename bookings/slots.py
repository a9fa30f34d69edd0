"""What can be booked: one answer for those who offer, those who book and those who explain.

Three askers share one `Diary`: the pages ask which starts are free (`free_starts`, `next_free`),
the transaction that books asks whether one is (`require_free`), and the therapist asks why one is
not (`Diary.reasons`). What is shown can be booked, and what is posted is judged in full.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from availability import diary, walltime
from availability.catalogue import Version
from availability.diary import Diary
from availability.intervals import Interval
from availability.models import Service
from availability.rules import Rule
from availability.snapshot import UsedPlace
from availability.window import bookable_span, horizon_span, last_day, outside_window
from bookings import busy
from bookings.errors import (
    Asked,
    Code,
    Facts,
    NotBookableError,
    NotOffered,
    SlotTakenError,
    TimeRefusedError,
    TooClose,
    TooFarAhead,
    TooSoon,
    Warned,
    WarnedError,
)
from prose.dates import UK


def free_starts(  # noqa: PLR0913, who asks for what, when
    service: Service,
    fmt: str,
    span: Interval,
    now: datetime,
    version: Version | None = None,
    visitor: str = "",
    moving: int | None = None,
    length: int | None = None,
) -> list[int]:
    """Return the starts in `span` that a client can book, as epoch seconds, ascending.

    The booking that is `moving`, named by its start, is not in its own way, and keeps its own
    `length` in seconds. With the diary's `version`, read before, an answer that was computed under
    it is used again: only the notice, the horizon and the holds move with the clock. What is moved
    and what is posted is always computed anew.
    """
    if fmt not in service.formats:
        return []
    if version is None or moving is not None or length is not None:
        its = busy.read_diary(
            service, fmt, span, now, visitor=visitor, moving=moving, length=length
        )
        starts = its.starts()
    else:
        zone = service.therapist.zone_name
        meetings = busy.read_once(service.therapist, span, version).meetings
        instant = now.timestamp()
        held = tuple(one for one in meetings if diary.held(one, visitor, instant))
        starts = busy.starts_once(service, zone, fmt, span, version, held)
    earliest, horizon = bookable_span(service, now)
    return starts[bisect_left(starts, earliest) : bisect_left(starts, horizon)]


def next_free(  # noqa: PLR0913, who asks for what
    service: Service,
    fmt: str,
    now: datetime,
    version: Version | None = None,
    visitor: str = "",
    moving: int | None = None,
    length: int | None = None,
    since: int = 0,
    but: int | None = None,
) -> int | None:
    """Return the first free start `since` an instant, `but` this one, up to the horizon.

    One look at the diary.
    """
    span = horizon_span([service], now)
    starts = free_starts(service, fmt, span, now, version, visitor, moving, length)
    late = starts[bisect_left(starts, since) :]
    return next((start for start in late if start != but), None)


def first_free_of_few(
    services: Sequence[Service], now: datetime, versions: Mapping[int, Version]
) -> dict[tuple[int, str], int]:
    """Return what `first_free` does for the services of a few, from what was read before.

    No query while the `versions` of the diaries stand, which come by the therapists' ids, and two
    where any has changed; what is held meanwhile is looked at anew.
    """
    span = horizon_span(services, now)
    therapists = list({service.therapist_id: service.therapist for service in services}.values())
    busy.read_all_once(therapists, span, [versions[one.pk] for one in therapists])
    found = {}
    for service in services:
        for fmt in service.formats:
            starts = free_starts(service, fmt, span, now, versions[service.therapist_id])
            if starts:
                found[service.pk, fmt] = starts[0]
    return found


def first_free(services: Sequence[Service], now: datetime) -> dict[tuple[int, str], int]:
    """Return the first free start of each service and format, by `(service's id, format)`.

    Two queries, however many therapists there are (three where clients come first); what has no
    free time is left out.
    """
    if any(service.therapist.early_days for service in services):
        prefetch_related_objects(services, "therapist__services")
    span = horizon_span(services, now)
    therapists = {service.therapist_id: service.therapist for service in services}
    read = busy.read_all(list(therapists.values()), span) if services else {}
    found = {}
    for service in services:
        known, meetings = read[service.therapist_id]
        live = diary.standing(meetings, now)
        window = bookable_span(service, now)
        if window[0] >= window[1]:
            continue
        for fmt, its in diary.by_format(service, window, known, live).items():
            start = its.first_start()
            if start is not None:
                found[service.pk, fmt] = start
    return found


def require_free(  # noqa: PLR0913, who asks for what, when and where
    service: Service,
    fmt: str,
    start: datetime,
    now: datetime,
    *,
    place: int | None = None,
    visitor: str = "",
    read: busy.Read | None = None,
    moving: int | None = None,
    length: int | None = None,
    by_client: bool = True,
) -> list[int]:
    """Return the ids of the places where `start` can be had; `place` asks for that one alone.

    `read` is the diary over that day at the least, if the caller has it; the booking that is
    `moving`, named by its start, is not in its own way, and keeps its own `length` in seconds. What
    binds clients alone is asked only `by_client`. Raises `TimeRefusedError`, saying which rule
    refuses, if there is no place.
    """
    if fmt not in service.formats:
        raise NotBookableError(Code.WAY_NOT_OFFERED)
    outside = outside_window(service, start, now)
    if outside and (by_client or outside[0] == Rule.PAST):
        raise TimeRefusedError(_outside(service, outside[0], now))
    day, instant = start.astimezone(UK).date(), start.timestamp()
    span = walltime.whole_days(day, day, UK)
    known = busy.read_diary(
        service, fmt, span, now, visitor=visitor, read=read, moving=moving, length=length
    )
    free = [pk for pk, _ in known.places if instant in known.starts(pk)]
    if free and place in (None, *free):
        return free
    raise _refusal(known, start, place)


def require_not_taken(  # noqa: PLR0913, who asks for what, when and where
    service: Service,
    fmt: str,
    start: datetime,
    now: datetime,
    *,
    place: int,
    moving: int | None = None,
    length: int | None = None,
) -> None:
    """Raise `TimeRefusedError` where another booking overlaps a time that stood before.

    What else speaks against it was no hindrance then, or was accepted: the practice's side had
    the last word on hours, gaps and caps.
    """
    day = start.astimezone(UK).date()
    span = walltime.whole_days(day, day, UK)
    known = busy.read_diary(service, fmt, span, now, moving=moving, length=length)
    instant = int(start.timestamp())
    near = known.near(instant, place)
    named = (limit._replace(rule=limit.rule_at(instant, known.length)) for limit in near)
    taken = tuple(limit for limit in named if limit.rule == Rule.TAKEN)
    if taken:
        raise TimeRefusedError(TooClose(Asked(start, service.pk, fmt, place), taken))


def warnings(  # noqa: PLR0913, who asks for what, when and where
    service: Service,
    fmt: str,
    start: datetime,
    now: datetime,
    *,
    place: int,
    visitor: str = "",
    moving: int | None = None,
    length: int | None = None,
    keeps_time: bool = False,
    keeps_place: bool = False,
    read: busy.Read | None = None,
    may_be_over: bool = False,
) -> Warned:
    """Return all that speaks against a time which the practice's side asks for.

    A booking that is `moving` is judged by its own `length`, in seconds; if it `keeps_time`, only
    what is too near is named; if it `keeps_place`, that may be out of use. What `may_be_over` is
    named as that alone. `read` is the diary over that day at the least. Raises `TimeRefusedError`
    for what nobody may override: the past, a place out of use and, as `SlotTakenError`, a booking.
    """
    if start <= now and not may_be_over:
        raise TimeRefusedError(Code.PAST)
    day, instant = start.astimezone(UK).date(), int(start.timestamp())
    span = walltime.whole_days(day, day, UK)
    known = busy.read_diary(
        service, fmt, span, now, visitor=visitor, read=read, moving=moving, length=length
    )
    at, unused = _place_of(known, place, keeps_place=keeps_place)
    asked, limits = Asked(start, service.pk, fmt, place), known.reasons(instant, at)
    if any(limit.rule == Rule.TAKEN for limit in limits):
        raise SlotTakenError(asked, tuple(limits))
    if start <= now:
        return Warned(asked, outside=(Rule.PAST,))
    if keeps_time:
        near = tuple(limit for limit in limits if limit.cause in known.meetings)
        return Warned(asked, near, unused=unused)
    outside = tuple(outside_window(service, start, now))
    return Warned(asked, tuple(limits), outside, unused=unused)


def _place_of(known: Diary, place: int, *, keeps_place: bool) -> tuple[UsedPlace, tuple[Code, ...]]:
    """Return the place, and whether it is one that isn't in use for this any more, where it may be.

    Else raise `TimeRefusedError`.
    """
    at = next((one for one in known.places if one.pk == place), None)
    if at is not None and known.format in known.service.formats:
        return at, ()
    if not keeps_place:
        raise TimeRefusedError(Code.WAY_NOT_OFFERED)
    return at or UsedPlace(place, None), (Code.NOT_IN_USE,)


def require_accepted(warned: Warned, despite: frozenset[str]) -> None:
    """Raise `WarnedError` unless each warning is among those that were shown and accepted."""
    if not warned.keys <= despite:
        raise WarnedError(warned)


def _outside(service: Service, rule: Rule, now: datetime) -> Code | Facts:
    if rule == Rule.PAST:
        return Code.PAST
    if rule == Rule.NOTICE:
        return TooSoon(service.notice_hours, service.book_by)
    return TooFarAhead((last_day(service, now) - now.astimezone(UK).date()).days)


# Before these a client is not told that somebody took it: it wasn't theirs to take.
_UNKNOWN = frozenset({Rule.HOURS, Rule.LEAVE, Rule.CLOCK, Rule.ELSEWHERE})


def _refusal(known: Diary, start: datetime, place: int | None) -> TimeRefusedError:
    """Return each rule that forbids it at the place, or at the first where it could be had."""
    at = next((one for one in known.places if place in (None, one.pk)), None)
    if at is None:
        return TimeRefusedError(Code.NO_PLACE)
    whole = start.timestamp() == int(start.timestamp())
    limits = tuple(known.reasons(int(start.timestamp()), at))
    found = NotOffered(Asked(start, known.service.pk, known.format, at.pk), limits)
    if whole and Rule.TAKEN in found.rules and not _UNKNOWN.intersection(found.rules):
        return SlotTakenError(found.asked, limits)
    return TimeRefusedError(found)
