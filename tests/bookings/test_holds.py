"""A time is kept for ten minutes for the visitor who chose it, and never so many that it hurts."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from django.conf import settings as site
from django.test import Client as Browser
from django.utils.html import strip_tags
from pytest_django.fixtures import Settings

from availability import walltime
from availability.models import Format, Service, Weekday
from availability.window import bookable_span
from bookings import holds, lifecycle, slots
from bookings.by import By
from bookings.errors import NotBookableError, SlotTakenError, TimeRefusedError
from bookings.models import Booking, Hold
from bookings.tasks import housekeeping
from front import refusals
from prose.dates import slot_value
from tests import pages
from tests.bookings.diaries import DAY, at, counts_shown, free, refusal, times_shown
from tests.bookings.refusals import client_is_told
from tests.clock import Clock
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    force_booking,
    make_date,
    make_gap,
    make_hours,
    make_session,
    make_world,
    request_for,
)
from tests.races.together import no_lock, together

ONLINE, WALK = Format.ONLINE, Format.WALKING
ANN, BEN = "ann", "ben"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
HELD = (
    "Somebody else is booking that time just now. Choose another time, or try it again in ten "
    "minutes."
)


def choose(  # noqa: PLR0913, who asks for what, when
    world: World,
    start: str,
    visitor: str = ANN,
    now: datetime = NOW,
    service: Service | None = None,
    fmt: str = ONLINE,
) -> list[int]:
    return holds.choose(service or world.consultation, fmt, at(start), visitor, now)


def held(visitor: str = ANN) -> list[str]:
    """The times that are kept for the visitor, in order."""
    kept = Hold.objects.filter(visitor=visitor).order_by("during")
    return [slot_value(hold.start)[-5:] for hold in kept]


# --- whose time it is


@pytest.mark.parametrize("fmt", ALL)
def test_a_time_that_was_chosen_is_the_visitors_alone_in_every_service_and_format(
    world: World, fmt: str
) -> None:
    assert choose(world, "10:00") == [world.place().pk]
    assert "10:00" in free(world.consultation, fmt, visitor=ANN)
    assert "10:00" in free(world.session, fmt, visitor=ANN)
    for other in (BEN, ""):
        assert "10:00" not in free(world.consultation, fmt, visitor=other)
        assert "10:00" not in free(world.session, fmt, visitor=other)
        assert "10:30" in free(world.consultation, fmt, visitor=other)


def test_another_visitor_can_neither_choose_it_nor_book_it_and_is_told_to_come_back(
    world: World,
) -> None:
    choose(world, "10:00")
    with pytest.raises(TimeRefusedError) as caught:
        choose(world, "10:00", BEN)
    assert refusals.words(caught.value) == HELD
    assert refusal(world.consultation, at("10:00"), visitor=BEN) == HELD
    for visitor in (BEN, ""):
        with client_is_told(TimeRefusedError, match="Somebody else is booking"):
            book(world, at("10:00"), visitor=visitor)
    assert held(BEN) == []


def test_the_visitor_gets_it(world: World) -> None:
    choose(world, "10:00")
    assert book(world, at("10:00"), visitor=ANN).start == at("10:00")


def test_a_hold_keeps_its_gap_from_others(world: World) -> None:
    make_gap(world.therapist, WALK, ONLINE, 30)
    choose(world, "10:00", fmt=WALK)
    assert "10:30" not in free(world.consultation, visitor=BEN)  # 15 minutes after 10:15
    assert "11:00" in free(world.consultation, visitor=BEN)
    assert "10:30" in free(world.consultation, visitor=ANN)


def test_a_hold_in_one_diary_takes_nothing_from_another(world: World) -> None:
    other = make_world()
    choose(world, "10:00")
    assert "10:00" in free(other.consultation, visitor=BEN)


# --- for how long


def test_after_ten_minutes_it_is_free_again(world: World) -> None:
    choose(world, "10:00")
    assert "10:00" not in free(world.consultation, now=NOW + 10 * MINUTE - SECOND)
    assert "10:00" in free(world.consultation, now=NOW + 10 * MINUTE)
    choose(world, "10:00", BEN, NOW + 10 * MINUTE)
    assert held(BEN) == ["10:00"]


def test_choosing_it_again_keeps_it_for_ten_more_minutes(world: World) -> None:
    choose(world, "10:00")
    choose(world, "10:00", now=NOW + 9 * MINUTE)
    assert held() == ["10:00"]
    assert "10:00" not in free(world.consultation, now=NOW + 19 * MINUTE - SECOND)
    assert "10:00" in free(world.consultation, now=NOW + 19 * MINUTE)


def test_choosing_it_again_after_it_ran_out_keeps_it_anew(world: World) -> None:
    choose(world, "10:00")
    choose(world, "10:00", now=NOW + 30 * MINUTE)
    assert "10:00" not in free(world.consultation, now=NOW + 39 * MINUTE)


# --- how many


def test_a_third_time_lets_go_of_the_first(world: World) -> None:
    for number, start in enumerate(("10:00", "11:00", "12:00")):
        choose(world, start, now=NOW + number * SECOND)
    assert held() == ["11:00", "12:00"]
    assert "10:00" in free(world.consultation, visitor=BEN)


def test_choosing_again_makes_a_time_the_newest(world: World) -> None:
    for number, start in enumerate(("10:00", "11:00", "10:00", "12:00")):
        choose(world, start, now=NOW + number * MINUTE)
    assert held() == ["10:00", "12:00"]


def test_times_of_every_service_and_format_count_to_the_two(world: World) -> None:
    choose(world, "10:00")
    choose(world, "11:00", now=NOW + SECOND, service=world.session)
    choose(world, "12:00", now=NOW + 2 * SECOND, fmt=WALK)
    assert held() == ["11:00", "12:00"]


def test_what_another_visitor_holds_does_not_count(world: World) -> None:
    for visitor, start in ((ANN, "10:00"), (BEN, "11:00"), (ANN, "12:00"), (BEN, "13:00")):
        choose(world, start, visitor)
    assert (held(ANN), held(BEN)) == (["10:00", "12:00"], ["11:00", "13:00"])


@pytest.mark.parametrize("start", ["10:07", "18:00"])
def test_a_time_that_cannot_be_booked_is_not_held_and_lets_go_of_nothing(
    world: World, start: str
) -> None:
    choose(world, "10:00")
    choose(world, "11:00")
    with pytest.raises(TimeRefusedError):
        choose(world, start)
    assert held() == ["10:00", "11:00"]


# --- what becomes of it


def test_the_booking_takes_its_hold_with_it_and_leaves_the_other(world: World) -> None:
    choose(world, "10:00")
    choose(world, "11:00")
    choose(world, "12:00", BEN)
    book(world, at("10:00"), visitor=ANN)
    assert (held(ANN), held(BEN)) == (["11:00"], ["12:00"])


def test_a_booking_that_is_refused_leaves_the_hold(world: World) -> None:
    choose(world, "10:00")
    with client_is_told(NotBookableError, match="people I’ve already met"):
        book(world, at("10:00"), visitor=ANN, service=world.session)
    assert held() == ["10:00"]


def test_a_booking_under_a_hold_that_ran_out_is_judged_anew(world: World) -> None:
    choose(world, "10:00")
    later = NOW + 11 * MINUTE
    book(world, at("10:00"), later, visitor=BEN)
    with pytest.raises(SlotTakenError):
        book(world, at("10:00"), later, visitor=ANN)


def test_a_booking_under_a_hold_that_ran_out_books_what_is_still_free(world: World) -> None:
    choose(world, "10:00")
    assert book(world, at("10:00"), NOW + 11 * MINUTE, visitor=ANN).start == at("10:00")
    assert not Hold.objects.exists()


def test_a_booking_under_a_hold_that_ran_out_is_refused_what_another_holds(world: World) -> None:
    choose(world, "10:00")
    later = NOW + 11 * MINUTE
    choose(world, "10:00", BEN, later)
    with client_is_told(TimeRefusedError, match="Somebody else is booking"):
        book(world, at("10:00"), later, visitor=ANN)


def test_a_hold_excuses_from_no_other_rule(world: World) -> None:
    choose(world, "10:00")
    make_date(world.therapist, DAY, time(14), time(16))
    with client_is_told(TimeRefusedError, match="isn’t one of the times"):
        book(world, at("10:00"), visitor=ANN)


# --- rows do not outlive their time


def test_what_ran_out_is_deleted_at_the_next_choice(world: World) -> None:
    for visitor, start in ((ANN, "10:00"), (BEN, "11:00")):
        choose(world, start, visitor)
    choose(world, "12:00", "cleo", NOW + 9 * MINUTE)
    assert Hold.objects.count() == 3
    choose(world, "13:00", "dan", NOW + 10 * MINUTE)
    assert sorted(hold.visitor for hold in Hold.objects.all()) == ["cleo", "dan"]


def test_housekeeping_deletes_what_ran_out_and_nothing_else(world: World, clock: Clock) -> None:
    choose(world, "10:00")
    choose(world, "11:00", BEN, NOW + 5 * MINUTE)
    clock.shift(10 * MINUTE - SECOND)
    housekeeping()
    assert (held(ANN), held(BEN)) == (["10:00"], ["11:00"])
    clock.shift(SECOND)
    housekeeping()
    assert (held(ANN), held(BEN)) == ([], ["11:00"])


# --- enough is left for others


def starts(service: Service, fmt: str, visitor: str = "nobody") -> list[int]:
    """All that the visitor could book."""
    span = bookable_span(service, NOW)
    return slots.free_starts(service, fmt, span, NOW, visitor=visitor)


def offers(world: World) -> dict[tuple[str, str], int]:
    """How many starts a stranger is offered of each service and format."""
    return {
        (service.slug, fmt): len(starts(service, fmt))
        for service in world.therapist.services.select_related("therapist")
        for fmt in service.formats
    }


def hundred_choose(world: World) -> int:
    """A hundred visitors choose a time each, all over the diary; return how many are kept."""
    services = list(world.therapist.services.select_related("therapist"))
    for number in range(100):
        service, fmt = services[number % len(services)], ALL[number // 3 % 3]
        offered = starts(service, fmt)
        start = walltime.utc(offered[number * 37 % len(offered)])
        assert holds.choose(service, fmt, start, f"visitor {number}", NOW)
    return Hold.objects.count()


@pytest.mark.parametrize(
    "caps", [{}, {"most_sessions_a_day": 2, "most_in_a_row": 2, "most_consultations_a_week": 8}]
)
def test_a_hundred_visitors_leave_nine_tenths_of_every_service_and_format(
    world: World, caps: dict[str, int]
) -> None:
    for name, value in caps.items():
        setattr(world.therapist, name, value)
    world.therapist.save()
    make_session(world.therapist, slug="couple", length_minutes=80, gap_minutes=20)
    make_gap(world.therapist, ONLINE, WALK, 45, both_ways=True)
    before = offers(world)
    kept = hundred_choose(world)
    after = offers(world)
    assert 3 < kept < 100
    assert [kind for kind in before if after[kind] < 0.9 * before[kind]] == []


def tuesday(world: World, closes: int) -> None:
    """Leave the diary one day, from 9am."""
    world.therapist.weekly_hours.all().delete()
    make_hours(world.therapist, (Weekday.TUESDAY,), time(9), time(closes))
    world.therapist.services.update(horizon_days=6)
    for service in (world.consultation, world.session):
        service.refresh_from_db()


def choose_tuesday(world: World, start: str, service: Service, visitor: str = ANN) -> list[int]:
    when = at(start, DAY - timedelta(days=1))
    return holds.choose(service, ONLINE, when, visitor, NOW + len(held(visitor)) * SECOND)


@pytest.fixture
def hourly(db: None) -> World:
    """Both services every hour: as many starts as hours."""
    return make_world(step_minutes=60)


@pytest.mark.parametrize(("closes", "kept"), [(19, ["10:00"]), (18, [])])
def test_one_of_ten_starts_can_be_held_and_one_of_nine_cannot(
    hourly: World, closes: int, kept: list[str]
) -> None:
    tuesday(hourly, closes)
    assert choose_tuesday(hourly, "10:00", hourly.consultation) == [hourly.place().pk]
    assert held() == kept


def test_the_tenth_is_shared_by_all_visitors(hourly: World) -> None:
    tuesday(hourly, 19)
    choose_tuesday(hourly, "10:00", hourly.consultation)
    choose_tuesday(hourly, "11:00", hourly.consultation, BEN)
    assert (held(ANN), held(BEN)) == (["10:00"], [])


def test_a_time_that_would_leave_too_little_of_another_service_is_not_held(world: World) -> None:
    tuesday(world, 17)  # sixteen consultations, but eight sessions
    choose_tuesday(world, "10:00", world.consultation)
    assert held() == []


def test_a_service_out_of_use_needs_nothing_left(world: World) -> None:
    tuesday(world, 17)
    world.session.is_active = False
    world.session.save()
    choose_tuesday(world, "10:00", world.consultation)
    assert held() == ["10:00"]


def test_a_service_that_nobody_can_book_yet_needs_nothing_left(world: World) -> None:
    tuesday(world, 17)
    world.session.notice_hours = 24 * 14  # and a horizon of six days
    world.session.save()
    choose_tuesday(world, "10:00", world.consultation)
    assert held() == ["10:00"]


def test_a_third_time_that_cannot_be_kept_lets_go_of_nothing(world: World) -> None:
    tuesday(world, 19)  # twenty consultations and ten sessions
    choose_tuesday(world, "10:00", world.consultation)
    choose_tuesday(world, "10:30", world.consultation)  # within the same hour's session
    assert held() == ["10:00", "10:30"]
    assert choose_tuesday(world, "14:00", world.consultation)
    assert held() == ["10:00", "10:30"]


def test_a_time_is_kept_for_longer_only_while_enough_is_left(hourly: World) -> None:
    """Ten starts, of which one is held; then nine, and the visitor chooses it again."""
    tuesday(hourly, 19)
    choose_tuesday(hourly, "10:00", hourly.consultation)
    force_booking(hourly, at("12:00", DAY - timedelta(days=1)))
    choose_tuesday(hourly, "10:00", hourly.consultation)
    assert [hold.expires_at for hold in Hold.objects.all()] in ([], [NOW + 10 * MINUTE])


def test_a_small_diary_books_without_holding(hourly: World, client: Browser) -> None:
    tuesday(hourly, 13)
    for slot in (f"2026-11-24T{hour:02}:00" for hour in range(9, 13)):
        response = client.get(pages.address("details", hourly, slot=slot))
        assert response.status_code == 200
    assert not Hold.objects.exists()
    assert pages.book(client, hourly, "2026-11-24T10:00").start.hour == 10


# --- through the pages


SLOT = f"{DAY}T10:00"


def day_page(browser: Browser, world: World) -> str:
    return pages.text_of(browser.get(pages.address("time", world, day=str(DAY))))


@pytest.fixture
def ann(world: World, clock: Clock) -> Browser:
    """A browser that has chosen ten o'clock."""
    browser = Browser()
    response = browser.get(pages.address("details", world, slot=SLOT))
    assert response.status_code == 200
    return browser


