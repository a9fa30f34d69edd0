"""The day strip and the times of one day: what the second step shows.

The strip and the list are joined in Python: a template loop over them costs several times the
rest of the page.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from availability import rules
from availability.intervals import Interval
from availability.models import Format, Service
from availability.reads import Version
from availability.uk_time import NBSP, UK, day_label, slot_value, time_label
from bookings import slots

STRIP_DAYS = 21
NOON, EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class Choice:
    """What and how: the first step's answer."""

    service: Service
    format: str
    # The versions under which the service was read; None where nobody looked.
    version: Version | None = None

    @property
    def query(self) -> dict[str, str]:
        """The choice as parameters of a link."""
        query = {"what": self.service.slug, "how": self.format}
        return {**query, "who": self.service.therapist.slug}

    @property
    def format_label(self) -> str:
        """Like "Online"."""
        return str(Format(self.format).label)

    @property
    def label(self) -> str:
        """Like "Free 15-minute consultation, online"."""
        return f"{self.service.title}, {self.format_label.lower()}"

    def link(self, name: str, **extra: str) -> str:
        """Return the address of a step that carries the choice."""
        given = {key: value for key, value in extra.items() if value}
        return f"{_path(name)}?{urlencode({**self.query, **given})}"


# A page has a handful of links to two or three steps, and each look at the map costs as much as
# the rest of the link.
_path = lru_cache(maxsize=16)(reverse)


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
        begin, end = rules.whole_days(day, day, UK)
        return self.starts[bisect_left(self.starts, begin) : bisect_left(self.starts, end)]

    def first_day(self) -> date | None:
        """Return the first day with a free start."""
        return _uk_day(self.starts[0]) if self.starts else None


def _uk_day(instant: int) -> date:
    return datetime.fromtimestamp(instant, UK).date()


def read_strip(choice: Choice, wanted: date | None, now: datetime) -> Strip:
    """Return the three weeks that hold `wanted`, or else the first ones with a free time.

    One look at the diary: over the three weeks, or over the whole horizon to find the first.
    """
    today = now.astimezone(UK).date()
    last = slots.last_day(choice.service, now)
    if wanted is not None:
        monday = _monday_of_strip(min(max(wanted, today), last), today)
        span = _span(monday)
        starts = _free(choice, span, now)
        return Strip(monday, today, last, tuple(starts))
    starts = _free_to_the_horizon(choice, now)
    first = _uk_day(starts[0]) if starts else today
    monday = _monday_of_strip(first, today)
    begin, end = _span(monday)
    held = starts[bisect_left(starts, begin) : bisect_left(starts, end)]
    return Strip(monday, today, last, tuple(held))


def next_free(choice: Choice, now: datetime) -> int | None:
    """Return the first free start up to the horizon: one look at the diary, however full it is."""
    starts = _free_to_the_horizon(choice, now)
    return starts[0] if starts else None


def _free_to_the_horizon(choice: Choice, now: datetime) -> list[int]:
    # Whole days: the same span all day long, so that one look serves everybody.
    today = now.astimezone(UK).date()
    last = slots.last_day(choice.service, now)
    return _free(choice, rules.whole_days(today, last, UK), now)


def _free(choice: Choice, span: Interval, now: datetime) -> list[int]:
    return slots.free_starts(choice.service, choice.format, span, now, choice.version)


def _monday_of_strip(day: date, today: date) -> date:
    """Strips follow one another from this week's Monday, so that a day is always in the same."""
    this_monday = today - timedelta(days=today.weekday())
    return this_monday + timedelta(days=(day - this_monday).days // STRIP_DAYS * STRIP_DAYS)


def _span(monday: date) -> Interval:
    return rules.whole_days(monday, monday + timedelta(days=STRIP_DAYS - 1), UK)


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
    return (
        f'<li><a class="kt-day" href="{head}&amp;day={day.isoformat()}"{mark}>'
        f'<span><span class="visually-hidden">{weekday} </span>{day.day}'
        f'<span class="visually-hidden"> {month}, </span></span>'
        f'<small>{free}<span class="kt-day__w"> free</span></small></a></li>'
    )


# The names of a day and the words of a time never change: writing them takes longer than the rest.
@lru_cache(maxsize=1024)
def _names(day: date) -> tuple[str, str]:
    """Return the day's weekday and month."""
    return f"{day:%A}", f"{day:%B}"


def parts(starts: Sequence[int]) -> Iterator[tuple[str, str, SafeString]]:
    """Yield `(id, heading, radios)` of each part of the day that has a free time."""
    times = [_radio(start) for start in starts]
    for key, heading, begin, end in (
        ("am", "Morning", 0, NOON),
        ("pm", "Afternoon", NOON, EVENING),
        ("ev", "Evening", EVENING, 24),
    ):
        radios = [radio for hour, radio in times if begin <= hour < end]
        if radios:
            yield key, heading, SafeString("".join(radios))


@lru_cache(maxsize=4096)
def _radio(instant: int) -> tuple[int, str]:
    """One time, with its hour. Built from digits alone, so there is nothing to escape."""
    moment = datetime.fromtimestamp(instant, UK)
    name = f"s-{moment:%H%M}"
    return moment.hour, (
        f'<div><input class="btn-check" type="radio" name="slot" id="{name}"'
        f' value="{slot_value(moment)}"><label class="kt-slot" for="{name}">'
        f'<span data-uk-instant="{instant}">{time_label(moment)}</span></label></div>'
    )


def nearest(strip: Strip, missed: datetime, count: int = 2) -> list[datetime]:
    """Return the free times closest to one that was missed, in order of time."""
    by_distance = sorted(strip.starts, key=lambda start: abs(start - missed.timestamp()))
    return [datetime.fromtimestamp(start, UK) for start in sorted(by_distance[:count])]


def heading(day: date) -> str:
    """Like "Tuesday 3 March"."""
    return day_label(day, year=False)
