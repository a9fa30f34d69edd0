"""Local time becomes instants, by table; `tests/bookings/test_diary.py` asks the oracle."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from availability import engine, rules, walltime
from availability.engine import Ask
from availability.intervals import Interval
from availability.rules import Rule
from availability.walltime import Hours, Rules
from prose.dates import UK

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
CAIRO, HAVANA = ZoneInfo("Africa/Cairo"), ZoneInfo("America/Havana")
NEW_YORK, KATHMANDU = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def wall(text: str) -> int:
    clock = time.fromisoformat(text)
    return clock.hour * 60 + clock.minute


def always(opens: str, closes: str, zone: ZoneInfo = UK) -> Rules:
    return Rules(zone, [Hours(day, wall(opens), wall(closes)) for day in range(7)])


def opening(day: date, opens: str, closes: str, zone: ZoneInfo = UK) -> list[str]:
    """The working time of one local date, as UTC."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp())
    found = walltime.openings(always(opens, closes, zone), (noon, noon + 1))
    return [walltime.utc(instant).isoformat() for span in found for instant in span]


def starts(known: Rules, span: Interval, length: int = 15, step: int = 30) -> list[str]:
    """The starts of an empty diary, as UTC."""
    wanted = Ask(length=length * 60, step=step * 60, earliest=span[0], latest=span[1] - 1)
    found = engine.starts(walltime.openings(known, span), twice(known, span, length), wanted)
    return [f"{walltime.utc(start):%d %H:%M}" for start in found]


def twice(known: Rules, span: Interval, length: int) -> list[Interval]:
    """The starts from which a meeting of so many minutes would meet an hour that comes twice."""
    repeated = walltime.repeated_hours(known.zone, span)
    return [(first, end) for first, end, *_ in rules.over(repeated, Rule.CLOCK, length * 60)]


# --- weekly hours


@pytest.mark.parametrize("weekday", range(7))
def test_weekly_hours_are_those_of_their_weekday_with_monday_as_0(weekday: int) -> None:
    monday = date(2026, 11, 23)
    known = Rules(UK, [Hours(weekday, wall("09:00"), wall("17:00"))])
    found = walltime.openings(known, walltime.whole_days(monday, monday + timedelta(days=6), UK))
    day = monday + timedelta(days=weekday)
    assert found == [(epoch(f"{day}T09:00Z"), epoch(f"{day}T17:00Z"))]


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-11-23", 24), ("2026-10-25", 25), ("2027-03-28", 23)],  # the last two change the clock
)
def test_hours_that_end_at_24_end_with_their_day(day: str, hours: int) -> None:
    first = date.fromisoformat(day)
    known = Rules(UK, [Hours(first.weekday(), 0, walltime.MIDNIGHT_AFTER)])
    span = walltime.whole_days(first, first, UK)
    assert walltime.openings(known, span) == [span]
    assert span[1] - span[0] == hours * 3600


def test_each_row_is_an_opening_of_its_own() -> None:
    monday = date(2026, 11, 23)
    known = Rules(UK, [Hours(0, 540, 720), Hours(0, 720, 900), Hours(0, 600, 660)])
    assert len(walltime.openings(known, walltime.whole_days(monday, monday, UK))) == 3


def test_the_same_hours_are_another_instant_in_summer_and_in_winter() -> None:
    assert opening(date(2026, 7, 1), "09:00", "17:00") == [
        "2026-07-01T08:00:00+00:00",
        "2026-07-01T16:00:00+00:00",
    ]
    assert opening(date(2026, 12, 1), "09:00", "17:00") == [
        "2026-12-01T09:00:00+00:00",
        "2026-12-01T17:00:00+00:00",
    ]


# --- dates that differ


def test_a_date_that_differs_replaces_the_hours_of_its_weekday_and_of_no_other_day() -> None:
    first, last = date(2026, 11, 23), date(2026, 11, 24)
    known = Rules(UK, always("09:00", "17:00").weekly, {first: [(600, 660), (720, 780)]})
    assert walltime.openings(known, walltime.whole_days(first, last, UK)) == [
        (epoch("2026-11-23T10:00Z"), epoch("2026-11-23T11:00Z")),
        (epoch("2026-11-23T12:00Z"), epoch("2026-11-23T13:00Z")),
        (epoch("2026-11-24T09:00Z"), epoch("2026-11-24T17:00Z")),
    ]


