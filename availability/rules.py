"""What keeps a start from being offered: each rule of `docs/rules.md` as starts that it forbids.

Pure: epoch seconds in, `Limit`s out. The engine merges them to say which starts are left; the same
limits say why one is not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from availability import walltime
from availability.engine import around
from availability.intervals import Interval
from availability.sunlight import Light, nights

# The values of `Service.Audience`, which a pure module cannot import.
CONSULTATION, SESSION = "new", "met"


class Rule(StrEnum):
    """Why a start is not offered."""

    HOURS = "hours"
    TAKEN = "taken"
    HELD = "held"
    ELSEWHERE = "elsewhere"
    GAP = "gap"
    LEAVE = "leave"
    CLOCK = "clock"
    DAYLIGHT = "daylight"
    DAY_CAP = "day cap"
    WEEK_CAP = "week cap"
    IN_A_ROW = "in a row"
    PAST = "past"
    NOTICE = "notice"
    HORIZON = "horizon"


class Meeting(NamedTuple):
    """A booking, what a visitor holds until an instant, or an appointment elsewhere.

    `gap` is its service's, in minutes; `audience` that of the service, empty for an appointment;
    `therapist` the id of whose it is.
    """

    start: int
    end: int
    format: str
    place: int | None = None
    gap: int = 0
    audience: str = ""
    visitor: str = ""
    until: int = 0
    therapist: int = 0

    @property
    def rule(self) -> Rule:
        """The rule that forbids to overlap it."""
        if self.visitor:
            return Rule.HELD
        return Rule.TAKEN if self.audience else Rule.ELSEWHERE


class Wanted(NamedTuple):
    """The meeting that is to be placed: `length` in seconds, `gap` in minutes."""

    length: int
    gap: int
    format: str
    audience: str
    place: int
    light: Light | None


@dataclass(frozen=True, slots=True)
class Caps:
    """How much the therapist works; None is no cap. `pause` in seconds ends a row of sessions."""

    day: int | None
    week: int | None
    row: int | None
    pause: int


class Limit(NamedTuple):
    """Starts that one rule forbids, from `first` to before `end`, and what it is about.

    The cause is a `Meeting`, a date, or the span of a leave, a night or a row of meetings.
    """

    first: int
    end: int
    rule: Rule
    cause: "Meeting | date | Interval"

    def rule_at(self, start: int, length: int) -> Rule:
        """Return the rule that forbids `start`: beside a meeting it is the gap."""
        if isinstance(self.cause, Meeting) and not (
            start < self.cause.end and start + length > self.cause.start
        ):
            return Rule.GAP
        return self.rule


# Format and place of a meeting; without a place, any.
Side = tuple[str, int | None]


class Gaps:
    """The table of minutes between two meetings, by format and place."""

    def __init__(self, rows: Iterable[tuple[Side, Side, int, bool]] = ()) -> None:
        """Take rows of `(before, after, minutes, both ways)`; a side without a place is any."""
        self._table: dict[tuple[Side, Side], int] = {}
        for before, after, minutes, both_ways in rows:
            for key in ((before, after), (after, before))[: 1 + both_ways]:
                self._table[key] = max(minutes, self._table.get(key, 0))

    def told_apart(self, side: Side) -> Side | None:
        """Return the side, or None while no row tells any from another."""
        return side if self._table else None

    def minutes(self, before: Side, after: Side) -> int:
        """Return the minutes from one meeting to the next; the row that names more places counts.

        Of two that name as many, the larger.
        """
        anywhere = (before[0], None), (after[0], None)
        tiers = (
            ((before, after),),
            ((before, anywhere[1]), (anywhere[0], after)),
            (anywhere,),
        )
        for tier in tiers if self._table else ():
            found = [self._table[key] for key in tier if key in self._table]
            if found:
                return max(found)
        return 0


def pauses(meeting: Meeting, wanted: Wanted, gaps: Gaps) -> tuple[int, int]:
    """Return the seconds to keep free before the meeting and after it."""
    there, here = (meeting.format, meeting.place), (wanted.format, wanted.place)
    least = max(meeting.gap, wanted.gap)
    before, after = gaps.minutes(here, there), gaps.minutes(there, here)
    return max(least, before) * 60, max(least, after) * 60


def near_meetings(meetings: Sequence[Meeting], wanted: Wanted, gaps: Gaps) -> Iterator[Limit]:
    """Forbid to overlap a meeting or to come too near to it."""
    for meeting, near in zip(meetings, spans_near(meetings, wanted, gaps), strict=True):
        yield Limit(*near, meeting.rule, meeting)


def spans_near(meetings: Iterable[Meeting], wanted: Wanted, gaps: Gaps) -> Iterator[Interval]:
    """Yield the starts that are forbidden near each meeting: who only wants starts asks no more."""
    known: dict[tuple[str, int | None, int], Interval] = {}
    for meeting in meetings:
        kind = meeting[2:5]  # format, place and gap, by which the pauses go
        reach = known.get(kind)
        if reach is None:
            reach = known[kind] = around(0, 0, wanted.length, *pauses(meeting, wanted, gaps))
        yield meeting[0] + reach[0], meeting[1] + reach[1]


def over(spans: Iterable[Interval], rule: Rule, length: int) -> Iterator[Limit]:
    """Forbid to overlap any of the spans, which need no gap."""
    for span in spans:
        yield Limit(*around(*span, length), rule, span)


def dark(light: Light | None, span: Interval, length: int) -> Iterator[Limit]:
    """Forbid what is not wholly in daylight; with no `light`, nothing."""
    if light:
        yield from over(nights(light, span), Rule.DAYLIGHT, length)


def capped(
    meetings: Sequence[Meeting], caps: Caps, zone: ZoneInfo, wanted: Wanted
) -> Iterator[Limit]:
    """Forbid what would be one session a day, or one consultation a week, too many."""
    if caps.day and wanted.audience == SESSION:
        for day, count in Counter(_days(meetings, SESSION, zone)).items():
            if count >= caps.day:
                yield Limit(*walltime.whole_days(day, day, zone), Rule.DAY_CAP, day)
    if caps.week and wanted.audience == CONSULTATION:
        days = _days(meetings, CONSULTATION, zone)
        mondays = Counter(day - timedelta(days=day.weekday()) for day in days)
        for monday, count in mondays.items():
            if count >= caps.week:
                week = walltime.whole_days(monday, monday + timedelta(days=6), zone)
                yield Limit(*week, Rule.WEEK_CAP, monday)


def _days(meetings: Iterable[Meeting], audience: str, zone: ZoneInfo) -> Iterator[date]:
    for meeting in meetings:
        if meeting.audience == audience:
            yield datetime.fromtimestamp(meeting.start, zone).date()


def in_a_row(meetings: Iterable[Meeting], caps: Caps, wanted: Wanted) -> Iterator[Limit]:
    """Forbid a start that would make a run of too many sessions without a break.

    The new meeting joins every run within less than the pause of it. Starts that join the runs
    from one to another make one run of them all, so each such pair forbids the starts that join it.
    """
    if not caps.row:
        return
    runs = _runs(meetings, caps)
    own = int(wanted.audience == SESSION)
    for index, (start, end, _) in enumerate(runs):
        count = own
        for later_start, later_end, sessions in runs[index:]:
            first = later_start - caps.pause - wanted.length + 1
            if first >= end + caps.pause:
                break
            count += sessions
            if count > caps.row:
                yield Limit(first, end + caps.pause, Rule.IN_A_ROW, (start, later_end))


def _runs(meetings: Iterable[Meeting], caps: Caps) -> list[tuple[int, int, int]]:
    """Return `(start, end, sessions)` of each run of meetings without a break between them."""
    runs: list[tuple[int, int, int]] = []
    for meeting in sorted(meetings, key=lambda one: one.start):
        session = int(meeting.audience == SESSION)
        if runs and meeting.start - runs[-1][1] < caps.pause:
            start, end, count = runs[-1]
            runs[-1] = (start, max(end, meeting.end), count + session)
        else:
            runs.append((meeting.start, meeting.end, session))
    return runs
