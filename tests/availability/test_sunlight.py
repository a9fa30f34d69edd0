"""Sunrise and sunset: against almanacs, against the height of the noon sun, and at the poles."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import asin, cos, degrees, radians, sin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from availability import sunlight, walltime
from availability.intervals import Interval, merge
from availability.sunlight import Light, nights
from prose.dates import UK

FULHAM = Light(51.4696, -0.2127, 0)
SYDNEY = Light(-33.8688, 151.2093, 0)
AUCKLAND = Light(-36.8485, 174.7633, 0)
HONOLULU = Light(21.3069, -157.8583, 0)
TROMSO = Light(69.6492, 18.9553, 0)
ALMANAC_ROUNDS_TO = 120  # seconds; it also names the middle of the city
DAY = 86_400

ZONES = {
    FULHAM: UK,
    SYDNEY: ZoneInfo("Australia/Sydney"),
    AUCKLAND: ZoneInfo("Pacific/Auckland"),
    HONOLULU: ZoneInfo("Pacific/Honolulu"),
}


def lit(light: Light, day: date) -> Interval:
    [found] = sunlight.daylight(light, day)
    return found


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


# --- against published times


@pytest.mark.parametrize(
    ("light", "day", "rise", "fall"),
    [
        (FULHAM, "2026-01-01", "08:07", "16:01"),
        (FULHAM, "2026-03-28", "05:46", "18:26"),
        (FULHAM, "2026-03-29", "06:44", "19:28"),  # the clocks went forward
        (FULHAM, "2026-06-21", "04:43", "21:21"),
        (FULHAM, "2026-07-01", "04:47", "21:22"),
        (FULHAM, "2023-10-29", "06:48", "16:39"),  # the clocks went back
        (FULHAM, "2026-12-21", "08:03", "15:53"),
        (SYDNEY, "2026-06-21", "07:00", "16:54"),
        (SYDNEY, "2026-12-21", "05:41", "20:05"),
        (AUCKLAND, "2026-12-22", "05:58", "20:40"),
        (HONOLULU, "2026-06-21", "05:50", "19:16"),
    ],
)
def test_the_sun_rises_and_sets_as_the_almanac_says(
    light: Light, day: str, rise: str, fall: str
) -> None:
    found = lit(light, date.fromisoformat(day))
    for instant, text in zip(found, (rise, fall), strict=True):
        said = datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=ZONES[light]).timestamp()
        assert abs(instant - said) <= ALMANAC_ROUNDS_TO, walltime.utc(instant).astimezone(
            ZONES[light]
        )


@pytest.mark.parametrize("light", ZONES)
def test_the_light_of_a_date_lies_within_the_local_date(light: Light) -> None:
    for day in days(date(2026, 1, 1), date(2026, 12, 31)):
        rise, fall = (walltime.utc(instant).astimezone(ZONES[light]) for instant in lit(light, day))
        assert rise.date() == fall.date() == day
        assert 4 <= rise.hour < 9
        assert 15 <= fall.hour < 22


def test_the_margin_is_taken_from_both_ends() -> None:
    rise, fall = lit(FULHAM, date(2026, 12, 21))
    for minutes in (1, 20, 180):
        shorter = lit(FULHAM._replace(margin=minutes * 60), date(2026, 12, 21))
        assert shorter == (rise + minutes * 60, fall - minutes * 60)


def test_a_margin_that_leaves_no_light_leaves_none() -> None:
    assert sunlight.daylight(FULHAM._replace(margin=4 * 3600), date(2026, 12, 21)) == ()


# --- every day


def test_fulham_has_one_light_a_day_that_ends_before_the_next_begins() -> None:
    found = [lit(FULHAM, day) for day in days(date(2026, 1, 1), date(2028, 12, 31))]
    assert all(7.5 * 3600 < fall - rise < 17 * 3600 for rise, fall in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    # From one day to the next the sun shifts by less than three minutes, the clock by none.
    assert all(abs(other[0] - one[0] - DAY) < 180 for one, other in pairwise(found))


@pytest.mark.parametrize("light", ZONES)
def test_three_years_have_one_night_more_than_days(light: Light) -> None:
    zone, first, last = ZONES[light], date(2026, 1, 1), date(2028, 12, 31)
    span = walltime.whole_days(first, last, zone)
    found = nights(light, span)
    assert len(found) == len(days(first, last)) + 1
    assert all(7 * 3600 < end - begin < 17 * 3600 for begin, end in found[1:-1])


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_the_change_of_clocks_moves_no_light(day: date) -> None:
    span = walltime.whole_days(day - timedelta(days=1), day + timedelta(days=1), UK)
    inner = [lit(FULHAM, day + timedelta(days=shift)) for shift in (-1, 0, 1)]
    edges = [span[0], *(instant for light in inner for instant in light), span[1]]
    assert nights(FULHAM, span) == list(zip(edges[::2], edges[1::2], strict=True))


# --- where the sun stays up, or down


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        (date(2026, 5, 24), date(2026, 7, 19), 24),
        (date(2026, 12, 1), date(2027, 1, 11), 0),
    ],
)
def test_tromso_has_its_midnight_sun_and_its_polar_night(
    first: date, last: date, hours: int
) -> None:
    span = walltime.whole_days(first, last, ZoneInfo("Europe/Oslo"))
    assert nights(TROMSO, span) == ([] if hours else [span])


@pytest.mark.parametrize("latitude", [90, 89.99, 69.6492, 66.6, 65.7, -66.6, -78, -90])
@pytest.mark.parametrize("longitude", [-180, -0.2127, 18.9553, 180])
def test_every_day_of_a_year_has_an_answer_near_the_poles(
    latitude: float, longitude: float
) -> None:
    light = Light(latitude, longitude, 20 * 60)
    for day in days(date(2026, 1, 1), date(2026, 12, 31)):
        found = sunlight.daylight(light, day)
        assert all(begin < end for begin, end in found)
        assert sum(end - begin for begin, end in found) <= DAY


@pytest.mark.parametrize(
    ("latitude", "longitude", "day"),
    [
        (69.6, 27, date(2028, 5, 17)),
        (71, 15, date(2028, 5, 11)),
        (-67, 10, date(2026, 12, 3)),
    ],
)
def test_the_day_before_the_midnight_sun_has_its_light(
    latitude: float, longitude: float, day: date
) -> None:
    """Its sun is down for minutes about one midnight."""
    found = sunlight.daylight(Light(latitude, longitude, 0), day)
    assert sum(end - begin for begin, end in found) > 20 * 3600


# --- by the height of the sun, reckoned from the date alone


def declination(day: date) -> float:
    """The sun's height over the equator in degrees, to within half a degree."""
    return -23.44 * cos(radians(360 / 365.24 * (day.timetuple().tm_yday + 10)))


