"""The first free time of many services at once: two queries, and what each alone would say."""

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from availability import catalogue
from availability.models import Format, Service, Weekday, WeeklyHours
from bookings import slots
from bookings.models import Booking, Hold
from prose.dates import UK
from tests.bookings.diaries import DAY, at
from tests.factories import (
    ALL,
    NOW,
    World,
    force_booking,
    make_client,
    make_date,
    make_gap,
    make_off,
    make_place,
    make_session,
    make_world,
)

ONLINE, WALK = Format.ONLINE, Format.WALKING
TUESDAY = date(2026, 11, 24)


def offered() -> list[Service]:
    return list(Service.objects.offered())


def one_by_one(services: list[Service], now: datetime = NOW) -> dict[tuple[int, str], int]:
    """What `next_free` says of each service and format that has a free time."""
    found = {
        (service.pk, fmt): slots.next_free(service, fmt, now)
        for service in services
        for fmt in service.formats
    }
    return {key: start for key, start in found.items() if start is not None}


def busy(world: World, number: int) -> None:
    """Give each therapist a diary of their own with something of every rule."""
    therapist = world.therapist
    therapist.most_sessions_a_day, therapist.most_in_a_row = 2, 2
    therapist.most_consultations_a_week = 5
    therapist.zone_name = ("Europe/London", "America/New_York", "Asia/Kathmandu")[number % 3]
    therapist.save()
    world.consultation.book_by = time(18) if number % 2 else None
    world.consultation.save()
    make_session(therapist, slug="couple", length_minutes=80, only_own_hours=bool(number % 2))
    make_place(therapist, latitude=51.47, longitude=-0.21, daylight_only=True)
    make_gap(therapist, WALK, ONLINE, 30, both_ways=True)
    force_booking(world, at("09:00", TUESDAY + timedelta(days=number)), service=world.session)
    make_off(therapist, at("13:00", TUESDAY), at("15:00", TUESDAY), ONLINE if number else "")
    make_date(therapist, DAY, time(18), time(20), adds=True)
    Hold.objects.create(
        therapist=therapist,
        service=world.consultation,
        format=ONLINE,
        during=(at("10:00", DAY), at("10:15", DAY)),
        visitor="somebody",
        expires_at=NOW + timedelta(minutes=number),  # the first one's is over
    )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_what_is_kept_of_a_few_diaries_says_the_same_without_a_query(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        busy(make_world(), number)
    known = catalogue.offered()
    versions = {one.therapist_id: known.version_of(one) for one in known.services}
    for now in (NOW, NOW + timedelta(minutes=2), NOW + timedelta(hours=20)):
        found = slots.first_free_of_few(known.services, now, versions)
        assert found == slots.first_free(offered(), now) == one_by_one(offered(), now)
        with django_assert_num_queries(0):
            assert slots.first_free_of_few(known.services, now, versions) == found


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_first_free_times_of_all_therapists_take_two_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        busy(make_world(), number)
    services = offered()
    with django_assert_num_queries(2):
        found = slots.first_free(services, NOW)
    assert len(found) >= 6 * count
    assert found == one_by_one(services)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_where_clients_come_first_one_query_more_says_how_far_they_see(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for world in [make_world() for _ in range(count)]:
        world.therapist.early_days = 7
        world.therapist.save()
    services = offered()
    with django_assert_num_queries(3):
        found = slots.first_free(services, NOW)
    assert found == one_by_one(services)


def test_they_are_the_first_after_the_notice_of_each(world: World) -> None:
    services = offered()
    found = slots.first_free(services, at("21:30", TUESDAY))  # twelve hours before 9:30
    wednesday = {
        service.slug: at(text) for service, text in zip(services, ("09:30", "10:00"), strict=True)
    }
    for service in services:
        for fmt in ALL:
            assert found[service.pk, fmt] == wednesday[service.slug].timestamp()


def test_a_service_without_a_free_time_is_left_out_and_the_others_are_not(world: World) -> None:
    WeeklyHours.objects.update(formats=[ONLINE])
    world.session.only_own_hours = True
    world.session.save()
    assert slots.first_free(offered(), NOW) == {
        (world.consultation.pk, ONLINE): at("09:00", TUESDAY).timestamp()
    }


def test_a_service_whose_notice_reaches_beyond_its_horizon_is_left_out(world: World) -> None:
    world.consultation.notice_hours, world.consultation.horizon_days = 72, 1
    world.consultation.save()
    found = slots.first_free(offered(), NOW)
    assert {pk for pk, _ in found} == {world.session.pk}
    assert found == one_by_one(offered())


def test_a_time_that_somebody_holds_is_not_the_first(world: World) -> None:
    hold = Hold.objects.create(
        therapist=world.therapist,
        service=world.consultation,
        format=ONLINE,
        during=(at("09:00", TUESDAY), at("09:15", TUESDAY)),
        visitor="somebody",
        expires_at=NOW + timedelta(minutes=10),
    )
    key = world.consultation.pk, ONLINE
    assert slots.first_free(offered(), NOW)[key] == at("09:30", TUESDAY).timestamp()
    later = slots.first_free(offered(), hold.expires_at)
    assert later[key] == at("09:00", TUESDAY).timestamp()


def test_of_two_places_the_one_that_is_free_sooner_gives_the_first(world: World) -> None:
    bridge = make_place(world.therapist)
    make_gap(world.therapist, ONLINE, world.place(WALK), 120)
    make_gap(world.therapist, ONLINE, bridge, 40)
    force_booking(world, at("09:00", TUESDAY))  # to 9:15
    found = slots.first_free(offered(), NOW)
    assert found[world.consultation.pk, WALK] == at("10:00", TUESDAY).timestamp()


def test_of_hours_that_overlap_the_earlier_grid_gives_the_first(world: World) -> None:
    make_date(world.therapist, TUESDAY, time(8, 50), time(9, 20), adds=True)
    force_booking(world, at("08:50", TUESDAY), minutes=5)
    assert slots.first_free(offered(), NOW)[world.consultation.pk, ONLINE] == (
        at("09:00", TUESDAY).timestamp()
    )


def test_without_services_there_is_nothing(db: None) -> None:
    assert slots.first_free([], NOW) == {}


def test_a_week_that_is_full_at_the_end_of_the_horizon_is_known_to_be(world: World) -> None:
    """The booking that fills the week lies after the last day that can be asked for."""
    world.therapist.most_consultations_a_week = 1
    world.therapist.save()
    world.consultation.horizon_days = 1  # Tuesday
    world.consultation.save()
    force_booking(world, at("12:00", date(2026, 11, 29)))  # Sunday
    services = offered()
    assert {pk for pk, _ in slots.first_free(services, NOW)} == {world.session.pk}
    assert one_by_one(services) == slots.first_free(services, NOW)


# --- a year that is full


@pytest.fixture
def full_year(world: World) -> World:
    """An hour on each weekday, of which every one is booked as far as can be asked for."""
    world.therapist.weekly_hours.exclude(weekday=Weekday.SATURDAY).update(closes=time(10))
    Service.objects.filter(pk=world.session.pk).update(horizon_days=366, length_minutes=60)
    world.session.refresh_from_db()
    client, place = make_client(), world.place()
    days = (NOW.date() + timedelta(days=number) for number in range(367))
    Booking.objects.bulk_create(
        Booking(
            therapist=world.therapist,
            client=client,
            service=world.session,
            format=ONLINE,
            place=place,
            during=(begin, begin + timedelta(hours=1)),
            price=75,
            idempotency_key=uuid.uuid4(),
            created_at=NOW,
            changed_at=NOW,
        )
        for day in days
        if (begin := datetime(day.year, day.month, day.day, 9, tzinfo=UK))
        and day.weekday() < Weekday.SATURDAY
    )
    return world


def test_a_year_that_is_full_has_no_next_free_time_and_takes_two_queries_to_say_so(
    full_year: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    service = Service.objects.offered().get(pk=full_year.session.pk)
    for fmt in ALL:
        with django_assert_num_queries(2):
            assert slots.next_free(service, fmt, NOW) is None
    with django_assert_num_queries(2):
        assert slots.first_free([service], NOW) == {}


def test_the_one_time_that_is_left_of_a_year_is_found(
    full_year: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    last = at("09:00", date(2027, 11, 24))  # 366 days from NOW
    Booking.objects.filter(during__startswith=last).delete()
    service = Service.objects.offered().get(pk=full_year.session.pk)
    with django_assert_num_queries(2):
        assert slots.next_free(service, WALK, NOW) == last.timestamp()
    with django_assert_num_queries(2):
        found = slots.first_free([service], NOW)
    assert found == dict.fromkeys(((service.pk, fmt) for fmt in ALL), last.timestamp())
