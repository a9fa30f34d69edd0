"""Where an instant stands in the grid of a week: by the UK's clock, Monday to Sunday.

In the week in which the clocks go back, the hour that comes twice has rows for both, and the second
of them is on one day alone; when they go forward, one day lacks an hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from availability import walltime
from availability.intervals import Interval
from prose.dates import UK, clock_label

DAYS, HOURS = 7, 24
DAY_SECONDS, HOUR = 86_400, 60
ROW = 5  # minutes
# What the UK's clocks repeat in October and skip in March, in minutes after midnight.
CHANGED = 60, 120


class Placed(NamedTuple):
    """A part of one day (1 is Monday), in minutes from the top of the grid: whole rows."""

    day: int
    first: int
    last: int


@dataclass(frozen=True)
class WeekClock:
    """The week that begins on a Monday."""

    monday: date

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Its dates."""
        return tuple(self.monday + timedelta(n) for n in range(DAYS))

    @cached_property
    def midnights(self) -> list[int]:
        """When each day begins, and the next week, as epoch seconds."""
        return [walltime.settle(self.monday + timedelta(n), UK)[0] for n in range(DAYS + 1)]

    @cached_property
    def span(self) -> Interval:
        """The whole week."""
        return self.midnights[0], self.midnights[-1]

    def day_span(self, day: int) -> Interval:
        """Return the whole of one day."""
        return self.midnights[day - 1], self.midnights[day]

    @cached_property
    def back(self) -> int:
        """The day on which the clocks go back; 0 if they don't."""
        return next((n for n, length in self._lengths if length > DAY_SECONDS), 0)

    @cached_property
    def forward(self) -> int:
        """The day on which they go forward; 0 if they don't."""
        return next((n for n, length in self._lengths if length < DAY_SECONDS), 0)

    @property
    def _lengths(self) -> Iterator[tuple[int, int]]:
        for number, (begin, end) in enumerate(pairwise(self.midnights), 1):
            yield number, end - begin

    @property
    def hours(self) -> int:
        """How many hours the grid has from top to bottom."""
        return HOURS + bool(self.back)

    def minute(self, instant: int) -> int:
        """Return how far down the grid an instant is."""
        wall = datetime.fromtimestamp(instant, UK)
        minute = wall.hour * HOUR + wall.minute
        is_below = self.back and (wall.fold or minute >= CHANGED[1])
        return minute + HOUR if is_below else minute

    def parts(self, span: Interval) -> Iterator[Placed]:
        """Yield what each day of the week has of a span, in whole rows."""
        for day in range(1, DAYS + 1):
            midnight, next_midnight = self.day_span(day)
            begin, end = max(span[0], midnight), min(span[1], next_midnight)
            if begin < end:
                # The end by the last second before it: an end at midnight is the day's own.
                first, last = self.minute(begin), self.minute(end - 1) + 1
                yield Placed(day, first // ROW * ROW, -(-last // ROW) * ROW)

    def unreal(self) -> Iterator[tuple[Placed, str]]:
        """Yield the hours of the grid that some days don't have, and why."""
        if self.back:
            first, last = CHANGED[1], CHANGED[1] + HOUR
            for day in range(1, DAYS + 1):
                if day != self.back:
                    weekday = f"{self.days[self.back - 1]:%A}"
                    yield Placed(day, first, last), f"Only {weekday} has this hour twice"
        if self.forward:
            yield Placed(self.forward, *CHANGED), "The clocks go forward: there is no 1am"

    def hour_label(self, row: int) -> str:
        """Return what stands beside the row of an hour, like "8am"; the second 1am says so."""
        again = self.back and row * HOUR == CHANGED[1]
        hour = row - 1 if self.back and row * HOUR >= CHANGED[1] else row
        return f"{clock_label(time(hour))} again" if again else clock_label(time(hour))

    def cells(self, day: int) -> Iterator[Interval]:
        """Yield the hours of a day by the clock, from midnight on, each once."""
        date_of, (_, next_midnight) = self.days[day - 1], self.day_span(day)
        begins = [walltime.instant(date_of, hour * HOUR, UK) for hour in range(HOURS)]
        yield from ((a, b) for a, b in pairwise([*begins, next_midnight]) if a < b)


def week_of(day: date) -> WeekClock:
    """Return the week that a date is in."""
    return WeekClock(day - timedelta(day.weekday()))


@dataclass(frozen=True, slots=True)
class Window:
    """The hours that are drawn, as rows of the grid, and what an element's classes say of them."""

    first: int
    last: int

    @property
    def hours(self) -> range:
        """The rows of hours."""
        return range(self.first, self.last)

    def at(self, placed: Placed) -> str:
        """Return the classes of a place: its day, from which hour and minute, and until which.

        Hours count from the window's first; nothing if it lies outside.
        """
        top = self.first * HOUR
        begin = max(placed.first - top, 0)
        end = min(placed.last, self.last * HOUR) - top
        if begin >= end:
            return ""
        (h, m), (u, v) = divmod(begin, HOUR), divmod(end, HOUR)
        return f"d{placed.day} h{h} m{m} u{u} v{v}"
