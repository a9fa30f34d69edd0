"""The day strip and the times of one day: what the second step shows.

The strip and the list are joined in Python: a template loop over them costs several times the
rest of the page.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from availability import walltime
from availability.intervals import Interval
from availability.window import horizon_span, last_day
from bookings import slots
from front.choice import Choice
from front.visitor import NOBODY, Viewer
from front.zones import beside
from prose.dates import NBSP, UK, day_label, slot_value, time_label

STRIP_DAYS = 21
# The parts of a day: id, heading and the hour in which it begins.
PARTS = (("am", "Morning", 0), ("pm", "Afternoon", 12), ("ev", "Evening", 17))


@dataclass(frozen=True, slots=True)
class Strip:
    """Three weeks from a Monday, and the starts that are free in them (epoch seconds)."""

    monday: date
    today: date
    last: date
    starts: tuple[int, ...]

    @property
    def end(self) -> date:
        """The first day after the strip."""
        return self.monday + timedelta(days=STRIP_DAYS)

    @property
    def earlier(self) -> date | None:
        """The Monday of the weeks before, unless they are past."""
        return self.monday - timedelta(days=STRIP_DAYS) if self.monday > self.today else None

    @property
    def later(self) -> date | None:
        """The Monday of the weeks after, unless they are beyond the horizon."""
        return self.end if self.end <= self.last else None

    def on(self, day: date) -> Sequence[int]:
        """Return the free starts of one day."""
        begin, end = walltime.whole_days(day, day, UK)
        return self.starts[bisect_left(self.starts, begin) : bisect_left(self.starts, end)]

    def day_for(self, wanted: date | None) -> date | None:
        """Return the day to open: the first with a free start, from the `wanted` one on.

        Where none comes after it, the last before it.
        """
        if not self.starts:
            return None
        from_then = bisect_left(self.starts, _midnight(wanted)) if wanted else 0
        return _uk_day(self.starts[min(from_then, len(self.starts) - 1)])


def _midnight(day: date) -> int:
    return walltime.whole_days(day, day, UK)[0]


def _uk_day(instant: int) -> date:
    return datetime.fromtimestamp(instant, UK).date()


def read_strip(
    choice: Choice, wanted: date | None, now: datetime, viewer: Viewer = NOBODY
) -> Strip:
    """Return the three weeks that hold `wanted`, or else the first ones with a free time.

    One look at the diary: over the three weeks, or over the whole horizon to find the first. Where
    the therapist is discreet, strangers see some of the free times.
    """
    strip = _strip(choice, wanted, now, viewer.visitor)
    if choice.service.therapist.is_discreet and not viewer.is_client:
        return replace(strip, starts=tuple(shown(strip.starts)))
    return strip


def _strip(choice: Choice, wanted: date | None, now: datetime, visitor: str) -> Strip:
    today = now.astimezone(UK).date()
    last = last_day(choice.service, now)
    if wanted is not None:
        monday = _monday_of_strip(max(min(wanted, last), today), today)
        starts = _free(choice, _span(monday), now, visitor)
        return Strip(monday, today, last, tuple(starts))
    starts = _free(choice, horizon_span([choice.service], now), now, visitor)
    first = _uk_day(starts[0]) if starts else today
    monday = _monday_of_strip(first, today)
    begin, end = _span(monday)
    held = starts[bisect_left(starts, begin) : bisect_left(starts, end)]
    return Strip(monday, today, last, tuple(held))


def _free(choice: Choice, span: Interval, now: datetime, visitor: str) -> list[int]:
    starts = slots.free_starts(
        choice.service,
        choice.format,
        span,
        now,
        choice.version,
        visitor,
        moving=choice.moving,
        length=choice.length,
    )
    return starts if choice.hides is None else [one for one in starts if one != choice.hides]


def shown(starts: Sequence[int]) -> list[int]:
    """Return the first start of each morning, afternoon and evening; the rest is only hidden."""
    seen: set[tuple[date, str]] = set()
    found = []
    for start in starts:
        moment = datetime.fromtimestamp(start, UK)
        part = moment.date(), part_of(moment.hour)
        if part not in seen:
            seen.add(part)
            found.append(start)
    return found


def _monday_of_strip(day: date, today: date) -> date:
    """Strips follow one another from this week's Monday, so that a day is always in the same."""
    this_monday = today - timedelta(days=today.weekday())
    return this_monday + timedelta(days=(day - this_monday).days // STRIP_DAYS * STRIP_DAYS)


def _span(monday: date) -> Interval:
    return walltime.whole_days(monday, monday + timedelta(days=STRIP_DAYS - 1), UK)


def strip_label(strip: Strip) -> str:
    """Like "2 to 22 March", "23 November to 13 December"."""
    return range_label(strip.monday, strip.end - timedelta(days=1))


def range_label(first: date, last: date) -> str:
    """Write a range of days without repeating a month."""
    begin = str(first.day) if first.month == last.month else f"{first.day}{NBSP}{first:%B}"
    return f"{begin} to {last.day}{NBSP}{last:%B}"


def days_html(strip: Strip, base: str, chosen: date | None) -> SafeString:
    """Return the strip's list items: open days as links that begin with `base`."""
    head = conditional_escape(base)
    days = (strip.monday + timedelta(days=n) for n in range(STRIP_DAYS))
    return SafeString("".join(_day_html(day, len(strip.on(day)), head, chosen) for day in days))


def _day_html(day: date, free: int, head: str, chosen: date | None) -> str:
    """One day. Built from numbers, names of days and the escaped `head` alone."""
    if not free:
        return f'<li aria-hidden="true"><span class="kt-day kt-day--off">{day.day}</span></li>'
    mark = ' aria-current="date"' if day == chosen else ""
    weekday, month = _names(day)
    times = "time" if free == 1 else "times"
    return (
        f'<li><a class="kt-day" href="{head}&amp;day={day.isoformat()}"{mark}>'
        f'<span><span class="visually-hidden">{weekday} </span>{day.day}'
        f'<span class="visually-hidden"> {month}, </span></span>'
        f'<small>{free}<span class="kt-day__w"> free</span>'
        f'<span class="visually-hidden"> {times}</span></small></a></li>'
    )


# The names of a day and the words of a time never change: writing them takes longer than the rest.
@lru_cache(maxsize=1024)
def _names(day: date) -> tuple[str, str]:
    """Return the day's weekday and month."""
    return f"{day:%A}", f"{day:%B}"


def part_of(hour: int) -> str:
    """Return the id of the part of the day that an hour belongs to."""
    return next(key for key, _, begin in reversed(PARTS) if begin <= hour)


def parts(starts: Sequence[int], zone: str = "") -> Iterator[tuple[str, str, SafeString]]:
    """Yield `(id, heading, buttons)` of each part of the day that has a free time."""
    times = [_button(start, zone) for start in starts]
    for key, heading, _ in PARTS:
        buttons = [button for hour, button in times if part_of(hour) == key]
        if buttons:
            yield key, heading, SafeString("".join(buttons))


@lru_cache(maxsize=4096)
def _button(instant: int, zone: str) -> tuple[int, str]:
    """One time, with its hour: a press goes on with it. Built from digits and escaped words."""
    moment = datetime.fromtimestamp(instant, UK)
    return moment.hour, (
        f'<button class="kt-slot" name="slot" value="{slot_value(moment)}">'
        f"{beside(time_label(moment), moment, zone)}</button>"
    )


def nearest(strip: Strip, missed: datetime, count: int = 2) -> list[datetime]:
    """Return the free times closest to one that was missed, in order of time."""
    by_distance = sorted(strip.starts, key=lambda start: abs(start - missed.timestamp()))
    return [datetime.fromtimestamp(start, UK) for start in sorted(by_distance[:count])]


def heading(day: date) -> str:
    """Like "Tuesday 3 March"."""
    return day_label(day, year=False)
