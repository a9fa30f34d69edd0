"""What the therapist entered, turned into instants: the only file that knows local time.

Weekly hours are wall time in the therapist's zone. Each date is settled once: on an ordinary day
a wall time is local midnight plus minutes; only on a day whose clock changes is it looked up.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

from availability.intervals import Interval
from prose.dates import UK

ONE_DAY = timedelta(days=1)
# The end of a day, in minutes after its midnight on the clock: no time of that day.
MIDNIGHT_AFTER = 1440


class Hours(NamedTuple):
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


CHRISTMAS, STANDS_IN = "Christmas Day", " (observed)"


@lru_cache(maxsize=256)
def bank_holidays(first: date, last: date) -> frozenset[date]:
    """Return the bank holidays of England from the first to the last date, as they are kept.

    One on a weekend is kept on the day that stands in for it, and only then. Christmas Day itself
    is a holiday too, on whatever day of the week.
    """
    years = range(first.year, last.year + 1)
    return frozenset(day for year in years for day in _holidays_of(year) if first <= day <= last)


def kept_instead(day: date) -> date | None:
    """Return the day that stands in for a bank holiday on a weekend; None for any other day."""
    named = _named_holidays(day.year)
    stands_in = f"{named.get(day)}{STANDS_IN}"
    return next((one for one, name in named.items() if name == stands_in), None)


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    named = _named_holidays(year)
    moved = {name.removesuffix(STANDS_IN) for name in named.values() if name.endswith(STANDS_IN)}
    return frozenset(day for day, name in named.items() if name not in moved - {CHRISTMAS})


def _named_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))


@lru_cache(maxsize=256)
def local_dates(span: Interval, zone: tzinfo) -> tuple[date, date]:
    """Return the first and last local date that the half-open span touches."""
    first = datetime.fromtimestamp(span[0], zone).date()
    return first, datetime.fromtimestamp(max(span[0], span[1] - 1), zone).date()


def openings(rules: Rules, span: Interval) -> list[Interval]:
    """Return the working time of each date that `span` touches, one interval an entered row."""
    return list(openings_in_turn(rules, span))


def openings_in_turn(rules: Rules, span: Interval) -> Iterable[Interval]:
    """Return them by their start: who wants the first that will do looks at no further date."""
    dates = local_dates(span, rules.zone)
    if rules.different or rules.extra:
        return _openings(rules, *dates)
    return _usual_openings(rules.zone, tuple(rules.weekly), frozenset(rules.holidays), *dates)


@lru_cache(maxsize=256)
def _usual_openings(
    zone: ZoneInfo, weekly: tuple[Hours, ...], rest: frozenset[date], first: date, last: date
) -> Sequence[Interval]:
    """Return the openings of weekly hours alone, which seldom change."""
    return list(_openings(Rules(zone, weekly, holidays=rest), first, last))


def _openings(rules: Rules, first: date, last: date) -> Iterator[Interval]:
    week: list[list[Hours]] = [[] for _ in range(7)]
    for row in sorted(rules.weekly):
        week[row.weekday].append(row)
    for day, midnight, change in _settled(first, last, rules.zone):
        for _, opens, closes, from_day, to_day in _hours_on(day, rules, week[day.weekday()]):
            if not from_day <= day.toordinal() <= to_day:
                continue
            start, end = midnight + opens * 60, midnight + closes * 60
            if change is not None:
                start, end = instant(day, opens, rules.zone), instant(day, closes, rules.zone)
            if start < end:
                yield start, end


@lru_cache(maxsize=256)
def repeated_hours(zone: ZoneInfo, span: Interval) -> Sequence[Interval]:
    """Return the hours in `span` that happen twice, on the therapist's clock or the UK's.

    A start there could not be told apart from its twin on any page or clock face, so nothing is
    ever offered in them.
    """
    return [hour for clock in {zone, UK} for hour in _repeated_hours(span, clock)]


def _hours_on(day: date, rules: Rules, weekly: Sequence[Hours]) -> Sequence[Hours]:
    """Return the hours of one date by their opening; its weekday has these weekly ones."""
    walls = rules.different.get(day)
    extra = rules.extra.get(day, ())
    if walls is None and not extra:
        return () if day in rules.holidays else weekly
    kept = weekly if walls is None and day not in rules.holidays else ()
    return sorted([*kept, *(Hours(day.weekday(), *wall) for wall in (*(walls or ()), *extra))])


def instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """Return the epoch second of a wall time: the first, if it comes twice.

    One inside a skipped hour is the clock change.
    """
    midnight, change = settle(day, zone)
    if change is None:
        return midnight + minute * 60
    if minute == MIDNIGHT_AFTER:
        return settle(day + ONE_DAY, zone)[0]
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    early, late = wall.timestamp(), wall.replace(fold=1).timestamp()
    return int(early) if early <= late else change


@lru_cache(maxsize=4096)
def settle(day: date, zone: tzinfo) -> tuple[int, int | None]:
    """Return the epoch second of local midnight, and that of the clock change on `day` if any."""
    midnight = datetime.combine(day, time(), zone)
    start = int(midnight.timestamp())
    end = int(datetime.combine(day + ONE_DAY, time(), zone).timestamp())
    # Both ends count: zones that skip the hour after or before midnight change at that instant.
    if _offset(start - 1, zone) == _offset(end, zone):
        return start, None
    return start, _change_between(start - 1, end, zone)


@lru_cache(maxsize=256)
def _settled(first: date, last: date, zone: ZoneInfo) -> list[tuple[date, int, int | None]]:
    """Return each date from the first to the last, with what `settle` says of it."""
    ordinals = range(first.toordinal(), last.toordinal() + 1)
    return [(day, *settle(day, zone)) for day in map(date.fromordinal, ordinals)]


def _offset(instant: int, zone: tzinfo) -> timedelta | None:
    return datetime.fromtimestamp(instant, zone).utcoffset()


def _change_between(early: int, late: int, zone: tzinfo) -> int:
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
    for _, _, change in _settled(*local_dates(span, zone), zone):
        if change is None:
            continue
        shift = _seconds(change - 1, zone) - _seconds(change, zone)
        if shift > 0:
            yield change - shift, change + shift


def _seconds(instant: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def whole_days(first: date, last: date, zone: tzinfo) -> Interval:
    """Return the span from the first date's midnight to the midnight after the last date."""
    return settle(first, zone)[0], settle(last + ONE_DAY, zone)[0]


def utc(instant: int) -> datetime:
    """Return the aware datetime of an epoch second."""
    return datetime.fromtimestamp(instant, UTC)
