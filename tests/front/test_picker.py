"""The day strip and the times of a day, as the second step shows them."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils.html import strip_tags

from availability import walltime
from availability.models import Format, TimeOff, Weekday, WeeklyHours
from bookings import slots
from front import picker
from front.choice import Choice
from front.picker import Strip
from prose.dates import NBSP, UK, slot_value
from tests.factories import NOW, World, make_hours, make_world

MONDAY = date(2026, 11, 23)


def at(day: date, hour: int, minute: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UK).timestamp())


def strip(*starts: int, monday: date = MONDAY, last: date = date(2027, 1, 4)) -> Strip:
    return Strip(monday, MONDAY, last, starts)


def online(world: World) -> Choice:
    return Choice(world.consultation, Format.ONLINE)


# --- labels


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (date(2026, 3, 2), date(2026, 3, 22), f"2 to 22{NBSP}March"),
        (date(2026, 11, 23), date(2026, 12, 13), f"23{NBSP}November to 13{NBSP}December"),
        (date(2026, 12, 21), date(2027, 1, 10), f"21{NBSP}December to 10{NBSP}January"),
    ],
)
def test_a_range_of_days_names_a_month_once(first: date, last: date, label: str) -> None:
    assert picker.range_label(first, last) == label


def test_a_strip_is_three_weeks_from_its_monday() -> None:
    assert picker.strip_label(strip()) == f"23{NBSP}November to 13{NBSP}December"
    assert strip().end == MONDAY + timedelta(days=21)


def test_a_choice_is_named_and_carried_by_its_links(world: World) -> None:
    choice = Choice(world.consultation, Format.IN_PERSON)
    assert choice.label == "Free 15-minute consultation, in person"
    assert choice.format_label == "In person"
    who = world.therapist.slug
    assert choice.link("time") == f"/book/time/?what=consultation&how=in_person&who={who}"
    assert choice.link("time", draft="", slot="a&b") == f"{choice.link('time')}&slot=a%26b"


# --- the strip


def test_a_day_has_its_own_starts_up_to_its_last_minute() -> None:
    tuesday = MONDAY + timedelta(days=1)
    starts = at(MONDAY, 23, 30), at(tuesday, 0), at(tuesday, 23, 59)
    assert strip(*starts).on(MONDAY) == starts[:1]
    assert strip(*starts).on(tuesday) == starts[1:]
    assert strip(*starts).on(MONDAY + timedelta(days=2)) == ()


def test_the_first_day_is_the_uk_day_of_the_first_start() -> None:
    summer = date(2026, 7, 1)
    assert strip(at(summer, 0, 30)).day_for(None) == summer
    assert strip().day_for(None) is None


def test_earlier_weeks_are_linked_until_this_one_and_later_ones_until_the_horizon() -> None:
    first = strip()
    assert first.earlier is None
    assert first.later == date(2026, 12, 14)
    second = strip(monday=date(2026, 12, 14))
    assert second.earlier == MONDAY
    assert second.later == date(2027, 1, 4)
    assert strip(monday=date(2027, 1, 4)).later is None
    assert strip(last=date(2026, 12, 13)).later is None
    assert strip(last=date(2026, 12, 14)).later == date(2026, 12, 14)


def test_without_a_wish_the_weeks_with_the_first_free_time_are_shown(world: World) -> None:
    TimeOff.objects.create(
        therapist=world.therapist,
        starts_at=NOW,
        ends_at=datetime(2026, 12, 16, 12, tzinfo=UTC),
    )
    found = picker.read_strip(online(world), None, NOW)
    assert found.monday == date(2026, 12, 14)
    assert found.day_for(None) == date(2026, 12, 16)
    assert found.starts[0] == at(date(2026, 12, 16), 12)


def test_without_a_free_time_this_weeks_strip_is_shown_empty(world: World) -> None:
    WeeklyHours.objects.all().delete()
    found = picker.read_strip(online(world), None, NOW)
    assert (found.monday, found.starts) == (MONDAY, ())
    assert slots.next_free(world.consultation, Format.ONLINE, NOW) is None


def test_the_next_free_time_is_the_first_after_the_notice(world: World) -> None:
    found = slots.next_free(world.consultation, Format.ONLINE, NOW)
    assert found == at(MONDAY + timedelta(days=1), 9)


@pytest.mark.parametrize(
    ("wanted", "monday"),
    [
        (date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 12, 13), date(2026, 11, 23)),
        (date(2026, 12, 14), date(2026, 12, 14)),
        (date(2027, 1, 4), date(2027, 1, 4)),
        (date(2000, 1, 1), date(2026, 11, 23)),  # before today: this week
        (date(2199, 12, 31), date(2027, 1, 4)),  # after the horizon: its last weeks
    ],
)
def test_a_day_is_always_in_the_same_strip_and_one_out_of_reach_shows_the_nearest(
    world: World, wanted: date, monday: date
) -> None:
    assert picker.read_strip(online(world), wanted, NOW).monday == monday


def test_a_strip_with_or_without_a_wish_offers_the_same_times(world: World) -> None:
    free = picker.read_strip(online(world), None, NOW).starts
    assert free
    assert picker.read_strip(online(world), MONDAY, NOW).starts == free


def test_a_notice_longer_than_the_horizon_leaves_nothing(world: World) -> None:
    world.consultation.notice_hours = 24 * 60
    found = picker.read_strip(online(world), None, NOW)
    assert (found.monday, found.starts) == (MONDAY, ())


# --- a day of 23 hours and one of 25


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sunday", "count"),
    # Half hours of 22 hours: the one that is skipped or repeated has none.
    [(date(2027, 3, 28), 46), (date(2026, 10, 25), 46)],
)
def test_each_time_of_a_day_on_which_clocks_change_is_shown_once_and_under_its_own_name(
    sunday: date, count: int
) -> None:
    world = make_world()
    make_hours(world.therapist, (Weekday.SUNDAY,), time(0), time(23, 59))
    now = datetime(sunday.year, sunday.month, sunday.day, tzinfo=UTC) - timedelta(days=3)
    starts = picker.read_strip(online(world), sunday, now).on(sunday)
    shown = [slot_value(walltime.utc(start)) for start in starts]
    assert len(shown) == len(set(shown)) == count
    assert not any("T01:" in value for value in shown)


# --- what the page shows


def test_the_day_is_parted_at_noon_and_at_five_and_parts_without_a_time_are_left_out() -> None:
    starts = [at(MONDAY, 11, 30), at(MONDAY, 12), at(MONDAY, 16, 45), at(MONDAY, 17)]
    found = {key: (heading, html.count("<button")) for key, heading, html in picker.parts(starts)}
    assert found == {"am": ("Morning", 1), "pm": ("Afternoon", 2), "ev": ("Evening", 1)}
    assert [key for key, _, _ in picker.parts([at(MONDAY, 17)])] == ["ev"]
    assert list(picker.parts([])) == []


def test_a_time_is_a_radio_that_carries_its_slot_and_names_its_uk_time() -> None:
    [(_, _, html)] = picker.parts([at(MONDAY, 14, 30)])
    assert 'value="2026-11-23T14:30"' in html
    assert ">2:30pm<" in html
    assert f'data-uk-instant="{at(MONDAY, 14, 30)}"' in html


def test_a_day_with_times_is_a_link_that_says_how_many_and_one_without_is_not() -> None:
    tuesday = MONDAY + timedelta(days=1)
    html = picker.days_html(strip(at(tuesday, 9), at(tuesday, 10)), "/book/time/?a=1&b=2", tuesday)
    assert html.count("<li") == 21
    assert html.count("<a ") == 1
    assert 'href="/book/time/?a=1&amp;b=2&amp;day=2026-11-24" aria-current="date"' in html
    assert "Tuesday </span>24" in html
    assert "<small>2<" in html


def test_a_day_says_in_whole_words_what_its_figures_mean() -> None:
    tuesday = MONDAY + timedelta(days=1)
    html = picker.days_html(strip(at(MONDAY, 9), at(MONDAY, 10), at(tuesday, 9)), "/x", None)
    said = [strip_tags(link) for link in re.findall(r"<a .*?</a>", html)]
    assert said == ["Monday 23 November, 2 free times", "Tuesday 24 November, 1 free time"]


def test_what_stands_in_the_address_cannot_leave_its_attribute() -> None:
    html = picker.days_html(strip(at(MONDAY, 9)), '"><script>', None)
    assert "<script>" not in html


def test_the_nearest_free_times_are_named_in_order_of_time() -> None:
    starts = [at(MONDAY, hour) for hour in (9, 11, 14, 16)]
    missed = datetime(2026, 11, 23, 13, 30, tzinfo=UK)
    assert [f"{moment:%H:%M}" for moment in picker.nearest(strip(*starts), missed)] == [
        "11:00",
        "14:00",
    ]
    assert picker.nearest(strip(), missed) == []


def test_a_heading_names_the_weekday_and_the_day() -> None:
    assert picker.heading(date(2026, 3, 3)) == f"Tuesday 3{NBSP}March"