def test_a_chosen_time_leaves_the_page_of_others_and_stays_on_the_visitors(
    world: World, clock: Clock
) -> None:
    ann, ben = Browser(), Browser()
    assert SLOT in times_shown(day_page(ben, world))
    ann.get(pages.address("details", world, slot=SLOT))
    assert SLOT not in times_shown(day_page(ben, world))
    assert counts_shown(day_page(ben, world))[str(DAY)] == 15
    assert SLOT in times_shown(day_page(ann, world))
    assert SLOT not in times_shown(day_page(ben, world))
    clock.shift(10 * MINUTE)
    assert SLOT in times_shown(day_page(ben, world))


def test_a_visitor_who_chooses_what_another_holds_is_shown_the_nearest_times(
    world: World, ann: Browser
) -> None:
    response = Browser().get(pages.address("details", world, slot=SLOT))
    page = pages.text_of(response)
    assert response.status_code == 422
    assert HELD in page
    labels = [strip_tags(near["label"]).rpartition(", ")[2] for near in response.context["nearest"]]
    assert labels == ["9:30am UK time", "10:30am UK time"]
    assert Hold.objects.count() == 1


def test_the_visitor_books_what_they_chose(world: World, ann: Browser) -> None:
    assert pages.book(ann, world, SLOT).start == at("10:00")
    assert not Hold.objects.exists()


