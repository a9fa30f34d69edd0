"""An answer is used again only while nothing that decides it has changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from availability.catalogue import service_named
from availability.models import (
    DifferentHours,
    Format,
    Gap,
    Place,
    Practice,
    Service,
    Therapist,
    TimeOff,
    WeeklyHours,
)
from availability.walltime import whole_days
from availability.window import last_day
from bookings import busy, holds, lifecycle, slots
from bookings.by import By
from bookings.models import Hold
from prose.dates import UK, slot_value
from tests.clock import Clock
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_hours,
    make_world,
)

DAY = date(2026, 11, 25)
TEN = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SPAN = whole_days(DAY, DAY, UK)


def version_of(world: World) -> int:
    return versions_of(world)[1]


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
    lifecycle.cancel(booking.pk, by=By.client(), reason="", now=NOW)


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


def ask_for_daylight(world: World) -> None:
    """It is light from about 7:30 to 4 at the end of November in London."""
    world.therapist.places.update(
        daylight_only=True, daylight_margin=90, latitude=51.47, longitude=-0.21
    )


def keep_a_gap(world: World, **facts: object) -> Gap:
    fresh = {"before": Format.ONLINE, "after": Format.ONLINE, "minutes": 60}
    return Gap.objects.create(**{"therapist": world.therapist, **fresh, **facts})


def hold(world: World, start: datetime = TEN, visitor: str = "somebody") -> Hold:
    """Choose a time, as the details page does."""
    holds.choose(world.consultation, Format.ONLINE, start, visitor, NOW)
    return Hold.objects.get(visitor=visitor)


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
    "hours for another service": lambda world: world.therapist.weekly_hours.update(
        service=world.session
    ),
    "only hours of its own": lambda world: Service.objects.update(only_own_hours=True),
    "a place for something else": lambda world: world.therapist.places.update(format="walking"),
    "a place out of use": lambda world: world.therapist.places.update(is_active=False),
    "daylight": ask_for_daylight,
    "a gap": keep_a_gap,
    "an appointment": lambda world: TimeOff.objects.create(
        therapist=world.therapist,
        starts_at=TEN,
        ends_at=TEN + timedelta(minutes=15),
        elsewhere=Format.ONLINE,
    ),
    "a hold": hold,
    "a cap on consultations": lambda world: Therapist.objects.update(most_consultations_a_week=1),
    "a later notice": lambda world: Service.objects.update(book_by=time(8), notice_hours=60),
    "clients first": lambda world: Therapist.objects.update(early_days=41),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_remembered_is_what_a_post_would_find_after(name: str, world: World) -> None:
    book(world, TEN + timedelta(hours=2))  # so that a booking's gap is in play
    before = shown(world)
    CHANGES[name](world)
    after = shown(world)
    assert (after == before) == (name == "a cancellation")


def versions_of(world: World) -> tuple[int, int]:
    """The version of the catalogue, and of the therapist's diary."""
    named = service_named("consultation", world.therapist.slug)
    assert named
    return named[1]


def new_place(world: World) -> Place:
    return Place.objects.create(therapist=world.therapist, format=Format.WALKING, name="Elsewhere")


