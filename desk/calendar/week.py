"""A week as its page shows it: day by day, in a grid at a desk and as a list on a phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from availability.intervals import Interval
from desk.calendar import entries, free_times, week_diary
from desk.calendar.entries import Dark, Entry, Ground
from desk.calendar.lanes import side_by_side
from desk.calendar.week_clock import HOUR, ROW, Placed, WeekClock, Window, week_of
from desk.calendar.week_diary import WeekDiary, holiday_name
from desk.calendar.whose import Whose
from prose.dates import NBSP, UK, day_label, parse_day

# What is drawn at least, in hours of the clock.
USUAL = 8, 20
WEEKEND = 6  # the first day of it
# Of what is in the hours: where they are drawn, and what stands below.
DRAWN = ("meeting", "gone", "held", "busy")


@dataclass(frozen=True)
class Week:
    """One week of one diary, read and ready to be shown."""

    whose: Whose
    clock: WeekClock
    diary: WeekDiary
    now: datetime

    @cached_property
    def entries(self) -> list[Entry]:
        """All that the week has, but for what is free."""
        return [
            *entries.meetings(self.clock, self.diary, self.whose),
            *entries.held(self.clock, self.diary),
            *entries.off(self.clock, self.diary, self.whose),
        ]

    @cached_property
    def ground(self) -> list[Ground]:
        """What lies below them."""
        return list(entries.ground(self.clock, self.diary))

    @cached_property
    def window(self) -> Window:
        """The hours to draw: the usual ones, and whatever the week has besides, but for leave."""
        below = [one.placed for one in self.ground if one.kind == "hours"]
        seen = [*below, *(one.placed for one in self.entries if one.kind in DRAWN)]
        shift = bool(self.clock.back)
        first, last = USUAL[0] + shift, USUAL[1] + shift
        return Window(
            min([first, *(placed.first // HOUR for placed in seen)]),
            max([last, *(-(-placed.last // HOUR) for placed in seen)]),
        )

    @property
    def title(self) -> str:
        """Like "2 to 8 March 2026"; months and years are said twice where they differ."""
        first, last = self.clock.days[0], self.clock.days[-1]
        year = "" if first.year == last.year else f" {first.year}"
        month = "" if first.month == last.month else f"{NBSP}{first:%B}{year}"
        return f"{first.day}{month} to {last.day}{NBSP}{last:%B} {last.year}"

    @property
    def summary(self) -> str:
        """Like "9 meetings, 1 being booked, 6 hours still free"."""
        standing = sum(not one.is_cancelled for one in self.diary.bookings)
        said = [f"{standing or 'No'} meeting{'' if standing == 1 else 's'}"]
        if self.diary.holds:
            said.append(f"{len(self.diary.holds)} being held")
        left = free_times.hours_left(self.diary, self.now)
        if left is not None:
            said.append(f"{left or 'no'} hour{'' if left == 1 else 's'} still free")
        return ", ".join(said)

    @property
    def is_wide(self) -> bool:
        """Whether the weekend needs as much room as the other days."""
        below = [one.placed.day for one in self.ground if one.kind == "hours"]
        return max([0, *below, *(one.placed.day for one in self.entries)]) >= WEEKEND

    @property
    def today(self) -> int:
        """Which day is today; 0 for none of the week's."""
        today = self.now.astimezone(UK).date()
        return self.clock.days.index(today) + 1 if today in self.clock.days else 0

    def beside(self, weeks: int) -> str:
        """Return the address of a week before or after; empty where no diary reaches."""
        day = self.clock.monday + timedelta(weeks=weeks)
        return self.whose.week(day) if parse_day(f"{day}") else ""

    def frame(self) -> dict[str, Any]:
        """Return what surrounds the days: the hours beside them, the lines, and now."""
        window, rows = self.window, self.window.hours
        return {
            "hours": [(self.clock.hour_label(row), f"h{row - window.first} m0") for row in rows],
            "lines": f"h0 m0 u{len(rows)} v0",
            "now_at": window.at(self._now) if self.today else "",
        }

    @property
    def _now(self) -> Placed:
        minute = self.clock.minute(int(self.now.timestamp())) // ROW * ROW
        return Placed(self.today, minute, minute + ROW)


@dataclass(frozen=True)
class Shown:
    """An entry, a part of the ground or a free time, with its classes in the grid."""

    what: Any
    at: str
    url: str = ""
    is_in_hours: bool = True

    @property
    def classes(self) -> str:
        """How it looks, and where it is."""
        return f"{self.what.looks} {self.at}"


@dataclass(frozen=True)
class Opened:
    """What is opened: on which day, from when, and the classes of its card in the grid."""

    day: int
    start: int
    at: str
    kind: str = "card"


