"""Today: who is next and how to reach them, the day, tomorrow, and whose it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from availability.models import Format, Place, Service, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from staff.models import Role
from tests.clock import Clock
from tests.desk.today.press import TODAY
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_places,
    make_session,
    make_therapist,
    make_user,
)
from tests.pages import browser_of, text_of

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def met(world: World, start: Any, name: str = "Ama Boateng", **facts: Any) -> Booking:
    """A session with somebody of that name."""
    client = facts.pop("client", None) or make_client(name=name, phone="07700 900114")
    return force_booking(world, start, client=client, service=world.session, **facts)


def test_it_is_where_admin_begins(mine: Browser, world: World) -> None:
    answer = mine.get("/admin/")
    assert answer.status_code == 200
    page = text_of(answer)
    assert "<h1>Monday 23 November</h1>" in page
    for words in ("No meetings today.", "No meetings tomorrow.", "Nothing is waiting for you."):
        assert words in page
    assert "Nothing is booked after this." in page
    assert "Booking is open." in page


@pytest.mark.parametrize(
    ("fmt", "word", "way"),
    [
        (Format.ONLINE, "Join video", "https://meet.example.org/kicks"),
        (Format.IN_PERSON, "Map", "https://www.openstreetmap.org/search?query=12%20Example%20Mews"),
        (Format.WALKING, "Map", "https://www.openstreetmap.org/search?query=Bishop"),
    ],
)
def test_the_next_meeting_is_one_tap_away(
    mine: Browser, world: World, fmt: str, word: str, way: str
) -> None:
    found = met(world, NOW + 20 * MINUTE, format=fmt, place=world.place(fmt))
    page = text_of(mine.get(TODAY))
    assert "Next, <strong>in 20 minutes</strong>" in page
    assert "<strong>9:20am to 10:10am</strong>" in page
    assert f'href="{way}' in page
    assert word in page
    assert 'href="tel:+447700900114"' in page
    assert reverse("admin:bookings_booking_change", args=[found.pk]) in page


def test_nobody_is_called_who_gave_no_number_nor_sent_to_a_place_nobody_knows(
    mine: Browser, world: World
) -> None:
    Place.objects.filter(format=Format.ONLINE).update(video_url="")
    Place.objects.filter(format=Format.WALKING).update(address="")
    for hours, fmt in ((1, Format.ONLINE), (2, Format.WALKING)):
        stranger = make_client()
        met(world, NOW + hours * HOUR, client=stranger, format=fmt, place=world.place(fmt))
    page = text_of(mine.get(TODAY))
    for gone in ("tel:", "Join", "openstreetmap"):
        assert gone not in page.partition('class="kd-next"')[2].partition("</section>")[0]
    assert ">Map<" not in page


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (NOW - 10 * MINUTE, "now, until 9:40am"),
        (NOW + 30 * timedelta(seconds=1), "in 1 minute"),
        (NOW + 3 * HOUR, "today at 12pm"),
        (NOW + DAY, "tomorrow at 9am"),
        (NOW + 4 * DAY, "on Friday 27 November at 9am"),
        (NOW + 45 * DAY, "on Thursday 7 January 2027 at 9am"),
    ],
)
def test_when_the_next_one_is_is_said_as_one_says_it(
    mine: Browser, world: World, start: Any, words: str
) -> None:
    met(world, start)
    assert f"Next, <strong>{words}</strong>" in text_of(mine.get(TODAY))


def test_the_day_says_what_each_meeting_is(mine: Browser, world: World) -> None:
    ama = make_client(name="Ama Boateng")
    met(world, NOW - 7 * DAY, client=ama)
    met(world, NOW - 14 * DAY, client=ama)
    met(world, NOW + HOUR, client=ama)
    force_booking(world, NOW + 3 * HOUR, client=make_client(name="Noor Haddad"), is_repeat=True)
    walk = world.place(Format.WALKING)
    met(world, NOW + DAY, "Aled Rhys", format=Format.WALKING, place=walk, asked_at=NOW - HOUR)
    cancelled = met(world, NOW + 5 * HOUR, "Leo Farrell")
    lifecycle.cancel(cancelled.pk, by=By.therapist(), reason="", now=NOW)
    page = text_of(mine.get(TODAY))
    for words in ("Session 3", "Last time: Monday 16 November.", "Second consultation"):
        assert words in page
    for words in ("Bishop’s Park gate", "Session 1", "Asked to move", "Tomorrow, Tuesday 24"):
        assert words in page
    assert "2 meetings today, 2 still to come. The last ends at 12:15pm." in page
    assert page.count("kd-who") == 3
    assert "Leo Farrell" not in page.partition("Waiting for you")[0]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([1], "1 meeting today, still to come. It ends at 10:50am."),
        ([-2], "1 meeting today. It ended at 7:50am."),
        ([-2, -1], "2 meetings today. The last ended at 8:50am."),
        # One that began yesterday and went on after midnight.
        ([-9.5], "1 meeting today. It ended at 12:20am."),
    ],
)
def test_the_day_is_summed_up(mine: Browser, world: World, hours: list[float], words: str) -> None:
    for each in hours:
        met(world, NOW + each * HOUR)
    assert words in text_of(mine.get(TODAY))


def test_a_day_of_the_change_of_clocks_is_25_hours_long(
    mine: Browser, world: World, clock: Clock
) -> None:
    clock.move_to(NOW.replace(month=10, day=25, hour=12))
    met(world, NOW.replace(month=10, day=25, hour=23), "Last Today")
    met(world, NOW.replace(month=10, day=26, hour=0), "First Tomorrow")
    page = text_of(mine.get(TODAY))
    assert page.index("Last Today") < page.index("Tomorrow, Monday 26") < page.index("First Tom")


def test_names_can_be_hidden_from_whoever_looks_over_a_shoulder(
    mine: Browser, world: World
) -> None:
    met(world, NOW + HOUR)
    met(world, NOW - HOUR, "Marcus Bell")
    assert f'href="{TODAY}?initials"' in text_of(mine.get(TODAY))
    page = text_of(mine.get(TODAY, {"initials": ""}))
    assert "A. B." in page
    assert "M. B." in page
    assert "Ama" not in page
    assert "Marcus" not in page
    # A button that is pressed leads back to the same look.
    assert "record/?initials" in page


# --- whose it is


@pytest.fixture
def other(world: World) -> World:
    """Another therapist of the practice, with a meeting today."""
    therapist = make_therapist(name="Kit Other", practice=world.therapist.practice)
    make_places(therapist)
    theirs = World(
        therapist, make_session(therapist), make_session(therapist, slug="b"), world.notice
    )
    met(theirs, NOW + 2 * HOUR, "Somebody Else")
    return theirs


def test_a_therapist_sees_her_own_day(mine: Browser, world: World, other: World) -> None:
    met(world, NOW + HOUR)
    page = text_of(mine.get(TODAY, {"everybody": ""}))
    assert "Ama Boateng" in page
    assert "Somebody Else" not in page
    assert "Everybody’s" not in page


def test_who_owns_the_practice_sees_her_own_first_and_everybodys_if_asked(
    world: World, other: World
) -> None:
    user = world.therapist.user
    user.staff_member.role = Role.OWNER
    user.staff_member.save()
    met(world, NOW + HOUR)
    owner = browser_of(user)
    page = text_of(owner.get(TODAY))
    assert "Somebody Else" not in page
    assert f'href="{TODAY}?everybody"' in page
    page = text_of(owner.get(TODAY, {"everybody": ""}))
    assert "Somebody Else" in page
    assert "<span>Kit Other</span>" in page
    assert "Only mine" in page
    assert "Kit Other: " in page


def test_who_has_no_diary_sees_all_that_are_theirs_to_see(world: World, other: World) -> None:
    met(world, NOW + HOUR)
    found = text_of(browser_of(make_user(Role.MANAGER)).get(TODAY))
    assert "Ama Boateng" in found
    assert "Somebody Else" in found
    helped = text_of(browser_of(make_user(Role.ASSISTANT, other.therapist)).get(TODAY))
    assert "Somebody Else" in helped
    assert "Ama Boateng" not in helped


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (None, "There is nothing for you here yet."),
        (Role.ASSISTANT, "You haven’t been given a diary yet."),
        (Role.OWNER, "Nobody meets clients here yet."),
    ],
)
def test_who_has_nothing_to_see_is_told_why(db: None, role: Role | None, words: str) -> None:
    page = browser_of(make_user(role)).get(TODAY)
    assert page.status_code == 200
    assert words in text_of(page)


def test_it_says_whether_people_can_book(mine: Browser, world: World) -> None:
    Therapist.objects.update(is_closed_to_new=True)
    assert "Booking is open for clients. New people can’t book." in text_of(mine.get(TODAY))
    Service.objects.update(is_active=False)
    assert "Booking is closed: nobody can book." in text_of(mine.get(TODAY))
    assert "Email isn’t going out as it should." in text_of(mine.get(TODAY))


@pytest.mark.parametrize("count", [1, 3])
def test_however_full_the_day_it_asks_the_same(
    mine: Browser, world: World, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        met(world, NOW + (n + 1) * HOUR)
        met(world, NOW + DAY + n * HOUR)
        met(world, NOW - (n + 1) * HOUR)
        force_booking(world, NOW - DAY - n * HOUR)
        met(world, NOW + 2 * DAY + n * HOUR, asked_at=NOW)
        late: dict[str, Any] = {"status": Booking.Status.CANCELLED, "late_fee": 75}
        met(world, NOW + 3 * DAY + n * HOUR, **late)
    mine.get(TODAY)
    # The session, who it is; whose diaries; what was, what is open, who owes, whose mail came
    # back; whether mail is in trouble; the day.
    with django_assert_num_queries(9):
        mine.get(TODAY)
