"""What the page offers and what the booking accepts are one and the same."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from availability import walltime
from availability.intervals import Interval
from availability.models import DifferentHours, Format, TimeOff, Weekday, WeeklyHours
from availability.window import bookable_span
from bookings import busy, lifecycle, slots
from bookings.by import By
from bookings.errors import NotBookableError, SlotTakenError, TimeRefusedError
from bookings.models import Booking
from front import refusals
from prose.dates import UK, parse_slot
from tests.bookings.refusals import client_is_told
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_hours,
    make_places,
    make_service,
    make_therapist,
    make_world,
)

DAY = date(2026, 11, 25)  # a Wednesday


@contextmanager
def rolled_back() -> Iterator[None]:
    """Take back whatever the block wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def at(text: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), UK)


def whole(first: date = DAY, last: date | None = None) -> Interval:
    return walltime.whole_days(first, last or first, UK)


def free(world: World, fmt: str = Format.ONLINE, day: date = DAY) -> list[str]:
    """The times of one day that are offered for the consultation, as the UK reads them."""
    found = slots.free_starts(world.consultation, fmt, whole(day), NOW)
    return [f"{walltime.utc(start).astimezone(UK):%H:%M}" for start in found]


def refusal(world: World, start: datetime, fmt: str = Format.ONLINE, now: datetime = NOW) -> str:
    with pytest.raises(TimeRefusedError) as caught:
        slots.require_free(world.consultation, fmt, start, now)
    return refusals.words(caught.value)


# --- one diary


def test_a_day_of_a_new_practice_offers_its_hours(world: World) -> None:
    assert free(world) == [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 30)]


def test_a_booking_in_one_format_takes_its_time_in_every_other(world: World) -> None:
    book(world, at("10:00"), format=Format.WALKING)
    for fmt in ALL:
        assert "10:00" not in free(world, fmt)


def test_a_booking_with_one_therapist_takes_no_time_of_another(world: World) -> None:
    other = make_world()
    book(world, at("10:00"))
    assert "10:00" not in free(world)
    assert "10:00" in free(other)


def test_a_cancelled_booking_gives_its_time_back(world: World) -> None:
    booking = book(world, at("10:00"))
    lifecycle.cancel(booking.pk, by=By.client(), reason="", now=NOW)
    assert "10:00" in free(world)


def test_the_gap_of_another_service_is_kept_before_and_after_its_bookings(world: World) -> None:
    world.session.gap_minutes = 20
    world.session.save()
    force_booking(world, at("11:00"), service=world.session)  # to 11:50
    assert [text for text in free(world) if "10:00" <= text <= "13:00"] == [
        "10:00",  # to 10:15; 10:30 would leave 15 minutes
        "12:30",  # 12:00 would leave 10
        "13:00",
    ]


def test_hours_of_one_format_are_not_offered_in_another(world: World) -> None:
    WeeklyHours.objects.filter(therapist=world.therapist).update(formats=[Format.WALKING])
    assert free(world, Format.ONLINE) == []
    assert free(world, Format.WALKING)[0] == "09:00"
    assert "isn’t one of the times" in refusal(world, at("10:00"))


def test_a_format_that_the_service_does_not_have_is_not_offered(world: World) -> None:
    world.consultation.formats = [Format.WALKING]
    assert free(world, Format.ONLINE) == []
    with client_is_told(NotBookableError, match="Choose another way to meet"):
        slots.require_free(world.consultation, Format.ONLINE, at("10:00"), NOW)


def test_a_date_that_differs_does_so_for_the_formats_it_does_not_name_too(world: World) -> None:
    DifferentHours.objects.create(
        therapist=world.therapist,
        day=DAY,
        opens=time(18),
        closes=time(19),
        formats=[Format.ONLINE],
    )
    assert free(world, Format.ONLINE) == ["18:00", "18:30"]
    assert free(world, Format.IN_PERSON) == []


