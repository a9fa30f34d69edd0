"""What therapists entered that decides their free times, read in one statement written by hand.

Measured: building the same questions as querysets takes more of the processor than everything
else on the page, and small statements cost Postgres more than one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.backends.utils import CursorWrapper

from availability import walltime
from availability.intervals import Interval
from availability.models import Service, Therapist
from availability.rules import Gaps, Meeting
from availability.sunlight import Light
from prose.dates import UK

MICRO = 1_000_000  # degrees travel as whole numbers
DAY = 86_400
# One row a rule: whose, which kind, and what that kind needs (dates as Python's ordinals).
KINDS = 6
WEEKLY, DIFFERENT, OFF, WORKED, PLACE, GAP = range(KINDS)
# Hours that end at 00:00 end with their day.
CLOSES = f"""
    CASE closes WHEN '00:00' THEN {walltime.MIDNIGHT_AFTER}
    ELSE extract(epoch FROM closes)::bigint / 60 END
"""
_RULES = f"""
SELECT therapist_id, {WEEKLY}, weekday, extract(epoch FROM opens)::bigint / 60,
    {CLOSES}, formats::text[],
    coalesce(first_day, '0001-01-01') - DATE '0001-01-01' + 1,
    coalesce(last_day, '9999-12-31') - DATE '0001-01-01' + 1, service_id
FROM availability_weeklyhours
WHERE therapist_id = ANY(%(therapists)s)
UNION ALL
SELECT therapist_id, {DIFFERENT}, day - DATE '0001-01-01' + 1,
    extract(epoch FROM opens)::bigint / 60, {CLOSES},
    formats::text[], adds::int, 0, service_id
FROM availability_differenthours
WHERE therapist_id = ANY(%(therapists)s) AND day BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT therapist_id, {OFF}, id, floor(extract(epoch FROM starts_at))::bigint,
    ceil(extract(epoch FROM ends_at))::bigint, ARRAY[elsewhere]::text[], 0, 0, NULL
FROM availability_timeoff
WHERE therapist_id = ANY(%(therapists)s)
    AND starts_at < to_timestamp(%(end)s) AND ends_at > to_timestamp(%(begin)s)
UNION ALL
SELECT therapist_id, {WORKED}, day - DATE '0001-01-01' + 1, 0, 0, NULL, 0, 0, NULL
FROM availability_workedholiday
WHERE therapist_id = ANY(%(therapists)s) AND day BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT therapist_id, {PLACE}, id, round(latitude * {MICRO})::bigint,
    round(longitude * {MICRO})::bigint, ARRAY[format]::text[], daylight_only::int,
    daylight_margin, NULL
FROM availability_place
WHERE therapist_id = ANY(%(therapists)s) AND is_active
UNION ALL
SELECT therapist_id, {GAP}, minutes, before_place_id, after_place_id, ARRAY[before, after]::text[],
    both_ways::int, 0, NULL