def test_two_browsers_at_one_address_are_two_visitors(world: World, ann: Browser) -> None:
    ben = Browser()
    assert ben.get(pages.address("details", world, slot=f"{DAY}T11:00")).status_code == 200
    assert len({hold.visitor for hold in Hold.objects.all()}) == 2


def test_a_check_page_under_a_hold_that_ran_out_hears_that_another_was_quicker(
    world: World, ann: Browser, clock: Clock
) -> None:
    path = pages.check_address(ann, world, SLOT)
    clock.shift(11 * MINUTE)
    pages.book(Browser(), world, SLOT, email="ben@example.com")
    response = pages.press(ann, path)
    assert response.status_code == 422
    assert "10am UK time has just been taken. Your details are safe" in pages.text_of(response)
    assert Booking.objects.count() == 1


def test_a_check_page_under_a_hold_that_ran_out_books_what_is_still_free(
    world: World, ann: Browser, clock: Clock
) -> None:
    path = pages.check_address(ann, world, SLOT)
    clock.shift(11 * MINUTE)
    assert pages.press(ann, path).status_code == 302
    assert Booking.objects.get().start == at("10:00")


def test_sending_the_details_keeps_the_time_for_ten_more_minutes(
    world: World, ann: Browser, clock: Clock
) -> None:
    clock.shift(9 * MINUTE)
    pages.send_details(ann, world, SLOT)
    clock.shift(9 * MINUTE)
    assert SLOT not in times_shown(day_page(Browser(), world))