def test_a_date_that_differs_for_one_therapist_is_as_ever_for_another(world: World) -> None:
    other = make_world()
    DifferentHours.objects.create(
        therapist=other.therapist, day=DAY, opens=time(18), closes=time(19), formats=ALL
    )
    TimeOff.objects.create(therapist=other.therapist, starts_at=at("00:00"), ends_at=at("23:00"))
    assert free(world)[0] == "09:00"
    assert free(other) == []


def test_nothing_is_offered_during_leave_and_all_is_up_to_it_and_from_its_end(
    world: World,
) -> None:
    TimeOff.objects.create(therapist=world.therapist, starts_at=at("10:30"), ends_at=at("12:00"))
    assert [t for t in free(world) if t < "13:00"] == [
        "09:00",
        "09:30",
        "10:00",
        "12:00",
        "12:30",
    ]


@pytest.mark.django_db
def test_leave_needs_no_gap_from_a_meeting_that_keeps_one() -> None:
    world = make_world(gap_minutes=30)
    TimeOff.objects.create(therapist=world.therapist, starts_at=at("10:15"), ends_at=at("11:00"))
    assert [text for text in free(world) if text <= "11:30"] == [
        "09:00",
        "09:30",
        "10:00",
        "11:00",
        "11:30",
    ]


@pytest.mark.django_db
def test_leave_that_begins_at_the_uk_midnight_stops_a_meeting_that_would_run_into_it() -> None:
    away = make_world(length_minutes=60)
    away.therapist.zone_name = "America/New_York"
    away.therapist.save()
    evening = slots.free_starts(away.consultation, Format.ONLINE, whole(), NOW)[-1]
    assert walltime.utc(evening) == at("21:00")
    make_hours(away.therapist, (Weekday.WEDNESDAY,), time(17), time(23))
    late = at("23:30")
    found = slots.free_starts(away.consultation, Format.ONLINE, whole(), NOW)
    assert walltime.utc(found[-1]) == late  # midnight itself is the next day's
    midnight = at("00:00", DAY + timedelta(days=1))
    TimeOff.objects.create(
        therapist=away.therapist, starts_at=midnight, ends_at=midnight + timedelta(hours=1)
    )
    assert late.timestamp() not in slots.free_starts(away.consultation, Format.ONLINE, whole(), NOW)
    assert "isn’t one of the times" in refusal(away, late)


@pytest.mark.django_db
def test_a_booking_just_before_a_day_keeps_its_gap_inside_the_day() -> None:
    away = make_world(gap_minutes=60)
    away.therapist.zone_name = "Asia/Kathmandu"
    away.therapist.save()
    make_hours(away.therapist, (Weekday.WEDNESDAY,), time(0), time(8))  # from 18:15 to 02:15 UTC
    span = whole()
    begin = walltime.utc(span[0])
    free_before = slots.free_starts(away.consultation, Format.ONLINE, span, NOW)
    force_booking(away, begin - timedelta(minutes=20), minutes=20)
    lost = set(free_before) - set(slots.free_starts(away.consultation, Format.ONLINE, span, NOW))
    assert [walltime.utc(start) - begin for start in sorted(lost)] == [
        timedelta(minutes=15),
        timedelta(minutes=45),
    ]


# --- notice and horizon


def test_the_first_start_is_the_first_after_the_notice_and_the_notice_is_to_the_second(
    world: World,
) -> None:
    now = at("21:00", date(2026, 11, 24))  # 12 hours before
    first = slots.free_starts(world.consultation, Format.ONLINE, whole(), now)[0]
    assert walltime.utc(first) == at("09:00")
    later = now + timedelta(microseconds=1)
    first = slots.free_starts(world.consultation, Format.ONLINE, whole(), later)[0]
    assert walltime.utc(first) == at("09:30")
    assert "12 hours’ notice" in refusal(world, at("09:00"), now=later)


@pytest.mark.django_db
def test_the_notice_counts_elapsed_hours_over_a_change_of_clocks() -> None:
    world = make_world(notice_hours=12)
    make_hours(world.therapist, (Weekday.SUNDAY,))
    sunday = date(2026, 10, 25)
    now = at("22:00", date(2026, 10, 24))  # 11 hours of clock and 12 of time before 9am
    first = slots.free_starts(world.consultation, Format.ONLINE, whole(sunday), now)[0]
    assert walltime.utc(first) == at("09:00", sunday)