def test_a_date_that_differs_without_hours_is_closed() -> None:
    day = date(2026, 11, 23)
    known = Rules(UK, always("09:00", "17:00").weekly, {day: []})
    assert walltime.openings(known, walltime.whole_days(day, day, UK)) == []


def test_a_date_that_differs_as_well_has_its_hours_beside_those_of_its_weekday() -> None:
    first, last = date(2026, 11, 23), date(2026, 11, 24)
    known = Rules(UK, always("09:00", "17:00").weekly, extra={first: [(1080, 1140)]})
    assert walltime.openings(known, walltime.whole_days(first, last, UK)) == [
        (epoch("2026-11-23T09:00Z"), epoch("2026-11-23T17:00Z")),
        (epoch("2026-11-23T18:00Z"), epoch("2026-11-23T19:00Z")),
        (epoch("2026-11-24T09:00Z"), epoch("2026-11-24T17:00Z")),
    ]


@pytest.mark.parametrize("rest", ["a holiday", "other hours instead"])
def test_hours_as_well_are_kept_when_the_usual_ones_are_not(rest: str) -> None:
    day = date(2026, 11, 23)
    known = Rules(
        UK,
        always("09:00", "17:00").weekly,
        {day: []} if rest == "other hours instead" else {},
        {day: [(1080, 1140)]},
        holidays={day} if rest == "a holiday" else (),
    )
    assert walltime.openings(known, walltime.whole_days(day, day, UK)) == [
        (epoch("2026-11-23T18:00Z"), epoch("2026-11-23T19:00Z"))
    ]


# --- hours that come twice


def test_only_an_hour_that_comes_twice_is_named_and_only_within_the_span() -> None:
    hour = (epoch("2026-10-25T00:00Z"), epoch("2026-10-25T02:00Z"))
    assert walltime.repeated_hours(UK, walltime.whole_days(AUTUMN, AUTUMN, UK)) == [hour]
    assert walltime.repeated_hours(UK, walltime.whole_days(SPRING, SPRING, UK)) == []
    before = AUTUMN - timedelta(days=1)
    assert walltime.repeated_hours(UK, walltime.whole_days(before, before, UK)) == []


def test_the_hours_that_come_twice_are_the_therapists_and_the_uks() -> None:
    span = walltime.whole_days(AUTUMN, date(2026, 11, 1), UK)
    assert sorted(walltime.repeated_hours(NEW_YORK, span)) == [
        (epoch("2026-10-25T00:00Z"), epoch("2026-10-25T02:00Z")),
        (epoch("2026-11-01T05:00Z"), epoch("2026-11-01T07:00Z")),
    ]


# --- the days on which the UK's clocks change


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_working_day_keeps_its_wall_times_on_the_day_of_a_change(day: date) -> None:
    begin = datetime(day.year, day.month, day.day, 9, tzinfo=UK).astimezone(UTC)
    assert opening(day, "09:00", "17:00") == [
        begin.isoformat(),
        (begin + timedelta(hours=8)).isoformat(),
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "begin", "end"),
    [
        ("00:00", "04:00", "00:00", "03:00"),  # around the gap: an hour shorter
        ("00:00", "01:00", "00:00", "01:00"),
        ("00:00", "01:30", "00:00", "01:00"),  # ends inside it: ends at the change
        ("01:30", "04:00", "01:00", "03:00"),  # begins inside it: begins at the change
        ("02:00", "04:00", "01:00", "03:00"),
    ],
)
def test_hours_that_meet_the_skipped_hour_lose_what_never_happens(
    opens: str, closes: str, begin: str, end: str
) -> None:
    assert opening(SPRING, opens, closes) == [
        f"2027-03-28T{begin}:00+00:00",
        f"2027-03-28T{end}:00+00:00",
    ]


@pytest.mark.parametrize(("opens", "closes"), [("01:00", "02:00"), ("01:15", "01:45")])
def test_hours_inside_the_skipped_hour_are_no_hours(opens: str, closes: str) -> None:
    assert opening(SPRING, opens, closes) == []


def test_times_offered_across_the_skipped_hour_are_each_real_and_half_an_hour_apart() -> None:
    span = walltime.whole_days(SPRING, SPRING, UK)
    assert starts(always("00:00", "03:00"), span) == [
        "28 00:00",
        "28 00:30",
        "28 01:00",
        "28 01:30",
    ]


