"""An answer is used again only while nothing that decides it has changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from availability.models import (
    DifferentHours,
    Format,
    Practice,
    Service,
    Therapist,
    TimeOff,
    WeeklyHours,
)
from availability.reads import service_named
from availability.rules import whole_days
from availability.uk_time import UK, slot_value
from bookings import lifecycle, slots
from bookings.models import BookingEvent
from bookings.times import Choice, next_free
from tests.factories import NOW, World, book, force_booking, make_hours, make_world

DAY = date(2026, 11, 25)
TEN = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SPAN = whole_days(DAY, DAY, UK)


def version_of(world: World) -> int:
    named = service_named("consultation", world.therapist.slug)
    assert named
    return named[1][1]


def shown(world: World) -> list[str]:
    """What a page shows, with all that it remembers; asserts that it is what a POST would find."""
    named = service_named("consultation", world.therapist.slug)
    assert named
    service, version = named
    remembered = slots.free_starts(service, Format.ONLINE, SPAN, NOW, version)
    assert remembered == slots.free_starts(service, Format.ONLINE, SPAN, NOW)
    return [slot_value(datetime.fromtimestamp(s, UTC)) for s in remembered]


def cancel_at_ten(world: World) -> None:
    booking = book(world, TEN, email="late@example.com")
    shown(world)
    lifecycle.cancel(booking.pk, actor=BookingEvent.Actor.CLIENT, reason="", now=NOW)


def take_leave(world: World) -> None:
    TimeOff.objects.create(
        therapist=world.therapist, starts_at=TEN, ends_at=TEN + timedelta(hours=1)
    )


def move_hours_in_raw_sql(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE availability_weeklyhours SET opens = '11:00'")


def differ(world: World) -> None:
    DifferentHours.objects.create(
        therapist=world.therapist, day=DAY, opens=time(18), closes=time(20), formats=["online"]
    )


def give_hours_away(world: World) -> None:
    world.therapist.weekly_hours.update(therapist=make_world().therapist)


def change_zone(world: World) -> None:
    Therapist.objects.filter(pk=world.therapist.pk).update(zone_name="Europe/Paris")


CHANGES: dict[str, Callable[[World], object]] = {
    "a booking": lambda world: book(world, TEN),
    "a booking by another writer": lambda world: force_booking(world, TEN),
    "a cancellation": cancel_at_ten,
    "leave": take_leave,
    "a date that differs": differ,
    "more hours": lambda world: make_hours(world.therapist, (2,), time(18), time(19)),
    "hours in bulk": lambda world: world.therapist.weekly_hours.update(closes=time(12)),
    "hours in raw SQL": move_hours_in_raw_sql,
    "hours that go": lambda world: WeeklyHours.objects.filter(weekday=2).delete(),
    "hours given to another": give_hours_away,
    "a longer step": lambda world: Service.objects.update(step_minutes=60),
    "a longer meeting": lambda world: Service.objects.update(length_minutes=240),
    "a zone": change_zone,
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_remembered_is_what_a_post_would_find_after(name: str, world: World) -> None:
    book(world, TEN + timedelta(hours=2))  # so that a booking's gap is in play
    before = shown(world)
    CHANGES[name](world)
    after = shown(world)
    assert (after == before) == (name == "a cancellation")


def test_what_concerns_one_therapist_leaves_the_other_diaries_answers(world: World) -> None:
    other = make_world()
    known = version_of(other)
    book(world, TEN)
    take_leave(world)
    assert version_of(other) == known


def test_a_change_that_is_rolled_back_leaves_no_number_behind_to_be_used_again(
    world: World,
) -> None:
    before = version_of(world)
    mark = transaction.savepoint()
    book(world, TEN)
    undone = version_of(world)
    transaction.savepoint_rollback(mark)
    assert version_of(world) == before
    book(world, TEN + timedelta(hours=1))
    assert version_of(world) not in {before, undone}


def test_a_page_that_was_asked_before_reads_one_row(
    world: World, client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/book/time/?what=consultation&how=online&who={world.therapist.slug}"
    first = client.get(address)
    with django_assert_num_queries(1):
        assert client.get(address).content == first.content


CATALOGUE: dict[str, Callable[[World], object]] = {
    "the service's name": lambda world: Service.objects.update(name="First talk"),
    "the practice's address": lambda world: Practice.objects.update(email="new@kicks.example"),
    "a shorter horizon": lambda world: Service.objects.update(horizon_days=3),
    "no such service": lambda world: Service.objects.update(is_active=False),
    "no such format": lambda world: Service.objects.update(formats=["walking"]),
    "no such therapist": lambda world: Therapist.objects.update(is_active=False),
    "another link": lambda world: Therapist.objects.update(slug="sasha"),
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_what_pages_say_changes_with_the_catalogue(
    name: str, world: World, client: Browser
) -> None:
    address = f"/book/time/?what=consultation&how=online&who={world.therapist.slug}"
    address += "&from=2026-12-14"
    before = client.get(address)
    assert client.get(address).content == before.content
    CATALOGUE[name](world)
    after = client.get(address)
    assert (after.status_code, after.content) != (before.status_code, before.content)


def test_a_page_with_a_draft_is_nobody_elses(world: World, client: Browser) -> None:
    address = f"/book/time/?what=consultation&how=online&who={world.therapist.slug}"
    mine = client.get(f"{address}&draft=abc123")
    assert b"abc123" in mine.content
    assert b"abc123" not in client.get(address).content


def test_the_notice_moves_on_while_the_answer_is_remembered(world: World) -> None:
    named = service_named("consultation", world.therapist.slug)
    assert named
    choice = Choice(named[0], Format.ONLINE, named[1])
    morning = timezone.localtime(TEN, UK) - timedelta(days=1)
    first = next_free(choice, morning)
    later = next_free(choice, morning + timedelta(hours=12, minutes=31))
    assert first == datetime(2026, 11, 25, 9, 0, tzinfo=UTC).timestamp()
    assert later == datetime(2026, 11, 25, 11, 0, tzinfo=UTC).timestamp()
