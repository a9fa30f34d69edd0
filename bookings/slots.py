"""What can be booked: rules and busy time go in, starts come out. One answer for page and POST.

The page that offers a time (`free_starts`) and the transaction that books it (`require_free`) take
their answer from the same `Diary.starts` within the same `bookable_span`, so what is shown can be
booked and what is posted is judged in full.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil

from availability import engine, rules
from availability.engine import Ask, Busy
from availability.intervals import Interval
from availability.models import Service, Therapist
from availability.reads import Version, rules_for
from availability.uk_time import UK, moment_label
from bookings.models import spans_of

DAY_SECONDS = 86_400


class NotBookableError(Exception):
    """A time that cannot be booked; the text tells a client why and what to do next."""


class TimeRefusedError(NotBookableError):
    """A refusal that another time would answer."""


class SlotTakenError(TimeRefusedError):
    """A time that could have been booked a moment ago."""

    def __init__(self, start: datetime) -> None:
        super().__init__(
            f"{moment_label(start, year=False)} has just been taken. "
            "Your details are safe: choose another time."
        )


@dataclass(frozen=True, slots=True)
class Diary:
    """What was read of one therapist's time, for one service and format, over `span`."""

    openings: list[Interval]
    closed: list[Busy]
    busy: list[Busy]
    ask: Ask

    def starts(self) -> list[int]:
        """Return the starts that can be booked, as epoch seconds, ascending."""
        return engine.starts(self.openings, [*self.closed, *self.busy], self.ask)

    def starts_of_an_empty_diary(self) -> list[int]:
        """Return what could be booked if nobody else had."""
        return engine.starts(self.openings, self.closed, self.ask)


def last_day(service: Service, now: datetime) -> date:
    """Return the last UK day on which a client may book: the horizon."""
    return now.astimezone(UK).date() + timedelta(days=service.horizon_days)


def bookable_span(service: Service, now: datetime) -> Interval:
    """Return the instants at which a client may start: after the notice, up to the horizon's day.

    The notice counts elapsed hours; the horizon ends with a UK day.
    """
    earliest = ceil(now.timestamp()) + service.notice_hours * 3600
    horizon = last_day(service, now)
    return earliest, rules.whole_days(horizon, horizon, UK)[1]


def read_diary(service: Service, fmt: str, span: Interval, version: Version | None = None) -> Diary:
    """Read the diary of the service's therapist over `span`: two queries, whatever the history.

    None where this was read before under the same `version`.
    """
    # A day on either side: what is booked just outside needs its gap inside, and a meeting that
    # begins inside may run into leave that begins outside.
    wide = span[0] - DAY_SECONDS, span[1] + DAY_SECONDS
    therapist = service.therapist
    known, held = (
        _read(therapist, wide)
        if version is None
        else _read_once(therapist, therapist.zone_name, wide, version)
    )
    return Diary(
        openings=rules.openings(known[fmt], span),
        closed=rules.closed(known[fmt], wide),
        busy=[Busy(start, end, gap * 60) for start, end, gap in held],
        ask=Ask(
            length=service.length_minutes * 60,
            step=service.step_minutes * 60,
            gap=service.gap_minutes * 60,
            earliest=span[0],
            latest=span[1] - 1,
        ),
    )


Read = tuple[dict[str, rules.Rules], list[tuple[int, int, int]]]


def _read(therapist: Therapist, span: Interval) -> Read:
    return rules_for(therapist, span), spans_of(therapist.pk, span)


@lru_cache(maxsize=256)
def _read_once(therapist: Therapist, _zone: str, span: Interval, _version: Version) -> Read:
    """Read once for each version of the diary: its formats have the rows in common."""
    return _read(therapist, span)


def free_starts(
    service: Service, fmt: str, span: Interval, now: datetime, version: Version | None = None
) -> list[int]:
    """Return the starts in `span` that a client can book, as epoch seconds, ascending.

    With the diary's `version`, read before, an answer that was computed under it is used again:
    only the notice and the horizon move with the clock. What is posted is always computed anew.
    """
    if fmt not in service.formats:
        return []
    if version is None:
        starts = read_diary(service, fmt, span).starts()
    else:
        starts = _starts_once(service, service.therapist.zone_name, fmt, span, version)
    earliest, horizon = bookable_span(service, now)
    return starts[bisect_left(starts, earliest) : bisect_left(starts, horizon)]


@lru_cache(maxsize=2048)
def _starts_once(
    service: Service, _zone: str, fmt: str, span: Interval, version: Version
) -> list[int]:
    """Compute once for each version of the diary.

    A row is a key by its id alone: the version stands for its settings, the zone for itself.
    """
    return read_diary(service, fmt, span, version).starts()


def require_free(service: Service, fmt: str, start: datetime, now: datetime) -> None:
    """Raise `TimeRefusedError`, saying which rule refuses, unless `start` is a free start."""
    if fmt not in service.formats:
        raise NotBookableError("I don’t offer that in this way. Choose another way to meet.")
    instant = start.timestamp()
    earliest, horizon = bookable_span(service, now)
    if not earliest <= instant < horizon:
        raise TimeRefusedError(_reason(service, start, now))
    day = start.astimezone(UK).date()
    diary = read_diary(service, fmt, rules.whole_days(day, day, UK))
    if instant in diary.starts():
        return
    if instant in diary.starts_of_an_empty_diary():
        raise SlotTakenError(start)
    raise TimeRefusedError("That isn’t one of the times I can offer. Choose one from the list.")


def _reason(service: Service, start: datetime, now: datetime) -> str:
    """Say how `start` lies outside the bookable span."""
    if start <= now:
        return "That time has passed. Choose another time."
    if start < now + timedelta(hours=service.notice_hours):
        hours = service.notice_hours
        return f"That time is too soon: I need {hours} hours’ notice. Choose a later time."
    days = service.horizon_days
    return f"That time is too far ahead: I take bookings for the next {days} days."