def test_nothing_is_offered_in_the_repeated_hour_neither_time_it_comes() -> None:
    span = walltime.whole_days(AUTUMN, AUTUMN, UK)
    # 1am to 2am happens at 00:00 and again at 01:00 UTC.
    assert starts(always("00:00", "03:00"), span) == [
        "24 23:00",
        "24 23:30",
        "25 02:00",
        "25 02:30",
    ]


def test_nothing_runs_into_the_repeated_hour() -> None:
    span = walltime.whole_days(AUTUMN, AUTUMN, UK)
    long = starts(always("00:00", "03:00"), span, length=50, step=10)
    assert long == ["24 23:00", "24 23:10", "25 02:00", "25 02:10"]


def test_hours_inside_the_repeated_hour_offer_nothing() -> None:
    span = walltime.whole_days(AUTUMN, AUTUMN, UK)
    assert starts(always("01:00", "02:00"), span, step=15) == []
    assert starts(always("01:15", "01:45"), span, step=5) == []


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 23), 24)])
def test_a_day_is_as_long_as_it_really_is(day: date, hours: int) -> None:
    begin, end = walltime.whole_days(day, day, UK)
    assert end - begin == hours * 3600


# --- a therapist elsewhere


def test_the_hours_are_on_the_therapists_clock() -> None:
    assert opening(date(2026, 11, 23), "09:00", "17:00", NEW_YORK) == [
        "2026-11-23T14:00:00+00:00",
        "2026-11-23T22:00:00+00:00",
    ]
    assert opening(date(2026, 11, 23), "09:00", "17:00", KATHMANDU) == [
        "2026-11-23T03:15:00+00:00",
        "2026-11-23T11:15:00+00:00",
    ]


def test_a_uk_day_touches_two_dates_of_a_therapist_elsewhere() -> None:
    monday = date(2026, 11, 23)
    span = walltime.whole_days(monday, monday, UK)
    assert walltime.local_dates(span, NEW_YORK) == (date(2026, 11, 22), monday)
    assert walltime.local_dates(span, KATHMANDU) == (monday, date(2026, 11, 24))
    assert walltime.local_dates(span, UK) == (monday, monday)


def test_nothing_is_offered_in_the_uks_repeated_hour_wherever_the_therapist_is() -> None:
    span = walltime.whole_days(AUTUMN, AUTUMN, UK)
    evening = always("18:00", "23:00", NEW_YORK)  # 22:00 to 03:00 UTC
    assert starts(evening, span, step=60) == ["24 23:00", "25 02:00", "25 22:00", "25 23:00"]


def test_nothing_is_offered_in_the_therapists_own_repeated_hour_either() -> None:
    day = date(2026, 11, 1)
    span = walltime.whole_days(day, day, UK)
    night = always("00:00", "03:00", NEW_YORK)  # the repeated hour is 05:00 to 07:00 UTC
    assert starts(night, span, step=60) == ["01 04:00", "01 07:00"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (CAIRO, date(2027, 4, 30)),  # skips 00:00 to 01:00
        (HAVANA, date(2027, 3, 14)),  # the same
        (CAIRO, date(2026, 10, 29)),  # repeats 23:00 to 24:00
        (HAVANA, date(2026, 11, 1)),  # repeats 00:00 to 01:00
        (ZoneInfo("America/Nuuk"), date(2027, 3, 27)),  # skips 23:00 to 24:00
        (ZoneInfo("Australia/Lord_Howe"), date(2027, 10, 3)),  # skips half an hour
    ],
)
def test_a_change_beside_midnight_does_not_move_the_hours_of_the_day(
    zone: ZoneInfo, day: date
) -> None:
    for wanted in (day, day + timedelta(days=1), day - timedelta(days=1)):
        begin = datetime(wanted.year, wanted.month, wanted.day, 9, tzinfo=zone).astimezone(UTC)
        assert opening(wanted, "09:00", "10:00", zone) == [
            begin.isoformat(),
            (begin + timedelta(hours=1)).isoformat(),
        ]


def test_hours_that_begin_in_a_skipped_midnight_begin_at_the_change() -> None:
    assert opening(date(2027, 4, 30), "00:00", "02:00", CAIRO) == [
        "2027-04-29T22:00:00+00:00",
        "2027-04-29T23:00:00+00:00",
    ]