def test_looking_holds_nothing_and_sets_no_cookie(world: World, client: Browser) -> None:
    for name in ("book", "time"):
        client.get(pages.address(name, world, day=str(DAY)))
    assert not Hold.objects.exists()
    assert not client.cookies


def test_a_head_request_holds_nothing(world: World, client: Browser) -> None:
    assert client.head(pages.address("details", world, slot=SLOT)).status_code == 200
    assert not Hold.objects.exists()


def test_a_head_request_for_what_another_holds_is_refused(world: World, ann: Browser) -> None:
    assert Browser().head(pages.address("details", world, slot=SLOT)).status_code == 422


def test_beyond_the_limit_of_an_address_the_page_works_without_a_hold(
    world: World, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**site.RATE_LIMITS, "hold-address": (2, 3600)}
    for hour in (10, 11, 12):
        response = Browser().get(pages.address("details", world, slot=f"{DAY}T{hour}:00"))
        assert response.status_code == 200
    assert sorted(slot_value(hold.start)[-5:] for hold in Hold.objects.all()) == ["10:00", "11:00"]
    last = Browser()
    assert last.get(pages.address("details", world, slot=f"{DAY}T13:00")).status_code == 200
    assert pages.book(last, world, f"{DAY}T13:00").start == at("13:00")
    refused = Browser().get(pages.address("details", world, slot=SLOT))
    assert (refused.status_code, HELD in pages.text_of(refused)) == (422, True)


