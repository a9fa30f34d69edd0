"""What is free in a week of a diary: the hours of its grid that can be pressed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from availability.intervals import Interval
from availability.walltime import utc
from desk.calendar.week_clock import WeekClock
from desk.calendar.week_diary import WeekDiary
from prose.dates import parse_slot, slot_value

# What is shorter is no time to press: a meeting would not fit.
LEAST = 15 * 60


def without(spans: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """Return what is left of the spans; `taken` is merged, and so in order."""
    left = []
    for begin, end in spans:
        at = begin
        for first, last in taken:
            if last <= at or first >= end:
                continue
            if at < first:
                left.append((at, first))
            at = last
        if at < end:
            left.append((at, end))
    return left


def start_of(instant: int) -> datetime | None:
    """Return the moment of a free time; None where the clock doesn't say which it is."""
    return parse_slot(slot_value(utc(instant)))


def _long_enough(spans: Sequence[Interval]) -> Iterator[Interval]:
    for span in spans:
        if span[1] - span[0] >= LEAST and start_of(span[0]):
            yield span


def cells(clock: WeekClock, diary: WeekDiary, day: int) -> list[Interval]:
    """Return what is free of each hour of a day, in working hours or not."""
    begin, end = clock.day_span(day)
    taken = [one for one in diary.taken if one[0] < end and begin < one[1]]
    return list(_long_enough(without(list(clock.cells(day)), taken)))


def in_hours(clock: WeekClock, diary: WeekDiary, day: int) -> list[Interval]:
    """Return what is free of the working hours of a day."""
    midnight, next_midnight = clock.day_span(day)
    spans = [(max(a, midnight), min(b, next_midnight)) for a, b in diary.hours]
    return list(_long_enough(without([one for one in spans if one[0] < one[1]], diary.taken)))


def around(clock: WeekClock, diary: WeekDiary, start: int) -> Interval | None:
    """Return the free time that an instant begins: until what comes next, at most until midnight.

    None if it is taken.
    """
    for day in range(1, len(clock.days) + 1):
        for begin, end in without([clock.day_span(day)], diary.taken):
            if begin <= start < end:
                return start, end
    return None


def hours_left(diary: WeekDiary, now: datetime) -> int | None:
    """Return how many hours of the working time are still free; None once it has all been."""
    from_now = [(max(begin, int(now.timestamp())), end) for begin, end in diary.hours]
    to_come = [one for one in from_now if one[0] < one[1]]
    if not to_come:
        return None
    return sum(end - begin for begin, end in without(to_come, diary.taken)) // 3600
