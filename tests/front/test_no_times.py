"""Where no time is free: one thing to do first, the rest below, and never a day before."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Practice, WeeklyHours
from tests.bookings.fees import token_of
from tests.factories import World, book, make_hours, make_off
from tests.pages import address, open_link, text_of

FIRST = re.compile(r'<a class="btn btn-primary" href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def away(world: World) -> World:
    """Nothing is free from 1 December on."""
    first, last = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    make_off(world.therapist, first, last)
    return world


def look(client: Browser, world: World, **query: Any) -> str:
    response = client.get(address("time", world, **query))
    assert response.status_code == 200
    return text_of(response)


def test_a_later_day_comes_first_and_is_the_only_button(world: World, client: Browser) -> None:
    make_off(world.therapist, datetime(2026, 12, 14, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC))
    page = look(client, world, day="2026-12-16")
    assert (
        "There are no free times for this from <strong>14 December to 3 January</strong>." in page
    )
    [(url, label)] = FIRST.findall(page)
    assert label == "Look a little later"
    assert "day=2027-01-04" in url
    assert "The next free time is Monday 4 January 2027, 9am UK time." in page
    assert 'class="kt-notice' not in page.partition("<main")[2].partition("kt-help")[0]


def test_the_next_day_that_it_names_is_never_before_the_one_that_was_asked_for(
    away: World, client: Browser
) -> None:
    """Free times of this week are no answer to who looks at the weeks after the leave."""
    page = look(client, away, day="2026-12-16")
    [(_, label)] = FIRST.findall(page)
    assert label == "Look a little earlier"
    assert "There’s nothing later, but I’m free on Tuesday 24 November 2026, 9am UK time" in page


def test_the_rest_is_a_list_with_the_way_to_write(world: World, client: Browser) -> None:
    WeeklyHours.objects.all().delete()
    make_hours(world.therapist, formats=[Format.ONLINE, Format.WALKING])
    page = look(client, world, how=Format.IN_PERSON)
    [(url, label)] = FIRST.findall(page)
    assert label == "Meet online instead"
    assert "how=online" in url
    words = "Meeting on a walk, I’m free from Tuesday 24 November 2026, 9am UK time."
    assert f">Meet on a walk instead</a>. {words}" in page
    assert '<a href="mailto:hello@kicks.example">Write to me</a>' in page


def test_another_way_of_meeting_is_named_from_that_day_on(world: World, client: Browser) -> None:
    WeeklyHours.objects.all().delete()
    make_hours(world.therapist, formats=[Format.ONLINE])
    page = look(client, world, how=Format.IN_PERSON, day="2026-12-16")
    assert "Meeting online, I’m free from Wednesday 16 December 2026, 9am UK time." in page


def test_with_nothing_free_at_all_one_can_write(world: World, client: Browser) -> None:
    WeeklyHours.objects.all().delete()
    page = look(client, world)
    assert not FIRST.findall(page)
    assert "What you can do" in page
    Practice.objects.update(email="")
    assert "What you can do" not in look(client, world)


def test_a_day_without_times_opens_the_next_that_has_some(world: World, client: Browser) -> None:
    """Saturday is closed: Monday is opened, not the first day of the weeks."""
    page = look(client, world, day="2026-11-28")
    assert "There are no free times left on Saturday 28 November." in page
    assert "Monday 30 November</h2></legend>" in page


def test_after_the_last_day_with_times_the_last_is_opened(away: World, client: Browser) -> None:
    page = look(client, away, day="2026-12-11")
    assert "There are no free times left on Friday 11 December." in page
    assert "Monday 30 November</h2></legend>" in page
    assert "The next free time is" not in page
    assert "There’s nothing later" not in page


def test_beside_an_earlier_day_the_next_after_the_one_asked_for_is_named(
    world: World, client: Browser
) -> None:
    make_off(world.therapist, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC))
    page = look(client, world, day="2026-12-11")
    assert "Monday 30 November</h2></legend>" in page
    said = "The next free time is Monday 4 January 2027, 9am UK time. <a href="
    assert said in page
    assert "day=2027-01-04" in page.partition(said)[2].partition(">")[0]


def test_who_moves_a_booking_is_shown_the_same(away: World, client: Browser) -> None:
    made = book(away, datetime(2026, 11, 25, 10, tzinfo=UTC))
    open_link(client, token_of("confirmation"))
    page = text_of(client.get(f"{reverse('change', args=[made.uid])}?day=2026-12-16"))
    [(url, _)] = FIRST.findall(page)
    assert url.startswith(f"/booking/{made.uid}/change/")
