"""What may be booked, found the slow and obvious way: docs/rules.md, a rule at a time.

Nothing here is shared with the code under test, and no rule knows of another: each is a function
that says whether it alone forbids a start. Wall times become instants by looking at each minute of
a day. `cases.py` draws random practices to ask about, `test_oracle.py` pins the oracle by hand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import astral
import astral.sun
import holidays

UK_NAME = "Europe/London"
DAY, HOUR, MINUTE = 24 * 3600, 3600, 60  # in seconds
SESSION, CONSULTATION = "session", "consultation"
ANY, OWN, OTHER = "", "own", "other"  # the service that hours are for, seen from the asked one

# Three days around each change of the UK's clock, autumn and spring: in every example.
UK_CHANGES = (date(2026, 10, 24), date(2027, 3, 27), date(2027, 10, 30))
# Christmas, Boxing Day (a Saturday) and its substitute; Good Friday. Easter Monday is the day after
# the change of 28 March.
BANK_HOLIDAYS = (date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 26))
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

# --- a practice, as its therapist enters it


class Row(NamedTuple):
    """Weekly hours (Monday is 0), in minutes after midnight, and the first and last day of them."""

    weekday: int
    opens: int
    closes: int
    formats: tuple[str, ...]
    service: str = ANY
    first: int | None = None
    last: int | None = None


class Dated(NamedTuple):
    """Hours of one date: as well as the others, or instead of them."""

    opens: int
    closes: int
    formats: tuple[str, ...]
    service: str = ANY
    adds: bool = False


class Off(NamedTuple):
    """Leave."""

    start: int
    length: int


class Elsewhere(NamedTuple):
    """An appointment elsewhere, and the format entered for it."""

    start: int
    length: int
    format: str


class Taken(NamedTuple):
    """A booking at one of the places, or a time that another visitor holds, at none (yet)."""

    start: int
    length: int
    gap: int
    kind: str
    format: str
    place: int | None = None
    held: bool = False


class Daylight(NamedTuple):
    """Where the sun is asked for, and how long it must be up before and after."""

    latitude: float
    longitude: float
    margin: int


class Place(NamedTuple):
    format: str
    daylight: Daylight | None = None
    in_use: bool = True


class Gap(NamedTuple):
    """A row of the gap table. A place is a number in the list of places, and of that format."""

    before: str
    after: str
    before_place: int | None
    after_place: int | None
    minutes: int
    both_ways: bool = False


@dataclass(frozen=True, eq=False)
class Case:
    """A practice as its therapist enters it, and a client who asks. All lengths are minutes.

    What has a date is given as minutes after the first UK midnight of the window in question, or
    as a number of days after its first day, so that one case says as much about each window.
    """

    # What is asked for.
    length: int
    step: int
    format: str
    gap: int = 0
    kind: str = SESSION
    only_own_hours: bool = False
    notice_hours: int = 0
    book_by: int | None = None  # a wall time of the UK day before
    horizon_days: int = 56
    # The therapist.
    zone: str = UK_NAME
    weekly: list[Row] = field(default_factory=list)
    different: dict[int, list[Dated]] = field(default_factory=dict)
    bank_holidays_off: bool = False
    worked: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    day_cap: int | None = None  # sessions
    week_cap: int | None = None  # consultations
    in_a_row: int | None = None  # sessions without a break of so many minutes
    break_minutes: int = 30
    early_days: int = 0  # 0: existing clients don't come first
    longest_session_horizon: int | None = None  # None: the therapist has no sessions
    # The diary.
    off: list[Off] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    now: int = -24 * 60

    def windows(self) -> list["Window"]:
        firsts = dict.fromkeys((*UK_CHANGES, *BANK_HOLIDAYS, *OWN_CHANGES[self.zone]))
        return [Window(self, first) for first in firsts]


@dataclass(frozen=True, eq=False)
class Window:
    """A case, told of three days."""

    case: Case
    first: date

    @property
    def last(self) -> date:
        return self.day(2)

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def at(self, minutes: int) -> datetime:
        """Minutes that pass, not minutes on a clock."""
        return moment(_midnight(self.first) + minutes * MINUTE)

    @property
    def now(self) -> datetime:
        return self.at(self.case.now)

    @property
    def different(self) -> dict[date, list[Dated]]:
        return {self.day(number): rows for number, rows in self.case.different.items()}

    @property
    def worked(self) -> list[date]:
        return [self.day(number) for number in self.case.worked]

    def span(self, entry: Off | Elsewhere | Taken) -> tuple[datetime, datetime]:
        return self.at(entry.start), self.at(entry.start + entry.length)

    def grid(self, place: int) -> list[int]:
        """Every grid point in the window, also where the meeting no longer fits (rules 1 to 4)."""
        if self.case.places[place].format != self.case.format:
            return []
        return sorted({start for start, _ in _points(self) if in_window(self, start)})


class Wish(NamedTuple):
    """The meeting that is asked for. Instants are epoch seconds from here on."""

    window: Window
    start: int
    end: int
    place: int


class Meeting(NamedTuple):
    """One that is in the diary, what it is there as, and what is known of it."""

    start: int
    end: int
    what: str
    format: str
    place: int | None
    gap: int
    kind: str


# --- the answers


def bookable(window: Window, place: int | None = None) -> list[int]:
    """Return every start that the rules allow in the window, at the place or at any."""
    case = window.case
    at_one = [
        n for n, known in enumerate(case.places) if known.in_use and known.format == case.format
    ]
    found = {
        start
        for number in at_one
        if place in (None, number)
        for start in window.grid(number)
        if not any(_broken(window, start, number))
    }
    return sorted(found)


def reasons(window: Window, start: int, place: int) -> frozenset[str]:
    """Name each rule that alone would forbid the start at the place."""
    return frozenset(_broken(window, start, place))


def _broken(window: Window, start: int, place: int) -> Iterator[str]:
    wish = Wish(window, start, start + window.case.length * MINUTE, place)
    return (name for name, forbids in RULES.items() if forbids(wish))


def shown(starts: Iterable[int]) -> list[int]:
    """Rule 15: the first of each UK morning, afternoon and evening."""
    parts: dict[tuple[date, str], int] = {}
    for start in sorted(starts):
        local = moment(start).astimezone(ZoneInfo(UK_NAME))
        part = "morning" if local.hour < 12 else "afternoon" if local.hour < 17 else "evening"
        parts.setdefault((local.date(), part), start)
    return sorted(parts.values())


def in_window(window: Window, start: int) -> bool:
    return window.first <= uk_day(start) <= window.last


# --- clocks


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def uk_day(start: int) -> date:
    return local_day(start, UK_NAME)


def local_day(start: int, zone_name: str) -> date:
    return datetime.fromtimestamp(start, ZoneInfo(zone_name)).date()


def comes_twice(local: datetime) -> bool:
    """Whether the clock shows this wall time at two instants."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@cache
