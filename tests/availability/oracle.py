"""What may be offered, found the slow and obvious way, and random practices to ask about.

Nothing here is shared with the code under test: each minute of a day is looked at on the clock of
the zone, and a meeting is judged minute by minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

UK_NAME = "Europe/London"
MINUTES = 24 * 60

# Three days around each change of the UK's clock, autumn and spring: in every example.
UK_CHANGES = (date(2026, 10, 24), date(2027, 3, 27), date(2027, 10, 30))
# And around the changes of zones that change on other days, by an hour after or before midnight,
# or never; Lord Howe changes by half an hour.
OWN_CHANGES = {
    UK_NAME: (date(2026, 11, 23),),
    "America/New_York": (date(2026, 10, 31), date(2027, 3, 13)),
    "Asia/Kathmandu": (date(2026, 11, 23),),
    "Africa/Cairo": (date(2026, 10, 28), date(2027, 4, 29)),
    "America/Havana": (date(2026, 10, 31), date(2027, 3, 13)),
    "Australia/Lord_Howe": (date(2027, 4, 3), date(2027, 10, 2)),
}
ZONES = (UK_NAME, *OWN_CHANGES)  # the UK twice as often


class Row(NamedTuple):
    """Hours on a weekday (Monday is 0), in minutes after midnight."""

    weekday: int
    opens: int
    closes: int


class Taken(NamedTuple):
    """A booking: minutes after the window's first midnight, its length, and its service's gap."""

    start: int
    length: int
    gap: int


@dataclass(frozen=True)
class Case:
    """A practice as its therapist enters it, and a client who asks. All lengths are minutes.

    What has a date is given as minutes after the first UK midnight of the window in question, or
    as a number of days after it, so that one case says as much about each window.
    """

    zone: str
    weekly: list[Row]
    different: dict[int, list[tuple[int, int]]]
    off: list[tuple[int, int]]
    taken: list[Taken]
    length: int
    step: int
    gap: int
    now: int
    notice_hours: int
    horizon_days: int

    def windows(self) -> list["Window"]:
        firsts = dict.fromkeys((*UK_CHANGES, *OWN_CHANGES[self.zone]))
        return [Window(self, first) for first in firsts]


@dataclass(frozen=True)
class Window:
    """A case, told of three days."""

    case: Case
    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(days=2)

    @property
    def midnight(self) -> datetime:
        moment = datetime(self.first.year, self.first.month, self.first.day, tzinfo=uk())
        return moment.astimezone(UTC)

    def at(self, minutes: int) -> datetime:
        """Minutes that pass, not minutes on a clock."""
        return self.midnight + timedelta(minutes=minutes)

    @property
    def now(self) -> datetime:
        return self.at(self.case.now)

    @property
    def different(self) -> dict[date, list[tuple[int, int]]]:
        return {self.first + timedelta(days=n): w for n, w in self.case.different.items()}

    def off(self) -> list[tuple[datetime, datetime]]:
        return [(self.at(start), self.at(start + length)) for start, length in self.case.off]

    def taken(self) -> list[tuple[datetime, datetime, int]]:
        return [(self.at(t.start), self.at(t.start + t.length), t.gap) for t in self.case.taken]


# --- the oracle


def uk() -> ZoneInfo:
    return ZoneInfo(UK_NAME)


def comes_twice(local: datetime) -> bool:
    """Whether the clock shows this wall time at two instants."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@cache
def clock(day: date, zone_name: str) -> list[tuple[int, int, bool]]:
    """Each minute of a local date: `(epoch minute, wall minute, comes twice there or in the UK)`.

    Every instant is asked for its wall time; no wall time is ever turned into an instant.
    """
    zone = ZoneInfo(zone_name)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    found = []
    for minute in range(-28 * 60, 28 * 60):
        moment = noon + timedelta(minutes=minute)
        local = moment.astimezone(zone)
        if local.date() == day:
            twice = comes_twice(local) or comes_twice(moment.astimezone(uk()))
            epoch = int(moment.timestamp()) // 60
            found.append((epoch, local.hour * 60 + local.minute, twice))
    return found