def test_the_horizon_ends_with_its_uk_day(world: World) -> None:
    last = date(2027, 1, 4)  # 42 days after the Monday that is today
    assert free(world, day=last)[-1] == "16:30"
    assert free(world, day=last + timedelta(days=1)) == []
    after = at("09:00", last + timedelta(days=1))
    assert refusal(world, after) == (
        "That time is too far ahead: I take bookings for the next 42 days."
    )


def test_the_horizons_day_is_the_uks_shortly_after_midnight_in_summer(world: World) -> None:
    now = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # already 1 July in London
    horizon = bookable_span(world.consultation, now)[1]
    assert walltime.utc(horizon) == at("00:00", date(2026, 8, 13))


# --- what a refusal says


def test_a_time_somebody_else_has_is_said_to_be_taken(world: World) -> None:
    book(world, at("10:00"))
    with client_is_told(SlotTakenError, match="10am UK time has just been taken"):
        slots.require_free(world.consultation, Format.ONLINE, at("10:00"), NOW)


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("09:00", date(2026, 11, 20), "has passed"),
        ("09:00", date(2026, 11, 23), "has passed"),
        ("16:00", date(2026, 11, 23), "too soon"),
        ("10:07", DAY, "isn’t one of the times"),
        ("03:00", DAY, "isn’t one of the times"),
        ("17:00", DAY, "isn’t one of the times"),
        ("10:00", date(2026, 11, 28), "isn’t one of the times"),  # a Saturday
        ("10:00", date(2027, 12, 28), "too far ahead"),
        ("10:00", date(2199, 12, 31), "too far ahead"),
        ("10:00", date(2000, 1, 1), "has passed"),
    ],
)
def test_a_refusal_names_the_rule(world: World, text: str, day: date, words: str) -> None:
    assert words in refusal(world, at(text, day))


def test_a_start_between_two_seconds_is_refused(world: World) -> None:
    slots.require_free(world.consultation, Format.ONLINE, at("10:00"), NOW)
    for odd in (timedelta(microseconds=1), timedelta(seconds=1)):
        assert "isn’t one of the times" in refusal(world, at("10:00") + odd)


# --- the days on which the clocks change


@pytest.mark.parametrize("first", [date(2026, 10, 24), date(2027, 3, 27)])
@pytest.mark.parametrize("zone_name", ["Europe/London", "America/New_York"])
def test_each_start_offered_over_a_change_of_clocks_can_be_booked_and_no_other_point_of_the_grid(
    world: World, first: date, zone_name: str
) -> None:
    world.therapist.zone_name = zone_name
    world.therapist.save()
    make_hours(world.therapist, (Weekday.SATURDAY, Weekday.SUNDAY), time(0), time(23, 59))
    now = at("00:00", first) - timedelta(days=2)
    taken = book(world, at("12:00", first), now)
    span = whole(first, first + timedelta(days=1))
    offered = slots.free_starts(world.consultation, Format.ONLINE, span, now)
    assert taken.start.timestamp() not in offered
    assert len(offered) > 50
    for start in range(span[0], span[1], 1800):
        with rolled_back():
            if start in offered:
                booking = book(world, walltime.utc(start), now)
                assert booking.start.timestamp() == start
            else:
                with pytest.raises(TimeRefusedError):
                    book(world, walltime.utc(start), now)


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-27T22:30",
        "2027-03-28T00:30",
        "2026-10-24T22:30",
    ],
)
@pytest.mark.django_db
def test_a_meeting_over_a_change_of_clocks_takes_as_long_as_any_other(text: str) -> None:
    world = make_world(length_minutes=120)
    make_hours(world.therapist, (Weekday.SATURDAY, Weekday.SUNDAY), time(0), time(23, 59))
    world.therapist.zone_name = "America/New_York"  # whose evening it is
    world.therapist.save()
    start = parse_slot(text)
    assert start is not None
    booking = book(world, start, start - timedelta(days=2))
    booking.refresh_from_db()
    assert booking.end - booking.start == timedelta(hours=2)


