"""A month at a glance: how much each day has, and the way to its week."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from django.db import connection

from availability import snapshot, walltime
from availability.intervals import Interval, merge
from availability.snapshot import Entered
from availability.walltime import ONE_DAY
from bookings import busy
from desk.calendar.week_clock import DAYS
from desk.calendar.week_diary import holiday_name, hours_in
from desk.calendar.whose import Whose
from prose.dates import UK, day_label, parse_day

NO_HOURS = "No hours"


@dataclass(frozen=True)
class MonthDay:
    """One day: how many meetings, and what else it is in a few words."""

    day: date
    url: str
    is_inside: bool
    is_today: bool
    count: int
    notes: list[str]
    is_away: bool

    # What a phone has no room to say of so many days.
    plain: ClassVar = (NO_HOURS,)

    @property
    def label(self) -> str:
        """What is read out, like "Tuesday 3 March: 2 meetings, leave"."""
        meetings = f"{self.count} meeting{'' if self.count == 1 else 's'}"
        said = ", ".join([meetings, *(note.lower() for note in self.notes)])
        return f"{day_label(self.day, year=False)}: {said}"


@dataclass(frozen=True)
class Month:
    """A month as its page shows it."""

    first: date
    weeks: list[list[MonthDay]]
    before: str
    after: str

    @property
    def title(self) -> str:
        """Like "March 2026"."""
        return f"{self.first:%B} {self.first.year}"

    @property
    def count(self) -> int:
        """How many meetings the month has."""
        return sum(day.count for week in self.weeks for day in week if day.is_inside)


def month_of(whose: Whose, day: date, today: date) -> Month:
    """Read the month of a date, in whole weeks: two queries."""
    first = day.replace(day=1)
    days = list(_days(first))
    span = walltime.whole_days(days[0], days[-1], UK)
    with connection.cursor() as cursor:
        entered = snapshot.entered(cursor, [whose.therapist], span)[whose.therapist.pk]
        found = busy.meetings_of(cursor, [whose.therapist.pk], span)[whose.therapist.pk]
    counts = Counter(_uk_day(one.start) for one in found if not one.visitor)
    hours = hours_in(entered, span)
    cells = [
        MonthDay(
            day=one,
            url=f"{whose.week(one)}#d{one.isoweekday()}",
            is_inside=one.month == first.month,
            is_today=one == today,
            count=counts[one],
            notes=list(_notes(one, entered, hours)),
            is_away=_is_away(one, entered),
        )
        for one in days
    ]
    weeks = [cells[n : n + DAYS] for n in range(0, len(cells), DAYS)]
    before, after = first - ONE_DAY, first.replace(day=28) + timedelta(days=4)
    return Month(first, weeks, _address(whose, before), _address(whose, after.replace(day=1)))


def _address(whose: Whose, day: date) -> str:
    """Return the address of a month; none where no diary reaches."""
    return whose.month(day) if parse_day(f"{day}") else ""


def _days(first: date) -> Iterator[date]:
    """Yield the dates from the Monday before the first to the Sunday after the month's last."""
    day = first - timedelta(first.weekday())
    next_month = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    while day < next_month or day.weekday():
        yield day
        day += ONE_DAY


def _uk_day(instant: int) -> date:
    return walltime.utc(instant).astimezone(UK).date()


def _is_away(day: date, entered: Entered) -> bool:
    """Whether all of a day is leave."""
    begin, end = walltime.whole_days(day, day, UK)
    return any(one[0] <= begin and end <= one[1] for one in merge(entered.leave()))


def _notes(day: date, entered: Entered, hours: list[Interval]) -> Iterator[str]:
    """Yield what a day is besides its meetings: a bank holiday, leave, without hours."""
    begin, end = walltime.whole_days(day, day, UK)
    if name := holiday_name(day):
        yield name
    away = [one for one in entered.leave() if one[0] < end and begin < one[1]]
    open_hours = [one for one in hours if one[0] < end and begin < one[1]]
    if away:
        yield "Leave" if _is_away(day, entered) else "Part leave"
    elif not open_hours and day not in entered.holidays:
        yield NO_HOURS
