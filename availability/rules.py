"""What the therapist entered, turned into instants: the only file that knows local time.

Weekly hours are wall time in the therapist's zone. Each date is settled once: on an ordinary day
a wall time is local midnight plus minutes; only on a day whose clock changes is it looked up.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from availability.intervals import Interval
from availability.uk_time import UK

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall times in minutes after midnight, half-open, on a weekday (Monday is 0).

    From the first to the last date, both inclusive, as ordinals (`date.toordinal`).
    """

    weekday: int
    opens: int
    closes: int
    first: int = date.min.toordinal()
    last: int = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Rules:
    """The hours in which one service can be had in one format.

    `different` maps a date to the wall times `(opens, closes)` that replace its weekly hours; an
    empty list is a date without hours. `extra` maps one to those that are kept as well. `holidays`
    are dates on which the weekly hours rest; the others are kept all the same.
    """

    zone: ZoneInfo
    weekly: Sequence[Hours]
    different: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    extra: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    holidays: Collection[date] = ()


def bank_holidays(first: date, last: date) -> set[date]:
    """Return the bank holidays of England from the first to the last date, substitutes included."""
    years = range(first.year, last.year + 1)
    return {day for year in years for day in _holidays_of(year) if first <= day <= last}


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def local_dates(span: Interval, zone: tzinfo) -> tuple[date, date]:
    """Return the first and last local date that the half-open span touches."""
    first = datetime.fromtimestamp(span[0], zone).date()
    return first, datetime.fromtimestamp(max(span[0], span[1] - 1), zone).date()


def openings(rules: Rules, span: Interval) -> list[Interval]:
    """Return the working time of each date that `span` touches, one interval an entered row."""
    first, last = local_dates(span, rules.zone)
    return [opening for day in _days(first, last) for opening in _openings_on(rules, day)]


def repeated_hours(zone: ZoneInfo, span: Interval) -> list[Interval]:
    """Return the hours in `span` that happen twice, on the therapist's clock or the UK's.

    A start there could not be told apart from its twin on any page or clock face, so nothing is
    ever offered in them.
    """
    return [hour for clock in {zone, UK} for hour in _repeated_hours(span, clock)]


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _openings_on(rules: Rules, day: date) -> Iterable[Interval]:
    walls = rules.different.get(day)
    if walls is None:
        walls = [] if day in rules.holidays else _weekly_walls(rules, day)
    for opens, closes in (*walls, *rules.extra.get(day, ())):
        start, end = instant(day, opens, rules.zone), instant(day, closes, rules.zone)
        if start < end:
            yield start, end


def _weekly_walls(rules: Rules, day: date) -> list[tuple[int, int]]:
    weekday, ordinal = day.weekday(), day.toordinal()
    return [
        (row.opens, row.closes)
        for row in rules.weekly
        if row.weekday == weekday and row.first <= ordinal <= row.last
    ]


def instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """Return the epoch second of a wall time: the first, if it comes twice.

    One inside a skipped hour is the clock change.
    """
    midnight, change = settle(day, zone)
    if change is None:
        return midnight + minute * 60
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    early, late = wall.timestamp(), wall.replace(fold=1).timestamp()
    return int(early) if early <= late else change


@lru_cache(maxsize=4096)
def settle(day: date, zone: ZoneInfo) -> tuple[int, int | None]:
    """Return the epoch second of local midnight, and that of the clock change on `day` if any."""
    midnight = datetime.combine(day, time(), zone)
    start = int(midnight.timestamp())
    end = int(datetime.combine(day + ONE_DAY, time(), zone).timestamp())
    # Both ends count: zones that skip the hour after or before midnight change at that instant.
    if _offset(start - 1, zone) == _offset(end, zone):
        return start, None
    return start, _change_between(start - 1, end, zone)


def _offset(instant: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(instant, zone).utcoffset()


def _change_between(early: int, late: int, zone: ZoneInfo) -> int:
    """Halve until one second is left: the first instant that has the later offset."""
    before = _offset(early, zone)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    return late


def _repeated_hours(span: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    for day in _days(*local_dates(span, zone)):
        change = settle(day, zone)[1]
        if change is None:
            continue
        shift = _seconds(change - 1, zone) - _seconds(change, zone)
        if shift > 0:
            yield change - shift, change + shift


def _seconds(instant: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def whole_days(first: date, last: date, zone: ZoneInfo) -> Interval:
    """Return the span from the first date's midnight to the midnight after the last date."""
    return settle(first, zone)[0], settle(last + ONE_DAY, zone)[0]


def utc(instant: int) -> datetime:
    """Return the aware datetime of an epoch second."""
    return datetime.fromtimestamp(instant, UTC)
