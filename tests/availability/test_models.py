"""What the rows say of themselves, what the database itself refuses, and how rules are read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from availability import walltime
from availability.models import (
    DiaryVersion,
    DifferentHours,
    Format,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    Weekday,
    WeeklyHours,
    price_label,
)
from availability.rules import Meeting
from availability.snapshot import Entered, entered
from availability.sunlight import Light
from prose.dates import UK
from tests.factories import (
    ALL,
    World,
    make_hours,
    make_places,
    make_service,
    make_therapist,
    make_world,
)

DAY = date(2026, 11, 25)
SPAN = walltime.whole_days(DAY, DAY, UK)


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
    assert str(DiaryVersion(therapist_id=1, version=7)) == "7"


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


def read(world: World) -> Entered:
    return read_all(world.therapist)[world.therapist.pk]


def read_all(*therapists: Therapist) -> dict[int, Entered]:
    with connection.cursor() as cursor:
        return entered(cursor, therapists, SPAN)


def hours_of(
    world: World, fmt: str = Format.ONLINE, service: Service | None = None
) -> walltime.Rules:
    """The hours in which the consultation, or another service, can be had in the format."""
    return read(world).rules(service or world.consultation, fmt)


def test_all_that_was_entered_is_read_in_one_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = read(world)
        known = found.rules(world.consultation, Format.ONLINE)
        leave, places = found.leave(), found.places(Format.ONLINE)
    assert known.zone == found.zone == UK
    assert sorted((row.weekday, row.opens, row.closes) for row in known.weekly) == [
        (weekday, 540, 1020) for weekday in range(5)
    ]
    assert (known.different, known.extra, leave) == ({}, {}, [])
    assert places == [(world.place().pk, None)]


def test_the_diaries_of_several_are_read_in_one_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make_world()
    differ(other.therapist)
    with django_assert_num_queries(1):
        found = read_all(world.therapist, other.therapist)
    assert set(found) == {world.therapist.pk, other.therapist.pk}
    assert found[world.therapist.pk].rules(world.consultation, Format.ONLINE).different == {}
    assert found[other.therapist.pk].rules(other.consultation, Format.ONLINE).different == {
        DAY: [(540, 720)]
    }


def test_only_the_hours_of_the_format_are_read(world: World) -> None:
    make_hours(world.therapist, (Weekday.SATURDAY,), formats=[Format.WALKING])
    found = [len(hours_of(world, fmt).weekly) for fmt in (Format.ONLINE, Format.WALKING)]
    assert found == [5, 6]


def test_only_hours_for_every_service_or_for_this_one_count(world: World) -> None:
    make_hours(world.therapist, (Weekday.SATURDAY,))
    WeeklyHours.objects.filter(weekday=Weekday.SATURDAY).update(service=world.session)
    differ(world.therapist, service=world.session)
    assert [row.weekday for row in hours_of(world).weekly] == [0, 1, 2, 3, 4]
    assert hours_of(world).different == {DAY: []}
    own = hours_of(world, service=world.session)
    assert [row.weekday for row in own.weekly] == [0, 1, 2, 3, 4, 5]
    assert own.different == {DAY: [(540, 720)]}
    world.session.only_own_hours = True
    assert [row.weekday for row in hours_of(world, service=world.session).weekly] == [5]


def test_a_date_that_differs_in_other_formats_has_no_hours_in_this_one(world: World) -> None:
    differ(world.therapist, formats=[Format.WALKING])
    differ(world.therapist, opens=time(13), closes=time(14), formats=[Format.WALKING])
    assert hours_of(world).different == {DAY: []}
    walking = hours_of(world, Format.WALKING).different
    assert walking == {DAY: [(540, 720), (780, 840)]}


def test_hours_as_well_replace_none(world: World) -> None:
    differ(world.therapist, opens=time(18), closes=time(19), adds=True, formats=[Format.WALKING])
    walking = hours_of(world, Format.WALKING)
    assert (walking.different, walking.extra) == ({}, {DAY: [(1080, 1140)]})
    online = hours_of(world)
    assert (online.different, online.extra) == ({}, {DAY: []})


def test_dates_are_read_by_the_therapists_calendar(world: World) -> None:
    world.therapist.zone_name = "America/New_York"  # where the UK's day begins the evening before
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    for day in (before - timedelta(days=1), before, DAY, after):
        differ(world.therapist, day=day)
    found = walltime.openings(hours_of(world), SPAN)
    zone = world.therapist.zone
    nine_to_twelve = [(datetime.combine(day, time(9), zone), 3 * 3600) for day in (before, DAY)]
    assert [(walltime.utc(begin), end - begin) for begin, end in found] == nine_to_twelve


def test_leave_is_read_when_it_meets_the_span_and_to_the_next_whole_second(world: World) -> None:
    begin, end = (walltime.utc(instant) for instant in SPAN)
    hour, moment = timedelta(hours=1), timedelta(microseconds=1)
    for starts_at, ends_at in (
        (begin - hour, begin),
        (end, end + hour),
        (begin - hour, begin + moment),
        (end - moment, end + hour),
    ):
        TimeOff.objects.create(therapist=world.therapist, starts_at=starts_at, ends_at=ends_at)
    assert sorted(read(world).leave()) == [
        (SPAN[0] - 3600, SPAN[0] + 1),
        (SPAN[1] - 1, SPAN[1] + 3600),
    ]


def test_an_appointment_elsewhere_is_a_meeting_and_no_leave(world: World) -> None:
    begin, end = (walltime.utc(instant) for instant in SPAN)
    TimeOff.objects.create(
        therapist=world.therapist, starts_at=begin, ends_at=end, elsewhere=Format.WALKING
    )
    assert read(world).leave() == []
    assert read(world).appointments() == [Meeting(*SPAN, Format.WALKING)]


def test_places_in_use_are_read_with_the_daylight_they_ask_for(world: World) -> None:
    world.therapist.places.filter(format=Format.WALKING).update(
        daylight_only=True, daylight_margin=30, latitude=51.4696, longitude=-0.2127
    )
    world.therapist.places.filter(format=Format.ONLINE).update(is_active=False)
    park = world.place(Format.WALKING).pk
    assert read(world).places(Format.WALKING) == [(park, Light(51.4696, -0.2127, 1800))]
    assert read(world).places(Format.ONLINE) == []
    assert read(world).places(Format.IN_PERSON) == [(world.place(Format.IN_PERSON).pk, None)]


def test_the_table_of_gaps_is_read_with_its_places(world: World) -> None:
    room, park = (world.place(fmt).pk for fmt in (Format.IN_PERSON, Format.WALKING))
    facts = {"therapist": world.therapist, "before": "in_person", "after": "walking"}
    Gap.objects.create(**facts, minutes=20)
    Gap.objects.create(**facts, minutes=25, before_place_id=room, both_ways=False)
    gaps = read(world).gaps
    assert gaps.minutes(("in_person", room), ("walking", park)) == 25
    assert gaps.minutes(("in_person", None), ("walking", park)) == 20
    assert gaps.minutes(("walking", park), ("in_person", room)) == 20


def test_the_rules_of_one_therapist_hold_nothing_of_another(world: World) -> None:
    other = make_therapist(practice=world.therapist.practice)
    make_hours(other, (Weekday.SUNDAY,))
    make_places(other)
    differ(other)
    TimeOff.objects.create(
        therapist=other, starts_at=walltime.utc(SPAN[0]), ends_at=walltime.utc(SPAN[1])
    )
    Gap.objects.create(therapist=other, before="online", after="online", minutes=60)
    known = hours_of(world)
    assert {row.weekday for row in known.weekly} == set(range(5))
    assert (known.different, read(world).leave()) == ({}, [])
    assert [pk for pk, _ in read(world).places(Format.ONLINE)] == [world.place().pk]
    assert read(world).gaps.minutes(("online", None), ("online", None)) == 0
