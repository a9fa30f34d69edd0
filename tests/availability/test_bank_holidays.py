"""Bank holidays of England are closed unless they are opened."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser

from availability.catalogue import service_named
from availability.models import DifferentHours, Format, Therapist, TimeOff, Weekday, WorkedHoliday
from availability.walltime import bank_holidays, whole_days
from bookings import slots
from bookings.errors import TimeRefusedError
from prose.dates import UK
from tests.bookings.refusals import client_is_told
from tests.factories import World, make_hours, make_world

CHRISTMAS = date(2026, 12, 25)  # a Friday
NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
TEN = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def resting(world: World) -> World:
    """A practice that rests on bank holidays, as a new one does."""
    world.therapist.bank_holidays_off = True
    world.therapist.save()
    return world


def free(world: World, day: date = CHRISTMAS, fmt: str = Format.ONLINE) -> int:
    return len(slots.free_starts(world.consultation, fmt, whole_days(day, day, UK), NOW))


def test_those_of_england_are_known_with_their_substitutes() -> None:
    found = bank_holidays(date(2026, 12, 1), date(2027, 3, 31))
    assert found >= {
        CHRISTMAS,
        date(2026, 12, 28),  # for Boxing Day, a Saturday
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
    }
    assert not found & {date(2027, 1, 4), date(2027, 3, 17)}  # Scotland's, Northern Ireland's
    assert bank_holidays(date(2027, 1, 2), date(2027, 3, 25)) == set()


def test_nothing_is_offered_on_one_and_what_is_posted_is_refused(resting: World) -> None:
    assert free(resting) == 0
    assert free(resting, date(2026, 12, 24)) == 16
    with client_is_told(TimeRefusedError, match="isn’t one of the times I can offer"):
        slots.require_free(resting.consultation, Format.ONLINE, TEN, NOW)


def test_the_switch_opens_them_all(world: World) -> None:
    assert free(world) == 16
    slots.require_free(world.consultation, Format.ONLINE, TEN, NOW)


def test_one_that_is_worked_keeps_the_usual_hours_and_the_others_stay_closed(
    resting: World,
) -> None:
    WorkedHoliday.objects.create(therapist=resting.therapist, day=CHRISTMAS)
    assert free(resting) == 16
    assert free(resting, date(2026, 12, 28)) == 0


def test_one_with_hours_of_its_own_has_those(resting: World) -> None:
    DifferentHours.objects.create(
        therapist=resting.therapist,
        day=CHRISTMAS,
        opens=time(10),
        closes=time(11),
        formats=[Format.ONLINE],
    )
    assert free(resting) == 2
    assert free(resting, fmt=Format.WALKING) == 0


def test_leave_closes_one_that_is_worked(resting: World) -> None:
    WorkedHoliday.objects.create(therapist=resting.therapist, day=CHRISTMAS)
    TimeOff.objects.create(
        therapist=resting.therapist, starts_at=TEN - timedelta(days=1), ends_at=TEN + timedelta(1)
    )
    assert free(resting) == 0


def test_one_therapists_day_at_work_opens_nobody_elses(resting: World) -> None:
    other = make_world()
    other.therapist.bank_holidays_off = True
    WorkedHoliday.objects.create(therapist=resting.therapist, day=CHRISTMAS)
    assert free(other) == 0


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("25/12/2026", None),
        (
            "26/12/2026",
            (
                "It’s on a weekend, so the bank holiday is Monday 28\N{NO-BREAK SPACE}December "
                "2026. That isn’t a bank holiday in England, so your usual hours stand anyway."
            ),
        ),
        ("28/12/2026", None),
        ("24/12/2026", "That isn’t a bank holiday in England, so your usual hours stand anyway."),
        ("25/12/9999", "Enter a date between 2000 and 2199."),
        ("25/12/99999", "Enter a valid date."),
        ("", "This field is required."),
    ],
)
def test_only_a_bank_holiday_can_be_opened(
    world: World, client: Browser, day: str, error: str | None
) -> None:
    user: Any = get_user_model()
    client.force_login(user.objects.create_superuser("owner"))
    posted = {"therapist": world.therapist.pk, "day": day}
    response = client.post("/admin/availability/workedholiday/add/", posted)
    assert WorkedHoliday.objects.count() == (0 if error else 1)
    assert response.status_code == (200 if error else 302)
    if error:
        assert error in response.context["adminform"].form.errors["day"]


def test_a_page_remembers_no_day_longer_than_it_is_so(resting: World) -> None:
    span = whole_days(CHRISTMAS, CHRISTMAS, UK)

    def shown() -> int:
        named = service_named("consultation", resting.therapist.slug)
        assert named
        return len(slots.free_starts(named[0], Format.ONLINE, span, NOW, named[1]))

    assert shown() == 0
    worked = WorkedHoliday.objects.create(therapist=resting.therapist, day=CHRISTMAS)
    assert shown() == 16
    worked.delete()
    assert shown() == 0
    Therapist.objects.update(bank_holidays_off=False)
    assert shown() == 16


@pytest.mark.parametrize(
    ("first", "kept"),
    [
        (date(2026, 12, 24), [25, 28]),  # Boxing Day is a Saturday
        (date(2027, 12, 24), [25, 27, 28]),  # a Saturday: Christmas is Christmas all the same
        (date(2025, 12, 24), [25, 26]),
        (date(2028, 1, 1), [3]),  # New Year's Day, a Saturday, is kept on the Monday
    ],
)
def test_a_bank_holiday_on_a_weekend_is_kept_on_the_day_that_stands_in(
    first: date, kept: list[int]
) -> None:
    found = sorted(day.day for day in bank_holidays(first, first + timedelta(days=7)))
    assert found == kept


def test_a_saturday_whose_bank_holiday_is_the_monday_after_keeps_its_hours(resting: World) -> None:
    make_hours(resting.therapist, (Weekday.SATURDAY,))
    assert free(resting, date(2026, 12, 26)) == 16
