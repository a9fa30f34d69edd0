"""Weekly hours that are kept only from one date to another."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from availability.models import Format, Weekday, WeeklyHours
from availability.walltime import Hours, Rules, openings, whole_days
from bookings import slots
from prose.dates import UK
from tests.factories import ALL, NOW, World

WEDNESDAY = date(2026, 11, 25)
WEEK = timedelta(days=7)


def free(world: World, day: date) -> int:
    span = whole_days(day, day, UK)
    return len(slots.free_starts(world.consultation, Format.ONLINE, span, NOW))


def hours(world: World, **facts: object) -> WeeklyHours:
    fresh = {"weekday": Weekday.WEDNESDAY, "opens": time(9), "closes": time(17), "formats": ALL}
    return WeeklyHours(therapist=world.therapist, **{**fresh, **facts})


@pytest.mark.parametrize(
    ("first", "last", "kept"),
    [
        (None, None, [16, 16, 16]),
        (WEDNESDAY + WEEK, None, [0, 16, 16]),
        (None, WEDNESDAY + WEEK, [16, 16, 0]),
        (WEDNESDAY + WEEK, WEDNESDAY + WEEK, [0, 16, 0]),
        (WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=13), [0, 16, 0]),
    ],
)
def test_hours_are_kept_from_the_first_to_the_last_date(
    world: World, first: date | None, last: date | None, kept: list[int]
) -> None:
    world.therapist.weekly_hours.update(first_day=first, last_day=last)
    assert [free(world, WEDNESDAY + n * WEEK) for n in range(3)] == kept


def test_a_season_is_of_the_therapists_calendar() -> None:
    ordinal = WEDNESDAY.toordinal()
    known = Rules(UK, [Hours(2, 540, 600, ordinal, ordinal)])
    found = openings(known, whole_days(WEDNESDAY - WEEK, WEDNESDAY + WEEK, UK))
    begin = whole_days(WEDNESDAY, WEDNESDAY, UK)[0]
    assert found == [(begin + 540 * 60, begin + 600 * 60)]


@pytest.mark.parametrize(
    ("stored", "typed", "allowed"),
    [
        ((None, None), (None, None), False),
        ((None, WEDNESDAY), (WEDNESDAY, None), False),
        ((None, WEDNESDAY), (WEDNESDAY + timedelta(days=1), None), True),
        ((WEDNESDAY, None), (None, WEDNESDAY), False),
        ((WEDNESDAY, None), (None, WEDNESDAY - timedelta(days=1)), True),
        ((WEDNESDAY, WEDNESDAY + WEEK), (WEDNESDAY + WEEK, None), False),
    ],
)
def test_hours_of_one_weekday_may_follow_one_another_by_season(
    world: World,
    stored: tuple[date | None, date | None],
    typed: tuple[date | None, date | None],
    *,
    allowed: bool,
) -> None:
    world.therapist.weekly_hours.update(first_day=stored[0], last_day=stored[1])
    row = hours(world, first_day=typed[0], last_day=typed[1])
    if allowed:
        row.full_clean()
        return
    with pytest.raises(ValidationError, match="These hours overlap Wednesday 09:00 to 17:00"):
        row.full_clean()


def test_a_season_that_ends_before_it_begins_is_refused_at_its_field(world: World) -> None:
    row = hours(world, first_day=WEDNESDAY, last_day=WEDNESDAY - timedelta(days=1))
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict["last_day"] == ["The last date must not be before the first."]


def test_the_admin_names_a_row_with_its_formats_and_its_season(world: World) -> None:
    row = hours(world, formats=[Format.ONLINE, Format.WALKING], last_day=WEDNESDAY)
    expected = "Wednesday 09:00 to 17:00, online, walking, until 25 November 2026"
    assert row.get_inline_title() == expected
