"""The card of a free time: book it for somebody, or block it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from availability.intervals import Interval
from availability.walltime import utc
from desk.calendar import free_times
from desk.calendar.card import Press
from desk.calendar.entries import end_moment, moment
from desk.calendar.week import Week
from desk.hours.time_off import SPAN
from desk.return_address import FROM, WEEK
from prose.dates import UK, day_label, slot_value

HOUR = 3600
MOST_STARTS = 12


@dataclass(frozen=True)
class FreeCard:
    """What it says; without presses the time is no longer free."""

    heading: str
    hint: str
    book: list[Press]
    block: list[Press]


def free_card(week: Week, start: datetime) -> FreeCard:
    """Return the card of the time that begins at `start`."""
    begin = int(start.timestamp())
    heading = f"{day_label(start.astimezone(UK).date(), year=False)}, {moment(begin)}"
    free = free_times.around(week.clock, week.diary, begin)
    if free is None:
        return FreeCard(heading, "That time is no longer free.", [], [])
    opening = next((one for one in week.diary.hours if one[0] <= begin < one[1]), None)
    span = (begin, min(free[1], opening[1] if opening else begin + HOUR))
    return FreeCard(
        heading=heading,
        hint=f"Free until {end_moment(span[1])}." if opening else "Outside your hours.",
        book=list(_book(week, span)),
        block=list(_block(week, span)) if _may_block(week) else [],
    )


def _may_block(week: Week) -> bool:
    return bool(week.whose.user.has_perm("availability.add_timeoff"))


def _book(week: Week, span: Interval) -> Iterator[Press]:
    """Yield the start itself, then each hour after it while the working time is free."""
    for number, start in enumerate(range(span[0], span[1], HOUR)):
        if number < MOST_STARTS and (when := free_times.start_of(start)):
            query = {
                "start": slot_value(when),
                "therapist": week.whose.therapist.pk,
                FROM: WEEK,
            }
            url = reverse("admin:bookings_booking_book", query=query)
            yield Press("book", moment(start), url)


def _block(week: Week, span: Interval) -> Iterator[Press]:
    """Yield the first hour, all that is free of the working time, and the whole day."""
    hour = (span[0], min(span[0] + HOUR, span[1]))
    yield _blocked(week, hour, f"Until {end_moment(hour[1])}")
    if span != hour:
        yield _blocked(week, span, f"Until {end_moment(span[1])}")
    day = next(
        one
        for one in map(week.clock.day_span, range(1, len(week.clock.days) + 1))
        if one[0] <= span[0] < one[1]
    )
    yield _blocked(week, day, "The whole day")


def _blocked(week: Week, span: Interval, label: str) -> Press:
    query = {
        SPAN["starts_at"]: slot_value(utc(span[0])),
        SPAN["ends_at"]: slot_value(utc(span[1])),
        "therapist": week.whose.therapist.pk,
        FROM: WEEK,
    }
    return Press("block", label, reverse("admin:availability_timeoff_add", query=query))
