"""What the rows say of themselves, what the database itself refuses, and how rules are read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from availability import rules
from availability.models import (
    DifferentHours,
    Format,
    Place,
    Service,
    Therapist,
    TimeOff,
    Weekday,
    WeeklyHours,
    price_label,
)
from availability.reads import rules_for
from availability.uk_time import UK
from tests.factories import ALL, World, make_hours, make_service, make_therapist, make_world

DAY = date(2026, 11, 25)
SPAN = rules.whole_days(DAY, DAY, UK)


def differ(therapist: Therapist, **facts: Any) -> DifferentHours:
    fresh = {"day": DAY, "opens": time(9), "closes": time(12), "formats": ALL}
    return DifferentHours.objects.create(therapist=therapist, **{**fresh, **facts})


# --- labels


@pytest.mark.parametrize(
    ("price", "label"),
    [("0", "Free"), ("0.00", "Free"), ("75", "£75"), ("75.00", "£75"), ("67.5", "£67.50")],
)
def test_a_price_is_written_as_people_say_it(price: str, label: str) -> None:
    assert price_label(Decimal(price)) == label


def test_a_service_is_titled_by_its_length_and_name(world: World) -> None:
    assert world.consultation.title == "Free 15-minute consultation"
    assert world.consultation.is_free
    assert world.session.title == "50-minute session"
    assert not world.session.is_free
    assert world.session.price_label == "£75"
    assert world.session.for_clients
    assert not world.consultation.for_clients


def test_rows_name_themselves(world: World) -> None:
    assert str(world.therapist) == "Robin Kicks"
    assert str(world.therapist.practice) == "Kicks Therapy"
    assert str(world.session) == "Session"
    assert str(world.place()) == "Video room"
    assert str(differ(world.therapist)) == "25 November 2026 09:00 to 12:00"
    assert str(world.therapist.weekly_hours.all()[0]) == "Monday 09:00 to 17:00"


def test_a_place_has_the_lines_it_was_given(world: World) -> None:
    assert world.place(Format.IN_PERSON).lines == [
        "The Fulham room",
        "12 Example Mews, London SW6 0AA",
    ]
    assert world.place(Format.ONLINE).lines == ["Video room"]


def test_leave_is_named_by_uk_dates_in_summer_too(world: World) -> None:
    midnight = datetime(2026, 7, 3, tzinfo=UK)
    off = TimeOff(therapist=world.therapist, starts_at=midnight, ends_at=midnight)
    off.starts_at, off.ends_at = (moment.astimezone(UTC) for moment in (off.starts_at, off.ends_at))
    assert str(off) == "3 July 2026 to 3 July 2026"


# --- who and what is offered


def test_only_services_in_use_of_therapists_who_take_bookings_are_offered_in_order(
    world: World,
) -> None:
    make_service(world.therapist, slug="old", is_active=False)
    away = make_world()
    Therapist.objects.filter(pk=away.therapist.pk).update(is_active=False)
    assert list(Service.objects.offered()) == [world.consultation, world.session]
    assert list(Therapist.objects.taking_bookings()) == [world.therapist]


# --- what is refused when no page asks


def hours(world: World, **facts: Any) -> WeeklyHours:
    fresh = {"weekday": 5, "opens": time(9), "closes": time(12), "formats": ALL}
    return WeeklyHours(therapist=world.therapist, **{**fresh, **facts})


@pytest.mark.parametrize(
    "make",
    [
        lambda world: hours(world, opens=time(13)),
        lambda world: hours(world, opens=time(12)),
        lambda world: hours(world, formats=["zoom"]),
        lambda world: hours(world, weekday=0),
        lambda world: hours(world, formats=None),
        lambda world: hours(world, opens=None),
        lambda world: Service(therapist=world.therapist, name="A", slug="a", formats=["zoom"]),
        lambda world: Service(name="A", slug="a", formats=ALL),
        lambda world: Place(therapist=world.therapist, format="zoom", name="A"),
        lambda world: Place(therapist=world.therapist, format=Format.ONLINE, name="A"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_a_message(
    world: World, make: Callable[[World], Any]
) -> None:
    with pytest.raises(ValidationError):
        make(world).full_clean()


def test_a_row_that_can_be_is_not_refused(world: World) -> None:
    hours(world).full_clean()
    # Beside the stored Friday, which is from 9 to 5.
    hours(world, weekday=4, opens=time(8), closes=time(9)).full_clean()
    hours(world, weekday=4, opens=time(17), closes=time(18)).full_clean()


@pytest.mark.parametrize("closes", [time(8), time(9)])
def test_the_database_keeps_no_hours_that_end_before_or_as_they_start(
    world: World, closes: time
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_hours(world.therapist, (Weekday.SATURDAY,), time(9), closes)
    with pytest.raises(IntegrityError), transaction.atomic():
        differ(world.therapist, closes=closes)


@pytest.mark.parametrize("length", [timedelta(), -timedelta(hours=1)])
def test_the_database_keeps_no_leave_that_ends_before_or_as_it_starts(
    world: World, length: timedelta
) -> None:
    begin = datetime(2026, 12, 1, tzinfo=UTC)
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeOff.objects.create(therapist=world.therapist, starts_at=begin, ends_at=begin + length)


# --- how rules are read


def test_the_rules_of_a_format_are_read_in_one_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        known = rules_for(world.therapist, SPAN)[Format.ONLINE]
    assert known.zone == UK
    assert sorted((row.weekday, row.opens, row.closes) for row in known.weekly) == [
        (weekday, 540, 1020) for weekday in range(5)
    ]
    assert (known.different, known.off) == ({}, [])


def test_only_the_hours_of_the_format_are_read(world: World) -> None:
    make_hours(world.therapist, (Weekday.SATURDAY,), formats=[Format.WALKING])
    read = {fmt: rules_for(world.therapist, SPAN)[fmt].weekly for fmt in ALL}
    assert [len(read[fmt]) for fmt in (Format.ONLINE, Format.WALKING)] == [5, 6]


def test_a_date_that_differs_in_other_formats_has_no_hours_in_this_one(world: World) -> None:
    differ(world.therapist, formats=[Format.WALKING])
    differ(world.therapist, opens=time(13), closes=time(14), formats=[Format.WALKING])
    assert rules_for(world.therapist, SPAN)[Format.ONLINE].different == {DAY: []}
    walking = rules_for(world.therapist, SPAN)[Format.WALKING].different
    assert walking == {DAY: [(540, 720), (780, 840)]}


def test_dates_are_read_by_the_therapists_calendar(world: World) -> None:
    world.therapist.zone_name = "America/New_York"  # where the UK's day begins the evening before
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    for day in (before - timedelta(days=1), before, DAY, after):
        differ(world.therapist, day=day)
    assert set(rules_for(world.therapist, SPAN)[Format.ONLINE].different) == {before, DAY}


def test_leave_is_read_when_it_meets_the_span_and_to_the_next_whole_second(world: World) -> None:
    begin, end = (rules.utc(instant) for instant in SPAN)
    hour, moment = timedelta(hours=1), timedelta(microseconds=1)
    for starts_at, ends_at in (
        (begin - hour, begin),
        (end, end + hour),
        (begin - hour, begin + moment),
        (end - moment, end + hour),
    ):
        TimeOff.objects.create(therapist=world.therapist, starts_at=starts_at, ends_at=ends_at)
    assert sorted(rules_for(world.therapist, SPAN)[Format.ONLINE].off) == [
        (SPAN[0] - 3600, SPAN[0] + 1),
        (SPAN[1] - 1, SPAN[1] + 3600),
    ]


def test_the_rules_of_one_therapist_hold_nothing_of_another(world: World) -> None:
    other = make_therapist(practice=world.therapist.practice)
    make_hours(other, (Weekday.SUNDAY,))
    differ(other)
    TimeOff.objects.create(
        therapist=other, starts_at=rules.utc(SPAN[0]), ends_at=rules.utc(SPAN[1])
    )
    known = rules_for(world.therapist, SPAN)[Format.ONLINE]
    assert {row.weekday for row in known.weekly} == set(range(5))
    assert (known.different, known.off) == ({}, [])