def test_another_address_has_a_limit_of_its_own(world: World, settings: Settings) -> None:
    settings.RATE_LIMITS = {**site.RATE_LIMITS, "hold-address": (1, 3600)}
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        slot = f"{DAY}T{10 + Hold.objects.count()}:00"
        Browser(REMOTE_ADDR=address).get(pages.address("details", world, slot=slot))
    assert Hold.objects.count() == 2


# --- at the same moment


@pytest.fixture
def practice(transactional_db: None) -> World:
    """A practice whose rows every connection sees."""
    return make_world()


def at_once(world: World, visitors: Sequence[str], start: str = "10:00") -> list[object]:
    calls: list[Callable[[], object]] = [
        partial(choose, world, start, visitor) for visitor in visitors
    ]
    return list(together(calls))


@pytest.mark.race
@pytest.mark.xdist_group("races")
def test_of_two_visitors_who_choose_one_time_at_once_one_holds_it_and_the_other_is_refused(
    practice: World,
) -> None:
    for start in ("10:00", "11:00", "12:00"):
        outcomes = at_once(practice, [f"{ANN} {start}", f"{BEN} {start}"], start)
        assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
        [refused] = [outcome for outcome in outcomes if not isinstance(outcome, list)]
        assert isinstance(refused, TimeRefusedError)
        assert refusals.words(refused) == HELD
    assert Hold.objects.count() == 3


@pytest.mark.race
@pytest.mark.xdist_group("races")
def test_without_the_lock_several_visitors_hold_one_time(practice: World) -> None:
    """The control: a race test that could not fail would prove nothing."""
    visitors = [f"visitor {number}" for number in range(12)]
    with no_lock():
        for start in ("10:00", "11:00", "12:00"):
            at_once(practice, visitors, start)
    assert Hold.objects.count() > 3


@pytest.mark.race
@pytest.mark.xdist_group("races")
def test_of_one_who_chooses_and_one_who_books_at_once_exactly_one_succeeds(
    practice: World,
) -> None:
    for start in ("10:00", "11:00", "12:00", "13:00"):
        request = request_for(practice, at(start), visitor=BEN)
        calls: list[Callable[[], object]] = [
            partial(choose, practice, start, f"{ANN} {start}"),
            partial(lifecycle.book, request, by=By.client(), now=NOW),
        ]
        refused = [outcome for outcome in together(calls) if isinstance(outcome, Exception)]
        assert [isinstance(outcome, TimeRefusedError) for outcome in refused] == [True]
    assert Hold.objects.count() + Booking.objects.count() == 4


@pytest.mark.race
@pytest.mark.xdist_group("races")
def test_one_visitor_who_chooses_a_time_in_four_tabs_at_once_has_one_hold(
    practice: World,
) -> None:
    outcomes = at_once(practice, [ANN] * 4)
    assert outcomes == [[practice.place().pk]] * 4
    assert held() == ["10:00"]


@pytest.mark.race
@pytest.mark.xdist_group("races")
def test_one_visitor_who_chooses_five_times_at_once_holds_two(practice: World) -> None:
    calls = [partial(choose, practice, f"{hour}:00") for hour in range(10, 15)]
    assert [type(outcome) for outcome in together(calls)] == [list] * 5
    assert len(held()) == 2