def bookable(window: Window) -> list[int]:
    """Return every start that the rules allow in the window, as epoch seconds, ascending."""
    starts = {start for start in _candidates(window) if _in_window(start, window)}
    return [start * 60 for start in sorted(starts)]


def _candidates(window: Window) -> Iterator[int]:
    """Each grid point of each row from which every minute of the meeting can be worked."""
    case, forbidden = window.case, _forbidden(window)
    for number in range(-1, 4):
        day = window.first + timedelta(days=number)
        for opens, closes in _rows(window, day):
            working = [minute for minute in clock(day, case.zone) if opens <= minute[1] < closes]
            free = {epoch for epoch, _, twice in working if not twice} - forbidden
            for start in range(working[0][0], working[-1][0] + 1, case.step) if working else ():
                if free.issuperset(range(start, start + case.length)):
                    yield start


def _rows(window: Window, day: date) -> list[tuple[int, int]]:
    if day in window.different:
        return window.different[day]
    return [(r.opens, r.closes) for r in window.case.weekly if r.weekday == day.weekday()]


def _forbidden(window: Window) -> set[int]:
    """Every minute that is leave, or a booking, or too near to one."""
    minutes: set[int] = set()
    for begin, end in window.off():
        minutes.update(range(_minute(begin), _minute(end)))
    for begin, end, gap in window.taken():
        apart = max(gap, window.case.gap)
        minutes.update(range(_minute(begin) - apart, _minute(end) + apart))
    return minutes


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _in_window(start: int, window: Window) -> bool:
    """Whether the start is in the three UK days, after the notice and up to the horizon."""
    moment = datetime.fromtimestamp(start * 60, UTC)
    day = moment.astimezone(uk()).date()
    today = window.now.astimezone(uk()).date()
    return (
        window.first <= day <= window.last
        and moment - window.now >= timedelta(hours=window.case.notice_hours)
        and (day - today).days <= window.case.horizon_days
    )


# --- random practices

# The hours in which clocks change, and then any.
WALLS = st.sampled_from([0, 30, 60, 75, 90, 105, 120, 135, 180, 540]) | st.integers(0, MINUTES - 2)


@st.composite
def hours(draw: st.DrawFn) -> tuple[int, int]:
    opens = draw(WALLS)
    length = draw(st.sampled_from([60, 120, 180, 480]) | st.integers(1, MINUTES))
    return opens, min(opens + length, MINUTES - 1)


def minutes_around_the_window(longest: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(-MINUTES, 4 * MINUTES), st.integers(1, longest))


ROWS = st.builds(lambda day, wall: Row(day, *wall), st.integers(0, 6), hours())
# On most examples the weekend is open, where the clocks change.
WEEKENDS = st.builds(lambda wall: [Row(5, *wall), Row(6, *wall)], hours())
TAKEN = st.builds(
    lambda span, gap: Taken(span[0], span[1], gap),
    minutes_around_the_window(180),
    st.sampled_from([0, 10, 15]) | st.integers(0, 240),
)
CASES = st.builds(
    Case,
    zone=st.sampled_from(ZONES),
    weekly=st.builds(
        lambda weekend, rows: [*weekend, *rows], WEEKENDS | st.just([]), st.lists(ROWS, max_size=4)
    ),
    different=st.dictionaries(st.integers(-1, 3), st.lists(hours(), max_size=2), max_size=2),
    off=st.lists(minutes_around_the_window(600), max_size=2),
    taken=st.lists(TAKEN, max_size=4),
    length=st.sampled_from([15, 50]) | st.integers(5, 480),
    step=st.sampled_from([15, 30, 60]) | st.integers(5, 240),
    gap=st.sampled_from([0, 10]) | st.integers(0, 240),
    now=st.just(-MINUTES) | st.integers(-2 * MINUTES, MINUTES),
    notice_hours=st.sampled_from([0, 1, 12]) | st.integers(0, 72),
    horizon_days=st.just(56) | st.integers(1, 5),
)