def clock(day: date, zone_name: str) -> list[tuple[int, int, bool]]:
    """Each minute of a local date: `(its instant, its wall time, comes twice there or in the UK)`.

    Every instant is asked for its wall time; no wall time is ever turned into an instant.
    """
    zone, uk = ZoneInfo(zone_name), ZoneInfo(UK_NAME)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    found = []
    for minute in range(-28 * 60, 28 * 60):
        at = noon + timedelta(minutes=minute)
        local = at.astimezone(zone)
        if local.date() == day:
            twice = comes_twice(local) or comes_twice(at.astimezone(uk))
            found.append((seconds(at), local.hour * 60 + local.minute, twice))
    return found


@cache
def instant(day: date, wall: int, zone_name: str) -> int:
    """Rule 3: when the date's clock first shows the wall time or, if it skips it, a later one."""
    minutes = clock(day, zone_name)
    after = minutes[-1][0] + MINUTE
    return next((at for at, shown_then, _ in minutes if shown_then >= wall), after)


def _midnight(day: date) -> int:
    return instant(day, 0, UK_NAME)


# --- hours (rules 1 to 4)


def no_hours(wish: Wish) -> bool:
    at_place = wish.window.case.places[wish.place].format == wish.window.case.format
    return not at_place or wish.start not in _fitting(wish.window)


@lru_cache(maxsize=16)
def _fitting(window: Window) -> frozenset[int]:
    return frozenset(start for start, fits in _points(window) if fits)


def _points(window: Window) -> Iterator[tuple[int, bool]]:
    """Each point of each row's grid, and whether there are hours as long as the meeting goes on."""
    case = window.case
    spans = list(_spans(window))
    open_at = {minute for opens, closes in spans for minute in range(opens, closes, MINUTE)}
    for opens, closes in spans:
        for start in range(opens, closes, case.step * MINUTE):
            yield start, open_at.issuperset(range(start, start + case.length * MINUTE, MINUTE))


def _spans(window: Window) -> Iterator[tuple[int, int]]:
    """From when to when each row of hours is."""
    case = window.case
    for day in map(window.day, range(-2, 5)):
        for row in filter(partial(_counts, case), _rows(window, day)):
            opens, closes = (instant(day, wall, case.zone) for wall in (row.opens, row.closes))
            yield opens, closes