FROM availability_gap
WHERE therapist_id = ANY(%(therapists)s)
"""  # noqa: S608, numbers of our own

Row = tuple[int, int, Any, Any, Any, Any, Any, Any, Any]


class WeeklyRow(NamedTuple):
    """Weekly hours: minutes of the day, and the dates from and until which they count."""

    therapist: int
    kind: int
    weekday: int
    opens: int
    closes: int
    formats: list[str]
    first_day: int
    last_day: int
    service: int | None


class DifferentRow(NamedTuple):
    """The hours of one date, instead of the weekly ones or, where it `adds`, on top of them."""

    therapist: int
    kind: int
    day: int
    opens: int
    closes: int
    formats: list[str]
    adds: int
    unused: int
    service: int | None


class OffRow(NamedTuple):
    """Time off in epoch seconds; `like` is the format of an appointment elsewhere, or empty."""

    therapist: int
    kind: int
    pk: int
    begin: int
    end: int
    like: list[str]
    unused: int
    unused_too: int
    service: None


class PlaceRow(NamedTuple):
    """A place in use: in millionths of degrees, of one format, and how it asks for daylight."""

    therapist: int
    kind: int
    pk: int
    north: int
    east: int
    format: list[str]
    daylight_only: int
    daylight_margin: int
    service: None


class UsedPlace(NamedTuple):
    """A place where a format can be had: its id, and the daylight that is asked for there."""

    pk: int
    light: Light | None


@dataclass(frozen=True, slots=True)
class Entered:
    """One therapist's diary but for what is booked: rows as they were read, with names."""

    zone: ZoneInfo
    weekly: Sequence[WeeklyRow]
    different: Sequence[DifferentRow]
    off: Sequence[OffRow]
    places_in_use: Sequence[PlaceRow]
    holidays: frozenset[date]
    gaps: Gaps

    def rules(self, service: Service, fmt: str) -> walltime.Rules:
        """Return the hours in which the service can be had in the format.

        A date that differs does so for every format and service: one that it does not name has no
        hours then. Rows that are `only` for one service count for that one, others for all but
        those that keep hours of their own.
        """
        different: dict[date, list[Interval]] = {}
        extra: dict[date, list[Interval]] = {}
        counted = (service.pk,) if service.only_own_hours else (service.pk, None)
        for _, _, day, opens, closes, formats, adds, _, only in self.different:
            walls = (extra if adds else different).setdefault(date.fromordinal(day), [])
            if fmt in formats and only in counted:
                walls.append((opens, closes))
        weekly = [
            walltime.Hours(weekday, opens, closes, first, last)
            for _, _, weekday, opens, closes, formats, first, last, only in self.weekly
            if fmt in formats and only in counted
        ]
        return walltime.Rules(self.zone, weekly, different, extra, self.holidays)

    def places(self, fmt: str) -> list[UsedPlace]:
        """Return the places in use for the format."""
        return [
            UsedPlace(pk, Light(north / MICRO, east / MICRO, margin * 60) if daylight else None)
            for _, _, pk, north, east, (its,), daylight, margin, _ in self.places_in_use
            if its == fmt
        ]

    def leave(self) -> list[Interval]:
        """Return the time off that needs no gap."""
        return [(row.begin, row.end) for row in self.off if not row.like[0]]

    @property
    def time_off(self) -> dict[Interval, int]:
        """The ids of all time off, by when it is."""
        return {(row.begin, row.end): row.pk for row in self.off}

    def appointments(self) -> list[Meeting]:
        """Return the time off that is a meeting elsewhere."""
        return [Meeting(row.begin, row.end, row.like[0]) for row in self.off if row.like[0]]


def entered(
    cursor: CursorWrapper, therapists: Iterable[Therapist], span: Interval
) -> dict[int, Entered]:
    """Return what decides when each can be met during `span`, by the therapist's id: one query."""
    asked = {therapist.pk: therapist for therapist in therapists}
    # A day on either side, for zones that are ahead of the UK or behind.
    first, last = walltime.local_dates((span[0] - DAY, span[1] + DAY), UK)
    facts: dict[str, Any] = {
        "therapists": list(asked),
        "first": first,
        "last": last,
        "begin": span[0],
        "end": span[1],
    }
    cursor.execute(_RULES, facts)
    kinds: dict[int, list[list[Row]]] = {pk: [[] for _ in range(KINDS)] for pk in asked}
    for row in cursor.fetchall():
        kinds[row[0]][row[1]].append(row)
    holidays = walltime.bank_holidays(first, last)
    return {pk: of_rows(asked[pk], kinds[pk], holidays) for pk in asked}


def of_rows(
    therapist: Therapist, rows: Sequence[Sequence[Row]], holidays: frozenset[date]
) -> Entered:
    """Put one therapist's rows, by kind, together; `holidays` are all of the country's."""
    worked = {date.fromordinal(row[2]) for row in rows[WORKED]}
    gaps = (
        ((before, from_place), (after, to_place), minutes, bool(both))
        for _, _, minutes, from_place, to_place, (before, after), both, *_ in rows[GAP]
    )
    rest = holidays - worked if therapist.bank_holidays_off else frozenset()
    return Entered(
        zone=therapist.zone,
        weekly=[*map(WeeklyRow._make, rows[WEEKLY])],
        different=[*map(DifferentRow._make, rows[DIFFERENT])],
        off=[*map(OffRow._make, rows[OFF])],
        places_in_use=[*map(PlaceRow._make, rows[PLACE])],
        holidays=rest,
        gaps=Gaps(gaps),
    )
