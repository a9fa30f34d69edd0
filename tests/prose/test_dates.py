"""Dates and times as addresses carry them and as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.models import Weekday
from prose import dates
from prose.dates import NBSP, UK

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FULLWIDTH = str.maketrans("0123456789-:", "０１２３４５６７８９－：")  # noqa: RUF001


# --- reading


def test_a_slot_is_read_as_uk_wall_time_in_winter_and_in_summer() -> None:
    assert dates.parse_slot("2026-11-30T10:00") == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert dates.parse_slot("2026-07-01T10:00") == datetime(2026, 7, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2028-02-29T10:00", "2000-01-01T00:00", "2199-12-31T23:59"])
def test_a_slot_on_any_day_that_a_diary_reaches_is_read(text: str) -> None:
    read = dates.parse_slot(text)
    assert read is not None
    assert dates.slot_value(read) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T",
        "2026-11-30",
        "2026-W49-1T10:00",
        "2026-334T10:00",
        "20261130T1000",
        "20261130T10:00",
        "2026-11-30T1000",
        "2026-11-30T10",
        "2026-11-30T10:00".translate(ARABIC),
        "2026-11-30T10:00".translate(FULLWIDTH),
        "2026-11-30T10:00\x00",
        "\x002026-11-30T10:00",
        "2026-11-30T10:00\n",
        "2026-11-30T10:00\r\n",
        "\n2026-11-30T10:00",
        " 2026-11-30T10:00",
        "2026-11-30T10:00 ",
        "2026-11-30T10:00\u200b",
        "2026-11-30T10:00\u202e",
        "2026-11-30t10:00",
        "2026-11-30 10:00",
        "2026-11-30T10:00:00",
        "2026-11-30T10:00:00.000000",
        "2026-11-30T10:00Z",
        "2026-11-30T10:00+00:00",
        "2026-11-30T10:00+01:00",
        "2026-11-30T10.00",
        "2026-11-30T10:0",
        "2026-11-30T9:00",
        "2026-1-30T10:00",
        "26-11-30T10:00",
        "+2026-11-30T10:00",
        "-2026-11-30T10:00",
        "2026-11-30T-1:00",
        "2026-11-30T1 :00",
        "2026-11-30T10:00,2026-11-30T11:00",
        "30/11/2026T10:00",
        "12/11/2026",
        "1796032800",
    ],
)
def test_a_slot_in_any_other_spelling_is_refused(text: str) -> None:
    assert dates.parse_slot(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T10:00",
        "2027-02-29T10:00",
        "2026-00-10T10:00",
        "2026-13-10T10:00",
        "2026-11-00T10:00",
        "2026-11-31T10:00",
        "2026-11-30T24:00",
        "2026-11-30T99:00",
        "2026-11-30T10:60",
        "2026-11-30T10:99",
    ],
)
def test_a_slot_that_no_calendar_or_clock_has_is_refused(text: str) -> None:
    assert dates.parse_slot(text) is None


@pytest.mark.parametrize("year", ["0000", "0001", "1066", "1999", "2200", "9999"])
def test_a_year_that_no_diary_reaches_is_refused(year: str) -> None:
    assert dates.parse_slot(f"{year}-06-01T10:00") is None
    assert dates.parse_day(f"{year}-12-31") is None


@pytest.mark.parametrize("day", ["2027-03-28", "2026-03-29"])
def test_a_slot_in_the_hour_that_spring_skips_is_refused_and_those_around_it_are_not(
    day: str,
) -> None:
    assert dates.parse_slot(f"{day}T01:00") is None
    assert dates.parse_slot(f"{day}T01:30") is None
    assert dates.parse_slot(f"{day}T01:59") is None
    before, after = dates.parse_slot(f"{day}T00:59"), dates.parse_slot(f"{day}T02:00")
    assert before is not None
    assert after is not None
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(minutes=1)


@pytest.mark.parametrize("day", ["2026-10-25", "2027-10-31"])
def test_a_slot_in_the_hour_that_autumn_repeats_is_refused_and_those_around_it_are_not(
    day: str,
) -> None:
    assert dates.parse_slot(f"{day}T01:00") is None
    assert dates.parse_slot(f"{day}T01:30") is None
    assert dates.parse_slot(f"{day}T01:59") is None
    before, after = dates.parse_slot(f"{day}T00:59"), dates.parse_slot(f"{day}T02:00")
    assert before is not None
    assert after is not None
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=2, minutes=1)


def test_a_day_is_read_and_anything_else_is_not() -> None:
    assert dates.parse_day("2026-11-30") == date(2026, 11, 30)
    for text in (
        "",
        "2026-11",
        "2026-W49-1",
        "20261130",
        "2026-11-30T10:00",
        "2026-11-30\n",
        "2026-11-30\x00",
        "2026-11-31",
        "2026-02-30",
        "12/11/2026",
        "2026-11-30".translate(ARABIC),
    ):
        assert dates.parse_day(text) is None, text


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_written_is_read_back_as_the_same_instant_unless_the_hour_comes_twice(
    moment: datetime,
) -> None:
    instant = moment.replace(second=0, microsecond=0)
    read = dates.parse_slot(dates.slot_value(instant))
    local = instant.astimezone(UK)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    assert read == (None if twice else instant)


@given(st.text(alphabet="0123456789-T:Z+W \n\x00٣", max_size=20))
def test_no_text_can_make_the_reader_fail(text: str) -> None:
    for read in (dates.parse_slot(text), dates.parse_day(text)):
        assert read is None or f"{read:%Y-%m-%d}" == text[:10]


# --- writing


@pytest.mark.parametrize(
    ("hour", "minute", "label"),
    [
        (0, 0, "12am"),
        (0, 5, "12:05am"),
        (1, 0, "1am"),
        (9, 30, "9:30am"),
        (11, 59, "11:59am"),
        (12, 0, "12pm"),
        (12, 30, "12:30pm"),
        (13, 0, "1pm"),
        (14, 30, "2:30pm"),
        (18, 0, "6pm"),
        (23, 45, "11:45pm"),
    ],
)
def test_a_time_is_written_as_people_say_it(hour: int, minute: int, label: str) -> None:
    assert dates.time_label(datetime(2026, 11, 23, hour, minute, tzinfo=UTC)) == label


def test_a_time_is_uk_time_whatever_zone_the_instant_comes_in() -> None:
    assert dates.time_label(datetime(2026, 7, 1, 9, 0, tzinfo=UTC)) == "10am"
    assert dates.slot_value(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "2026-07-01T00:30"


def test_day_and_month_never_part_at_the_end_of_a_line() -> None:
    label = dates.day_label(date(2026, 3, 3))
    assert label == f"Tuesday 3{NBSP}March 2026"
    assert NBSP == "\xa0"


def test_the_year_can_be_left_out() -> None:
    assert dates.day_label(date(2026, 3, 3), year=False) == f"Tuesday 3{NBSP}March"


def test_a_moment_names_the_uk_day_and_time() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert dates.moment_label(late) == f"Wednesday 1{NBSP}July 2026, 12:30am UK time"


def test_a_span_says_that_it_is_uk_time() -> None:
    start = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    label = dates.span_label(start, start + timedelta(minutes=15))
    assert label == "10:30am to 10:45am UK time"


def test_the_stored_weekdays_are_those_of_the_calendar_monday_first() -> None:
    monday = date(2026, 11, 23)
    week = [monday + timedelta(days=n) for n in range(7)]
    assert [Weekday(day.weekday()).label for day in week] == [
        dates.day_label(day).split()[0] for day in week
    ]
    assert Weekday.MONDAY.value == 0
    assert Weekday.SUNDAY.value == 6


# --- another clock beside it


def uk(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UK)


NEW_YORK, KATHMANDU = "America/New_York", "Asia/Kathmandu"
LISBON, LORD_HOWE = "Europe/Lisbon", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("zone", "moment", "label"),
    [
        # Lisbon changes its clocks in the same hour as London.
        (LISBON, "2026-10-24T14:30", ""),
        (LISBON, "2026-10-25T14:30", ""),
        (LISBON, "2027-03-27T14:30", ""),
        (LISBON, "2027-03-28T14:30", ""),
        # New York goes back a week after London, and forward a fortnight before.
        (NEW_YORK, "2026-10-24T14:30", "9:30am in New York"),
        (NEW_YORK, "2026-10-25T14:30", "10:30am in New York"),
        (NEW_YORK, "2026-10-31T14:30", "10:30am in New York"),
        (NEW_YORK, "2026-11-01T14:30", "9:30am in New York"),
        (NEW_YORK, "2027-03-13T14:30", "9:30am in New York"),
        (NEW_YORK, "2027-03-14T14:30", "10:30am in New York"),
        (NEW_YORK, "2027-03-27T14:30", "10:30am in New York"),
        (NEW_YORK, "2027-03-28T14:30", "9:30am in New York"),
        (NEW_YORK, "2026-11-24T02:00", "9pm Mon in New York"),
        # Kathmandu never changes, and is a quarter of an hour off everybody.
        (KATHMANDU, "2026-10-24T14:30", "7:15pm in Kathmandu"),
        (KATHMANDU, "2026-10-25T14:30", "8:15pm in Kathmandu"),
        (KATHMANDU, "2027-03-27T18:15", "12am Sun in Kathmandu"),
        (KATHMANDU, "2027-03-28T14:30", "7:15pm in Kathmandu"),
        # Lord Howe moves by half an hour, on other Sundays and in the other direction.
        (LORD_HOWE, "2026-10-03T14:30", "12am Sun in Lord Howe"),
        (LORD_HOWE, "2026-10-04T14:30", "12:30am Mon in Lord Howe"),
        (LORD_HOWE, "2026-10-24T14:30", "12:30am Sun in Lord Howe"),
        (LORD_HOWE, "2026-10-25T14:30", "1:30am Mon in Lord Howe"),
        (LORD_HOWE, "2027-03-27T12:00", "11pm in Lord Howe"),
        (LORD_HOWE, "2027-03-28T12:00", "10pm in Lord Howe"),
        (LORD_HOWE, "2027-04-04T12:00", "9:30pm in Lord Howe"),
    ],
)
def test_another_clock_is_told_beside_the_uks_over_every_clock_change(
    zone: str, moment: str, label: str
) -> None:
    assert dates.own_time_label(uk(moment), zone) == label
    assert dates.own_time_label(uk(moment).astimezone(UTC), zone) == label


def test_the_hour_that_london_repeats_is_two_hours_elsewhere() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert dates.time_label(first) == dates.time_label(second) == "1:30am"
    assert dates.own_time_label(first, KATHMANDU) == "6:15am in Kathmandu"
    assert dates.own_time_label(second, KATHMANDU) == "7:15am in Kathmandu"


def test_a_zone_that_agrees_for_half_of_the_year_is_told_in_the_other_half() -> None:
    assert dates.own_time_label(uk("2026-10-25T10:00"), "Atlantic/Reykjavik") == ""
    assert dates.own_time_label(uk("2026-10-24T10:00"), "Atlantic/Reykjavik") == (
        "9am in Reykjavik"
    )


@pytest.mark.parametrize(
    ("zone", "town"),
    [
        (NEW_YORK, "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("America/Port-au-Prince", "Port-au-Prince"),
    ],
)
def test_a_zone_is_called_by_its_town(zone: str, town: str) -> None:
    assert dates.town_label(zone) == town