def _counts(case: Case, row: Row | Dated) -> bool:
    services = (OWN,) if case.only_own_hours else (OWN, ANY)
    return case.format in row.formats and row.service in services


def _rows(window: Window, day: date) -> list[Row | Dated]:
    dated = window.different.get(day, [])
    usual: list[Row | Dated] = [row for row in dated if not row.adds]
    if not usual and not _rests(window, day):
        usual = [row for row in window.case.weekly if _in_season(window, row, day)]
    return [*usual, *(row for row in dated if row.adds)]


def _in_season(window: Window, row: Row, day: date) -> bool:
    begun = row.first is None or window.day(row.first) <= day
    over = row.last is not None and window.day(row.last) < day
    return row.weekday == day.weekday() and begun and not over


def _rests(window: Window, day: date) -> bool:
    return window.case.bank_holidays_off and is_bank_holiday(day) and day not in window.worked


@cache
def is_bank_holiday(day: date) -> bool:
    """One on a weekend is kept on the day that stands in for it; Christmas Day on both."""
    named = holidays.country_holidays("GB", subdiv="ENG", years=day.year)
    name = named.get(day, "")
    is_moved = f"{name} (observed)" in named.values()
    return bool(name) and (not is_moved or name == "Christmas Day")


# --- what else is in the diary (rules 5 to 9)


@lru_cache(maxsize=16)
def _meetings(window: Window) -> list[Meeting]:
    found = []
    for entry in window.case.taken:
        start, end = map(seconds, window.span(entry))
        what, gap = "held" if entry.held else "taken", entry.gap * MINUTE
        found.append(Meeting(start, end, what, entry.format, entry.place, gap, entry.kind))
    for away in window.case.elsewhere:
        start, end = map(seconds, window.span(away))
        found.append(Meeting(start, end, "elsewhere", away.format, None, 0, "no service"))
    return found


def _overlap(one: Wish | Meeting, other: Wish | Meeting) -> bool:
    return one.start < other.end and other.start < one.end


def overlaps_a_meeting(what: str, wish: Wish) -> bool:
    return any(met.what == what and _overlap(wish, met) for met in _meetings(wish.window))


def too_near(wish: Wish) -> bool:
    """Rule 6, asked only of those meetings that the new one doesn't overlap anyway."""
    return any(
        wish.start < met.end + after and wish.end > met.start - before and not _overlap(wish, met)
        for met, before, after in _gaps(wish.window, wish.place)
    )


@lru_cache(maxsize=64)
def _gaps(window: Window, place: int) -> list[tuple[Meeting, int, int]]:
    """Each meeting, and how long before and after it the new one may not be."""
    case = window.case
    new = Meeting(0, 0, "new", case.format, place, case.gap * MINUTE, case.kind)
    return [
        (met, _gap(case.gaps, new, met), _gap(case.gaps, met, new)) for met in _meetings(window)
    ]


def _gap(table: list[Gap], before: Meeting, after: Meeting) -> int:
    """How long must pass from one meeting to another."""
    fitting = [row for row in table if _fits(row, before, after)]
    most = max(map(_places_named, fitting), default=0)
    listed = (row.minutes * MINUTE for row in fitting if _places_named(row) == most)
    return max(before.gap, after.gap, *listed)


def _fits(row: Gap, before: Meeting, after: Meeting) -> bool:
    return _fits_so(row, before, after) or (row.both_ways and _fits_so(row, after, before))


def _fits_so(row: Gap, before: Meeting, after: Meeting) -> bool:
    formats = row.before == before.format and row.after == after.format
    from_there = row.before_place in (None, before.place)
    return formats and from_there and row.after_place in (None, after.place)


def _places_named(row: Gap) -> int:
    return (row.before_place is not None) + (row.after_place is not None)


def on_leave(wish: Wish) -> bool:
    return any(wish.start < end and start < wish.end for start, end in _leave(wish.window))


@lru_cache(maxsize=16)
def _leave(window: Window) -> list[tuple[int, int]]:
    spans = map(window.span, window.case.off)
    return [(seconds(start), seconds(end)) for start, end in spans]


