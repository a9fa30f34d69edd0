"""Walks in daylight. At Fulham the sun sets at 15:53 on 21 December, after rising at 08:03."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time

import pytest

from availability.models import Format, Place, Weekday
from bookings.errors import TimeRefusedError
from tests.bookings.diaries import at, free, refusal
from tests.bookings.refusals import client_is_told
from tests.factories import NOW, World, book, make_gap, make_hours, make_place, make_world

ONLINE, WALK = Format.ONLINE, Format.WALKING
SOLSTICE = date(2026, 12, 21)  # a Monday
FULHAM = {"latitude": 51.4696, "longitude": -0.2127, "daylight_only": True}


@pytest.fixture
def world(db: None) -> World:
    """From 7am to 9pm each day, 50 minutes every ten."""
    world = make_world(length_minutes=50, step_minutes=10)
    world.therapist.weekly_hours.all().delete()
    make_hours(world.therapist, tuple(Weekday), time(7), time(21))
    return world


@pytest.fixture
def gate(world: World) -> Place:
    """Where walks begin, twenty minutes after sunrise at the earliest."""
    gate = world.place(WALK)
    change(gate, **FULHAM)
    return gate


def change(place: Place, **facts: object) -> None:
    Place.objects.filter(pk=place.pk).update(**facts)


def ends(world: World, fmt: str = WALK, day: date = SOLSTICE) -> tuple[str, str]:
    """The first and the last start of a day."""
    found = free(world.consultation, fmt, day)
    return found[0], found[-1]


@contextmanager
def too_dark() -> Iterator[None]:
    with client_is_told(TimeRefusedError, match="isn’t light enough"):
        yield


def test_a_walk_lies_between_sunrise_and_sunset_less_the_margin(world: World, gate: Place) -> None:
    # From 08:23, and 14:40 to 15:30 ends by 15:33.
    assert ends(world) == ("08:30", "14:40")


@pytest.mark.parametrize(
    ("margin", "first", "last"),
    [(0, "08:10", "15:00"), (60, "09:10", "14:00"), (180, "11:10", "12:00")],
)
def test_the_margin_can_be_changed(
    world: World, gate: Place, margin: int, first: str, last: str
) -> None:
    change(gate, daylight_margin=margin)
    assert ends(world) == (first, last)


def test_a_walk_that_is_longer_than_the_day_is_not_offered(world: World, gate: Place) -> None:
    world.consultation.length_minutes = 480  # of 470 minutes of light
    world.consultation.save()
    change(gate, daylight_margin=0)
    assert free(world.consultation, WALK, SOLSTICE) == []


def test_in_summer_the_evening_is_light(world: World, gate: Place) -> None:
    now = at("09:00", date(2026, 6, 15))
    found = free(world.consultation, WALK, date(2026, 6, 22), now)
    assert (found[0], found[-1]) == ("07:00", "20:10")  # to 21:00, and sunset is at 21:21


@pytest.mark.parametrize("fmt", [ONLINE, Format.IN_PERSON])
def test_other_formats_keep_the_dark_hours(world: World, gate: Place, fmt: str) -> None:
    assert ends(world, fmt) == ("07:00", "20:10")


def test_with_daylight_switched_off_the_dark_hours_are_free(world: World, gate: Place) -> None:
    change(gate, daylight_only=False)
    assert ends(world) == ("07:00", "20:10")


def test_a_time_in_the_dark_is_refused_and_the_same_time_online_is_booked(
    world: World, gate: Place
) -> None:
    assert "isn’t light enough" in refusal(
        world.consultation, at("15:00", SOLSTICE), WALK, place=gate
    )
    for start in ("07:00", "08:20", "14:50", "18:00"):
        with too_dark():
            book(world, at(start, SOLSTICE), format=WALK)
    assert book(world, at("18:00", SOLSTICE), format=ONLINE).start == at("18:00", SOLSTICE)
    assert book(world, at("14:40", SOLSTICE), format=WALK).place == gate


def test_of_two_walks_the_one_without_daylight_is_offered_in_the_dark(
    world: World, gate: Place
) -> None:
    lamps = make_place(world.therapist, name="The lit towpath")
    assert ends(world) == ("07:00", "20:10")
    with too_dark():
        book(world, at("18:00", SOLSTICE), format=WALK, place=gate)
    assert book(world, at("18:00", SOLSTICE), format=WALK, place=lamps).place == lamps


def test_a_start_needs_one_place_that_passes_every_rule_and_not_one_for_each(
    world: World, gate: Place
) -> None:
    """It is dark at the one and too far to the other: neither will do."""
    lamps = make_place(world.therapist, name="The lit towpath")
    make_gap(world.therapist, ONLINE, lamps, 60, both_ways=True)
    assert "15:30" in free(world.consultation, WALK, SOLSTICE)
    book(world, at("14:40", SOLSTICE))  # online, to 15:30
    found = free(world.consultation, WALK, SOLSTICE)
    assert next(start for start in found if start >= "14:00") == "16:30"


def test_each_place_has_its_own_sun(world: World, gate: Place) -> None:
    """In Lerwick the sun sets at 14:58 on that day, an hour before Fulham."""
    change(gate, latitude=60.1546, longitude=-1.1494, daylight_margin=0)
    assert ends(world) == ("09:10", "14:00")


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        # Sunrise 06:43 and sunset 16:46, GMT; the day before 07:41 and 17:49, BST.
        (date(2026, 10, 24), "08:10", "16:30"),
        (date(2026, 10, 25), "07:10", "15:30"),
        # Sunrise 05:48 and sunset 18:25, GMT; the day after 06:46 and 19:26, BST.
        (date(2027, 3, 27), "07:00", "17:10"),
        (date(2027, 3, 28), "07:10", "18:10"),
    ],
)
def test_the_light_keeps_to_the_sun_when_the_clocks_change(
    world: World, gate: Place, day: date, first: str, last: str
) -> None:
    found = free(world.consultation, WALK, day, at("09:00", date(day.year, day.month, 1)))
    assert (found[0], found[-1]) == (first, last)


def test_light_is_asked_for_at_the_place_and_hours_are_kept_in_the_therapists_zone(
    world: World,
) -> None:
    """From 7am to 9pm in Sydney, where the sun is up from 05:46 to 20:08 on 29 December."""
    world.therapist.zone_name = "Australia/Sydney"
    world.therapist.save()
    change(world.place(WALK), **{**FULHAM, "latitude": -33.8688, "longitude": 151.2093})
    day = date(2026, 12, 29)
    found = free(world.consultation, WALK, day)
    # Sydney is 11 hours ahead: its last start is at 18:58 or before, its next day's first at 7am.
    assert [start for start in found if start < "12:00"][-1] == "07:50"
    assert next(start for start in found if start > "12:00") == "20:00"


def test_the_window_of_a_horizon_reads_the_light_of_each_of_its_days(
    world: World, gate: Place
) -> None:
    lasts = [
        free(world.consultation, WALK, day)[-1]
        for day in (date(2026, 11, 25), SOLSTICE, date(2027, 1, 4))
    ]
    # Sunset at 15:59, 15:53 and 16:05.
    assert lasts == ["14:40", "14:40", "14:50"]
    assert at("14:40", SOLSTICE) > NOW