def height(light: Light, day: date, hours_from_noon: float) -> float:
    north, sun, turn = (
        radians(x) for x in (light.latitude, declination(day), 15 * hours_from_noon)
    )
    return degrees(asin(sin(north) * sin(sun) + cos(north) * cos(sun) * cos(turn)))


PLACES = st.builds(
    Light, st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([0, 20 * 60, 3 * 3600])
)
DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FAR = 8  # degrees: the equation of time, refraction, and what `declination` leaves out


def is_light(light: Light, instant: int) -> bool:
    span = instant - DAY, instant + DAY
    return not any(begin <= instant < end for begin, end in nights(light, span))


@given(PLACES, DATES, st.floats(-12, 12))
@example(TROMSO, date(2026, 5, 19), -11.9)
@example(TROMSO, date(2026, 7, 25), 11.9)
@example(Light(66.6, 180, 0), date(2026, 6, 30), -11.9)
def test_it_is_light_where_the_sun_stands_high_and_dark_where_it_stands_low(
    light: Light, day: date, hours: float
) -> None:
    bare = light._replace(margin=0)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    instant = int(midnight + (12 + hours - light.longitude / 15) * 3600)
    sun = height(light, day, hours)
    if sun > FAR:
        assert is_light(bare, instant)
    if sun < -FAR:
        assert not is_light(light, instant)


# --- nights are what daylight is not


SPANS = st.tuples(st.integers(1_700_000_000, 2_000_000_000), st.integers(1, 40 * DAY)).map(
    lambda pair: (pair[0], sum(pair))
)


@given(PLACES, SPANS)
@example(TROMSO, (1_779_000_000, 1_782_000_000))
@example(FULHAM, (1_798_000_000, 1_798_000_001))
def test_nights_and_daylight_share_out_the_span(light: Light, span: Interval) -> None:
    dark = nights(light, span)
    first, last = walltime.local_dates((span[0] - 2 * DAY, span[1] + 2 * DAY), UTC)
    light_parts = [
        (max(found[0], span[0]), min(found[1], span[1]))
        for day in days(first, last)
        for found in sunlight.daylight(light, day)
    ]
    assert merge([*dark, *light_parts]) == [span]
    assert all(one[1] < other[0] for one, other in pairwise(dark))
    lengths = [end - begin for begin, end in (*dark, *merge(light_parts))]
    assert min(lengths) > 0
    assert sum(lengths) == span[1] - span[0]