def in_a_repeated_hour(wish: Wish) -> bool:
    twice = _repeated(wish.window)
    minutes = range(wish.start // MINUTE * MINUTE, wish.end, MINUTE)
    return bool(twice) and not twice.isdisjoint(minutes)


@lru_cache(maxsize=16)
def _repeated(window: Window) -> frozenset[int]:
    days = map(window.day, range(-2, 6))
    return frozenset(at for day in days for at, _, twice in clock(day, window.case.zone) if twice)


def in_the_dark(wish: Wish) -> bool:
    asked = wish.window.case.places[wish.place].daylight
    if asked is None:
        return False
    light = _light(wish.window.first, asked)
    return not any(begin <= wish.start and wish.end <= end for begin, end in light)


@cache
def _light(first: date, asked: Daylight) -> list[tuple[float, float]]:
    """The light of the days around a window; where the sun never sets, that of days together."""
    joined: list[tuple[float, float]] = []
    for number in range(-3, 7):
        begin, end = _light_of_day(first + timedelta(days=number), asked)
        if joined and begin == joined[-1][1]:
            joined[-1] = joined[-1][0], end
        elif begin < end:
            joined.append((begin, end))
    return joined


def _light_of_day(day: date, asked: Daylight) -> tuple[float, float]:
    """From sunrise to sunset less the margins, on the clock of the place's sun.

    Starts are whole seconds and margins whole minutes, so that a part of a second in these changes
    nothing.
    """
    where = astral.Observer(asked.latitude, asked.longitude)
    zone = timezone(timedelta(hours=asked.longitude / 15))
    margin = asked.margin * MINUTE
    try:
        sunrise = astral.sun.sunrise(where, day, zone).timestamp()
        return sunrise + margin, astral.sun.sunset(where, day, zone).timestamp() - margin
    except ValueError:  # it never rises, or never sets
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
        up = astral.sun.elevation(where, astral.sun.noon(where, day, zone)) > 0
        return midnight, midnight + DAY if up else midnight


# --- caps (rules 10 to 12)


def day_is_full(wish: Wish) -> bool:
    case, day = wish.window.case, _local_day(wish, wish)
    if case.day_cap is None or case.kind != SESSION:
        return False
    return sum(_local_day(wish, met) == day for met in _met(wish, SESSION)) >= case.day_cap


def week_is_full(wish: Wish) -> bool:
    case, week = wish.window.case, _monday(_local_day(wish, wish))
    if case.week_cap is None or case.kind != CONSULTATION:
        return False
    met = _met(wish, CONSULTATION)
    return sum(_monday(_local_day(wish, one)) == week for one in met) >= case.week_cap


def _met(wish: Wish, kind: str) -> list[Meeting]:
    return [met for met in _meetings(wish.window) if met.kind == kind]


def _local_day(wish: Wish, meeting: Wish | Meeting) -> date:
    return local_day(meeting.start, wish.window.case.zone)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def too_many_in_a_row(wish: Wish) -> bool:
    case = wish.window.case
    if case.in_a_row is None:
        return False
    new = Meeting(wish.start, wish.end, "new", case.format, wish.place, 0, case.kind)
    runs = _runs([*_meetings(wish.window), new], case.break_minutes * MINUTE)
    own = next(run for run in runs if new in run)
    return sum(met.kind == SESSION for met in own) > case.in_a_row


def _runs(meetings: list[Meeting], pause: int) -> list[list[Meeting]]:
    runs: list[list[Meeting]] = []
    for meeting in sorted(meetings, key=lambda met: met.start):
        if runs and meeting.start - max(met.end for met in runs[-1]) < pause:
            runs[-1].append(meeting)
        else:
            runs.append([meeting])
    return runs


# --- clients only (rules 13 and 14)


def has_passed(wish: Wish) -> bool:
    return wish.start <= seconds(wish.window.now)


def too_soon(wish: Wish) -> bool:
    case, now = wish.window.case, seconds(wish.window.now)
    if has_passed(wish):
        return False
    short = wish.start - now < case.notice_hours * HOUR
    if case.book_by is None:
        return short
    return short or now > instant(uk_day(wish.start) - timedelta(days=1), case.book_by, UK_NAME)


def too_far_ahead(wish: Wish) -> bool:
    case = wish.window.case
    last, longest = case.horizon_days, case.longest_session_horizon
    if case.kind == CONSULTATION and case.early_days and longest is not None:
        last = min(last, longest - case.early_days)
    return (uk_day(wish.start) - uk_day(seconds(wish.window.now))).days > last


RULES: dict[str, Callable[[Wish], bool]] = {
    "hours": no_hours,
    "taken": partial(overlaps_a_meeting, "taken"),
    "held": partial(overlaps_a_meeting, "held"),
    "elsewhere": partial(overlaps_a_meeting, "elsewhere"),
    "gap": too_near,
    "leave": on_leave,
    "clock": in_a_repeated_hour,
    "daylight": in_the_dark,
    "day cap": day_is_full,
    "week cap": week_is_full,
    "in a row": too_many_in_a_row,
    "past": has_passed,
    "notice": too_soon,
    "horizon": too_far_ahead,
}
