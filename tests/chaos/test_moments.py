"""The drill finds what it needs whenever it is run."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from availability.models import Format, Service
from bookings import slots
from chaos import people, practice, weeks
from chaos.reminding import Course
from prose.dates import UK
from tests.moments import MOMENTS

DRAWN = 100


@pytest.fixture(params=MOMENTS.values(), ids=list(MOMENTS))
def now(request: pytest.FixtureRequest) -> Iterator[datetime]:
    with time_machine.travel(request.param, tick=False):
        yield request.param


def changes_of(course: Course) -> set[timedelta]:
    """By how much the clocks of London change while the meetings of a course are held."""
    began, ended = course.stretches[0].began + weeks.DAY, course.stretches[-1].ended
    first, last = (datetime.fromtimestamp(at, UK).utcoffset() for at in (began, ended))
    assert first is not None
    assert last is not None
    return {last - first} - {timedelta()}


def test_weeks_to_come_lose_an_hour_gain_one_and_stand_still(now: datetime) -> None:
    found = {course.name: course for _, course in weeks.courses(now.date())}
    hour = timedelta(hours=1)
    assert changes_of(found.pop("the hour gained")) == {-hour}
    assert changes_of(found.pop("the hour lost")) == {hour}
    assert len(found) == 6
    assert [course.name for course in found.values() if changes_of(course)] == []


@pytest.mark.django_db
def test_all_that_people_want_can_be_booked_also_once_midnight_has_passed(now: datetime) -> None:
    practice.add_practice()
    service = Service.objects.filter(slug=practice.SLUG)[0]
    chance = random.Random(1)  # noqa: S311, nothing secret
    wanted = [people.wanted(chance) for _ in range(DRAWN)]
    with time_machine.travel(now + timedelta(hours=1, minutes=30), tick=False):
        wanted += [people.wanted(chance) for _ in range(DRAWN)]
        for start in wanted:
            assert slots.require_free(service, Format.ONLINE, start, timezone.now())
