"""What a week of one diary has in it, as it was read."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import cast
from uuid import UUID

import holidays
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability import snapshot, walltime
from availability.diary import DAY_SECONDS, widened
from availability.intervals import Interval, merge
from availability.models import TimeOff
from availability.rules import Meeting
from availability.snapshot import Entered
from availability.sunlight import Light, nights
from availability.walltime import Hours, Rules, utc
from bookings.models import Booking, Hold
from desk.calendar.whose import Whose

# What an hour of the grid shows of a meeting: no more is read.
SHOWN = (
    "during",
    "format",
    "status",
    "asked_at",
    "attendance",
    "late_fee",
    "fee_waived",
    "place_id",
    "proven_at",
    "contact_name",
    "therapist_id",
    "client__name",
    "service__audience",
    "service__gap_minutes",
)


@dataclass(frozen=True)
class WeekDiary:
    """The rows of a span. `asked` has who a kept time is for, by the hold's visitor.

    `reasons` are those of time off, by its id, where the reader may know them.
    """

    span: Interval
    entered: Entered
    bookings: Sequence[Booking]
    holds: Sequence[Hold]
    asked: dict[str, Booking]
    reasons: dict[int, str]

    @cached_property
    def hours(self) -> list[Interval]:
        """The working hours, for whatever they are."""
        return hours_in(self.entered, self.span)

    @cached_property
    def meetings(self) -> list[Meeting]:
        """What stands, here and elsewhere, in its order: what gaps are kept between."""
        here = [_meeting(one) for one in self.bookings if not one.is_cancelled]
        return sorted([*here, *self.entered.appointments()])

    @cached_property
    def taken(self) -> list[Interval]:
        """All that leaves no room for a meeting."""
        held = (span_of(one) for one in self.holds)
        off = ((row.begin, row.end) for row in self.entered.off)
        return merge([*((one.start, one.end) for one in self.meetings), *held, *off])

    @cached_property
    def dark(self) -> list[Interval]:
        """When it is too dark for a walk at the place that keeps the least margin."""
        lights = [light for light in map(_light, self.entered.places_in_use) if light]
        return nights(min(lights, key=lambda one: one.margin), self.span) if lights else []


def holiday_name(day: date) -> str:
    """Return the name of England's bank holiday on a date; empty for any other date."""
    if not walltime.bank_holidays(day, day):
        return ""
    return str(holidays.country_holidays("GB", subdiv="ENG", years=day.year)[day])


def hours_in(entered: Entered, span: Interval) -> list[Interval]:
    """Return the working hours of a span, for whatever they are, as far as they lie in it."""
    return [
        (max(begin, span[0]), min(end, span[1]))
        for begin, end in merge(walltime.openings(_all_hours(entered), span))
        if begin < span[1] and end > span[0]
    ]


def _light(row: snapshot.PlaceRow) -> Light | None:
    if not row.daylight_only:
        return None
    north, east = row.north / snapshot.MICRO, row.east / snapshot.MICRO
    return Light(north, east, row.daylight_margin * 60)


def span_of(row: Booking | Hold) -> Interval:
    """Return from when to when it is, as epoch seconds."""
    begin, end = (cast("datetime", one) for one in (row.during.lower, row.during.upper))
    return int(begin.timestamp()), int(end.timestamp())


def _meeting(booking: Booking) -> Meeting:
    service = booking.service
    gap, audience = service.gap_minutes, service.audience
    return Meeting(*span_of(booking), booking.format, booking.place_id, gap, audience)


def _all_hours(entered: Entered) -> Rules:
    """Return the hours in which anything can be had."""
    different: dict[date, list[Interval]] = {}
    extra: dict[date, list[Interval]] = {}
    for row in entered.different:
        walls = (extra if row.adds else different).setdefault(date.fromordinal(row.day), [])
        walls.append((row.opens, row.closes))
    weekly = [
        Hours(row.weekday, row.opens, row.closes, row.first_day, row.last_day)
        for row in entered.weekly
    ]
    return Rules(entered.zone, weekly, different, extra, entered.holidays)


def read(whose: Whose, span: Interval, now: datetime, *, cancelled: bool = False) -> WeekDiary:
    """Read the span of a diary: what was entered, meetings and what is held; at most five queries.

    What was `cancelled` only where it is asked for: no index finds it.
    """
    # A day on either side: hours in a zone ahead of the UK, and the gap to a meeting beyond.
    wide = widened(span, DAY_SECONDS)
    with connection.cursor() as cursor:
        entered = snapshot.entered(cursor, [whose.therapist], wide)[whose.therapist.pk]
    holds = list(
        Hold.objects.of(whose.therapist.pk)
        .filter(during__overlap=_range(span), expires_at__gt=now)
        .order_by("during")
    )
    return WeekDiary(
        span=span,
        entered=entered,
        bookings=_bookings(whose, span, cancelled=cancelled),
        holds=holds,
        asked=_asked(whose, holds),
        reasons=_reasons(whose, entered),
    )


def _range(span: Interval) -> DateTimeTZRange:
    return DateTimeTZRange(utc(span[0]), utc(span[1]))


def _bookings(whose: Whose, span: Interval, *, cancelled: bool) -> list[Booking]:
    mine = Booking.objects.of(whose.therapist.pk)
    rows = (mine if cancelled else mine.holding()).filter(during__overlap=_range(span))
    return list(rows.select_related("client", "service").only(*SHOWN).order_by("during", "pk"))


def _asked(whose: Whose, holds: Sequence[Hold]) -> dict[str, Booking]:
    """Return for whom times are kept that were proposed to them: those are held by their uid."""
    uids = []
    for hold in holds:
        with suppress(ValueError):
            uids.append(UUID(hex=hold.visitor))
    if not uids:
        return {}
    rows = Booking.objects.of(whose.therapist.pk).filter(uid__in=uids).select_related("client")
    shown = rows.only("uid", "proven_at", "contact_name", "client__name")
    return {booking.visitor: booking for booking in shown}


def _reasons(whose: Whose, entered: Entered) -> dict[int, str]:
    if not entered.off or not whose.reads_notes:
        return {}
    rows = TimeOff.objects.filter(pk__in=[row.pk for row in entered.off])
    return dict(rows.values_list("pk", "reason"))
