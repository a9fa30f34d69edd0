"""How many new bookings a practice's day can mean."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from availability.models import Practice
from bookings.models import Booking
from bookings.unproven import asks_for_proof, most_a_day
from tests.factories import NOW, World, force_booking, make_practice, make_therapist

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def came(world: World, count: int, ago: timedelta = HOUR, **facts: object) -> None:
    for _ in range(count):
        start = NOW + DAY + Booking.objects.count() * HOUR
        force_booking(world, start, created_at=NOW - ago, **facts)


@pytest.mark.parametrize(
    ("before", "most"), [(0, 9), (1, 9), (84, 9), (85, 12), (280, 30), (281, 33)]
)
def test_the_most_is_three_times_the_usual_day_and_the_usual_day_three_at_the_least(
    before: int, most: int
) -> None:
    assert most_a_day(Practice(), before) == most


def test_a_setting_stands_for_it_and_a_load_test_multiplies_both(settings: Settings) -> None:
    assert most_a_day(Practice(unproven_most=5), 281) == 5
    settings.RATE_LIMIT_FACTOR = 100.0
    assert most_a_day(Practice(unproven_most=5), 281) == 500
    assert most_a_day(Practice(), 0) == 900
    settings.RATE_LIMIT_FACTOR = 0.01
    assert most_a_day(Practice(unproven_most=5), 0) == 1


def test_it_counts_what_came_lately_and_nobody_has_confirmed(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    practice = world.therapist.practice
    practice.unproven_most = 3
    came(world, 2)
    came(world, 1, proven_at=NOW)
    came(world, 1, DAY + HOUR)
    came(world, 1, service=world.session)
    with django_assert_num_queries(1):
        assert not asks_for_proof(practice, NOW)
    came(world, 1, 2 * HOUR, status="cancelled")
    assert asks_for_proof(practice, NOW)
    assert not asks_for_proof(practice, NOW + DAY)


def test_what_is_usual_is_reckoned_before_the_last_day_from_what_was_confirmed(
    world: World,
) -> None:
    practice = world.therapist.practice
    came(world, 9)
    assert asks_for_proof(practice, NOW)
    for day in range(2, 19):
        came(world, 5, DAY * day, proven_at=NOW)
    assert not asks_for_proof(practice, NOW)


def test_another_practice_is_another_diary(world: World) -> None:
    other = make_therapist(practice=make_practice(unproven_most=1)).practice
    came(world, 5)
    assert not asks_for_proof(other, NOW)