@dataclass(frozen=True)
class Day:
    """One day of it. `rows` come by their time, as a phone shows them."""

    number: int
    day: date
    is_today: bool
    url: str
    note: str
    ground: list[Shown]
    rows: list[Shown]

    @property
    def label(self) -> str:
        """Like "Tuesday 3 March"."""
        return day_label(self.day, year=False)


def read_week(whose: Whose, day: date, now: datetime, *, cancelled: bool = False) -> Week:
    """Read the week of a date."""
    clock = week_of(day)
    return Week(whose, clock, week_diary.read(whose, clock.span, now, cancelled=cancelled), now)


def days(week: Week, opened: Opened | None = None) -> Iterator[Day]:
    """Yield each day as it is shown; the card of what is opened comes after it."""
    for number, day in enumerate(week.clock.days, 1):
        free = _free(week, number)
        has_hours = any(_is_on(week.clock.day_span(number), span) for span in week.diary.hours)
        is_away = any(one.placed.day == number and one.is_whole_day for one in week.entries)
        walks = has_hours and not is_away
        dark = list(entries.dark(week.clock, week.diary, number)) if walks else []
        # Whoever has no mouse reaches the hours outside of the working ones by the day's name.
        inside = [one.url for one in free if one.is_in_hours]
        yield Day(
            number=number,
            day=day,
            is_today=number == week.today,
            url=next(iter([*inside, *(one.url for one in free)]), ""),
            note=holiday_name(day),
            ground=list(_ground(week, number, dark)),
            rows=_by_time(
                [*_entries(week, number), *_dark(week, dark), *free, *_card(opened, number)],
                week,
                number,
            ),
        )


def _is_on(day: Interval, span: Interval) -> bool:
    return span[0] < day[1] and day[0] < span[1]


def _ground(week: Week, number: int, dark: Sequence[Dark]) -> Iterator[Shown]:
    for one in [*week.ground, *dark]:
        if one.placed.day == number and (at := week.window.at(one.placed)):
            yield Shown(one, at)


def _dark(week: Week, dark: Sequence[Dark]) -> Iterator[Shown]:
    yield from (Shown(one, "") for one in dark if week.window.at(one.placed))


def _entries(week: Week, number: int) -> Iterator[Shown]:
    """Yield the entries of a day; leave lies below the others, which stand side by side."""
    mine = [one for one in week.entries if one.placed.day == number]
    leave = [one for one in mine if one.kind == "off"]
    for one in [*side_by_side(one for one in mine if one.kind != "off"), *leave]:
        yield Shown(one, week.window.at(one.placed), one.url)


def _card(opened: Opened | None, number: int) -> Iterator[Shown]:
    if opened and opened.day == number:
        yield Shown(opened, "")


def _by_time(rows: list[Shown], week: Week, number: int) -> list[Shown]:
    """Return the rows in their order; a day without any hours says so."""
    has_hours = any(_is_on(week.clock.day_span(number), span) for span in week.diary.hours)
    if not has_hours and not any(one.what.kind == "off" for one in rows):
        rows = [_closed(week, number), *rows]
    return sorted(rows, key=lambda one: one.what.start)


def _closed(week: Week, number: int) -> Shown:
    """Say that a day has no hours, and why if it is a bank holiday."""
    day, span = week.clock.days[number - 1], week.clock.day_span(number)
    is_holiday = day in week.diary.entered.holidays
    text = holiday_name(day) if is_holiday else "No hours"
    placed = next(week.clock.parts(span))
    entry = Entry("closed", text, start=span[0], placed=placed, time=entries.ALL_DAY)
    return Shown(entry, week.window.at(placed) if is_holiday else "")


def _free(week: Week, number: int) -> list[Shown]:
    """Return what can be pressed: in the grid each hour, on a phone each free part of the hours."""
    clock, diary = week.clock, week.diary
    spans = free_times.in_hours(clock, diary, number)
    found = [_pressed(week, "free", span, "") for span in spans]
    for cell in free_times.cells(clock, diary, number):
        if at := week.window.at(next(clock.parts(cell))):
            inside = any(begin <= cell[0] < end for begin, end in diary.hours)
            found.append(_pressed(week, "cell", cell, at, is_in_hours=inside))
    return found


def _pressed(week: Week, kind: str, span: Interval, at: str, *, is_in_hours: bool = True) -> Shown:
    begin, end = entries.moment(span[0]), entries.end_moment(span[1])
    entry = Entry(kind, f"Free until {end}", start=span[0], time=begin)
    start = free_times.start_of(span[0])
    return Shown(entry, at, week.whose.free_time(start) if start else "", is_in_hours)