Row = Gap | Hold | Place
# A row of each table, and what is changed in it.
TABLES: dict[str, tuple[Callable[[World], Row], str, object]] = {
    "a place": (new_place, "daylight_margin", 30),
    "a gap": (keep_a_gap, "minutes", 30),
    "a hold": (hold, "expires_at", NOW),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_comes_changes_or_goes_touches_its_diary_alone(name: str, world: World) -> None:
    make, field, value = TABLES[name]
    other = make_world()
    kept = versions_of(other)
    seen = [versions_of(world)]

    def assert_touched() -> None:
        seen.append(versions_of(world))
        assert seen[-1][1] > seen[-2][1]

    row = make(world)
    assert_touched()
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows.update(**{field: value})
    assert_touched()
    rows.delete()
    assert_touched()
    assert version_of(other) == kept[1]
    # What pages say of a place is the catalogue's as well.
    assert {catalogue for catalogue, _ in seen} == {kept[0]} or name == "a place"


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_moves_to_another_therapist_touches_both_diaries(
    name: str, world: World
) -> None:
    other = make_world()
    row = TABLES[name][0](world)
    before = version_of(world), version_of(other)
    type(row)._default_manager.filter(pk=row.pk).update(therapist=other.therapist)
    assert version_of(world) > before[0]
    assert version_of(other) > before[1]


@pytest.mark.parametrize(
    "facts",
    [
        {"most_sessions_a_day": 3},
        {"most_consultations_a_week": 3},
        {"most_in_a_row": 3},
        {"break_minutes": 45},
        {"early_days": 7},
        {"is_discreet": True},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_therapists_say_of_their_work_touches_the_catalogue(
    world: World, facts: dict[str, object]
) -> None:
    before = versions_of(world)
    Therapist.objects.filter(pk=world.therapist.pk).update(**facts)
    after = versions_of(world)
    assert after[0] > before[0]
    assert after[1] == before[1]


# --- holds come and go with the clock


def remembered(world: World, now: datetime, visitor: str = "") -> tuple[list[int], tuple[int, int]]:
    """What a page shows by all that is remembered, and under which versions."""
    named = service_named("consultation", world.therapist.slug)
    assert named
    service, version = named
    return slots.free_starts(service, Format.ONLINE, SPAN, now, version, visitor), version


def test_a_hold_that_lapses_gives_its_time_back_though_nothing_changed(world: World) -> None:
    held = hold(world)
    ten, moment = int(TEN.timestamp()), timedelta(microseconds=1)
    early, version = remembered(world, NOW)
    assert ten not in early
    late, _ = remembered(world, held.expires_at - moment)
    assert late == early
    for now in (held.expires_at, held.expires_at + timedelta(hours=1)):
        again, same = remembered(world, now)
        assert same == version
        assert sorted({*early, ten}) == again
        assert again == slots.free_starts(world.consultation, Format.ONLINE, SPAN, now)
    assert remembered(world, NOW) == (early, version)


def test_a_page_shows_a_held_time_again_once_the_hold_has_lapsed(
    world: World, client: Browser, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/book/time/?what=consultation&how=online&who={world.therapist.slug}"
    ten = b'value="2026-11-25T10:00"'
    hold(world)
    assert ten not in client.get(f"{address}&day=2026-11-25").content
    clock.shift(holds.KEPT)
    with django_assert_num_queries(1):
        assert ten in client.get(f"{address}&day=2026-11-25").content


def test_one_who_holds_a_time_sees_it_and_nobody_else_does(world: World) -> None:
    hold(world, visitor="holder")
    ten = int(TEN.timestamp())
    for _ in range(2):  # computed, then remembered
        assert ten in remembered(world, NOW, "holder")[0]
        assert ten not in remembered(world, NOW, "other")[0]
        assert ten not in remembered(world, NOW)[0]


def test_a_hold_that_is_kept_on_is_remembered_no_shorter_than_it_lasts(world: World) -> None:
    hold(world)
    remembered(world, NOW)
    later = NOW + timedelta(minutes=9)
    holds.choose(world.consultation, Format.ONLINE, TEN, "somebody", later)
    assert int(TEN.timestamp()) not in remembered(world, NOW + timedelta(minutes=15))[0]


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
    "clients first": lambda world: Therapist.objects.update(early_days=41),
    "only some free times": lambda world: Therapist.objects.update(is_discreet=True),
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


def test_the_days_by_which_clients_come_first_are_counted_from_their_sessions_as_they_stand(
    world: World,
) -> None:
    Therapist.objects.update(early_days=10)

    def days_ahead() -> int:
        named = service_named("consultation", world.therapist.slug)
        assert named
        fresh = Service.objects.get(pk=world.consultation.pk)
        last = last_day(named[0], NOW)
        assert last == last_day(fresh, NOW)
        return (last - NOW.date()).days

    assert days_ahead() == 32
    sessions = Service.objects.filter(pk=world.session.pk)
    for horizon, days in ((30, 20), (60, 42), (45, 35)):
        sessions.update(horizon_days=horizon)
        assert days_ahead() == days
    sessions.update(is_active=False)
    assert days_ahead() == 42


def test_a_page_with_a_draft_is_nobody_elses(world: World, client: Browser) -> None:
    address = f"/book/time/?what=consultation&how=online&who={world.therapist.slug}"
    mine = client.get(f"{address}&draft=abc123")
    assert b"abc123" in mine.content
    assert b"abc123" not in client.get(address).content


def test_the_notice_moves_on_while_the_answer_is_remembered(world: World) -> None:
    named = service_named("consultation", world.therapist.slug)
    assert named
    service, version = named
    morning = timezone.localtime(TEN, UK) - timedelta(days=1)
    first = slots.next_free(service, Format.ONLINE, morning, version)
    later = slots.next_free(
        service, Format.ONLINE, morning + timedelta(hours=12, minutes=31), version
    )
    assert first == datetime(2026, 11, 25, 9, 0, tzinfo=UTC).timestamp()
    assert later == datetime(2026, 11, 25, 11, 0, tzinfo=UTC).timestamp()


def test_no_more_diaries_are_kept_than_a_practice_looks_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy, "MOST_KEPT", 0)
    monkeypatch.setattr(busy, "_kept", {})
    before = shown(world)
    take_leave(world)
    assert shown(world) != before
    assert len(busy._kept) == 1