@settings(max_examples=20, deadline=None)
@pytest.mark.django_db
@given(st.lists(st.integers(0, 15), min_size=1, max_size=6, unique=True))
def test_booking_one_time_after_another_never_moves_those_that_are_left(
    order: list[int],
) -> None:
    with rolled_back():
        world = make_world()
        before = slots.free_starts(world.consultation, Format.ONLINE, whole(), NOW)
        for number in order:
            book(world, walltime.utc(before[number]))
        after = slots.free_starts(world.consultation, Format.ONLINE, whole(), NOW)
        assert after == [start for n, start in enumerate(before) if n not in order]


# --- the number of queries


def fill(world: World, rows: int) -> None:
    """Give the practice this many more of everything that a diary is made of."""
    for n in range(rows):
        make_hours(world.therapist, (Weekday.SATURDAY,), time(8 + n), time(9 + n))
        day = DAY + timedelta(days=7 * n)
        DifferentHours.objects.create(
            therapist=world.therapist, day=day, opens=time(9), closes=time(17), formats=ALL
        )
        begin = at("12:00", day)
        TimeOff.objects.create(
            therapist=world.therapist, starts_at=begin, ends_at=begin + timedelta(hours=1)
        )
        service = make_service(world.therapist, slug=uuid.uuid4().hex, gap_minutes=n)
        force_booking(world, at("15:00", day), service=service)
        make_places(world.therapist)
        other = make_therapist(practice=world.therapist.practice)
        make_places(other)
        make_hours(other)
        make_service(other)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_diary_is_read_in_two_queries_however_much_it_holds(
    world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(world, rows)
    span = bookable_span(world.consultation, NOW)
    with django_assert_num_queries(2):
        assert slots.free_starts(world.consultation, Format.ONLINE, span, NOW)
    with django_assert_num_queries(2):
        slots.require_free(world.consultation, Format.ONLINE, at("10:00"), NOW)


def test_a_long_history_adds_no_query_and_is_not_read(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add_history(world, 500)
    span = bookable_span(world.consultation, NOW)
    with django_assert_num_queries(2):
        known = busy.read_diary(world.consultation, Format.ONLINE, span, NOW)
    assert known.meetings == []


def add_history(world: World, count: int) -> None:
    """Store consultations on each of the past days: nobody will look at them again."""
    client, place = make_client(), world.place()
    length = timedelta(minutes=15)
    Booking.objects.bulk_create(
        Booking(
            therapist=world.therapist,
            client=client,
            service=world.consultation,
            format=Format.ONLINE,
            place=place,
            during=(begin, begin + length),
            price=0,
            idempotency_key=uuid.uuid4(),
            created_at=NOW,
            changed_at=NOW,
        )
        for begin in (NOW - timedelta(days=2 + n) for n in range(count))
    )


def times_page(world: World, query: str = "") -> str:
    return f"/book/time/?what=consultation&how=online&who={world.therapist.slug}{query}"


@pytest.mark.parametrize("query", ["", "&day=2026-11-25", "&from=2026-12-14"])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_times_page_takes_four_queries_at_first_however_much_there_is(
    world: World,
    client: Browser,
    rows: int,
    query: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(world, rows)
    add_history(world, 500)
    with django_assert_num_queries(4):
        response = client.get(times_page(world, query))
    assert response.status_code == 200
    assert b'name="slot"' in response.content


@pytest.mark.parametrize("rows", [1, 3])
def test_a_times_page_without_a_free_time_looks_once_at_the_diary_for_each_way_out(
    world: World, client: Browser, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(world, rows)
    away = NOW, NOW + timedelta(days=400)
    TimeOff.objects.create(therapist=world.therapist, starts_at=away[0], ends_at=away[1])
    with django_assert_num_queries(4):
        response = client.get(times_page(world))
    assert response.status_code == 200
    assert b'name="slot"' not in response.content
