"""An empty time is pressed: to book it for somebody, or to block it."""

from datetime import date, time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import TimeOff, WeeklyHours
from staff.models import Role
from tests.desk.calendar.looking import rows, uk, week
from tests.desk.tab import Tab
from tests.factories import World, force_booking, make_off, make_user
from tests.pages import browser_of, text_of

WEDNESDAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def press(browser: Browser, start: str) -> Any:
    response = browser.get(reverse("calendar_free"), {"start": start})
    assert response.status_code == 200
    return response


def queries(presses: Any, *names: str) -> list[tuple[str, ...]]:
    asked = [parse_qs(urlsplit(one.url).query) for one in presses]
    return [tuple(one[name][0] for name in names) for one in asked]


def test_each_free_hour_can_be_pressed_and_what_is_taken_cannot(
    world: World, browser: Browser
) -> None:
    force_booking(world, uk(WEDNESDAY, "10:00"), service=world.session)
    make_off(world.therapist, uk(WEDNESDAY, "12:15"), uk(WEDNESDAY, "16:00"))
    page = week(browser, WEDNESDAY)
    cells = [row for row in page.context["days"][2].rows if row.what.kind == "cell"]
    assert [(row.what.time, row.what.text, row.is_in_hours) for row in cells][:6] == [
        ("8am", "Free until 9am", False),
        ("9am", "Free until 10am", True),
        # From 10:50am to 11am there is no time worth pressing.
        ("11am", "Free until 12pm", True),
        ("12pm", "Free until 12:15pm", True),
        ("4pm", "Free until 5pm", True),
        ("5pm", "Free until 6pm", False),
    ]
    # On a phone, what is free of the hours stands in the list.
    assert [(at, text) for at, text, _ in rows(page, 3, "free")] == [
        ("9am", "Free until 10am"),
        ("10:50am", "Free until 12:15pm"),
        ("4pm", "Free until 5pm"),
    ]
    # The day's own name leads to its first free hour, for who has no mouse.
    assert page.context["days"][2].url.endswith("start=2026-11-25T09%3A00#open")
    assert page.context["days"][5].url.endswith("start=2026-11-28T08%3A00#open")


def test_a_day_that_is_all_taken_leads_nowhere(world: World, browser: Browser) -> None:
    make_off(world.therapist, uk(WEDNESDAY, "00:00"), uk(WEDNESDAY + DAY, "00:00"))
    assert week(browser, WEDNESDAY).context["days"][2].url == ""


def test_a_pressed_time_can_be_booked_from_each_hour_on(world: World, browser: Browser) -> None:
    force_booking(world, uk(WEDNESDAY, "13:00"), service=world.session)
    page = press(browser, "2026-11-25T10:30")
    free = page.context["free"]
    assert free.heading.replace("\N{NO-BREAK SPACE}", " ") == "Wednesday 25 November, 10:30am"
    assert free.hint == "Free until 1pm."
    assert [one.label for one in free.book] == ["10:30am", "11:30am", "12:30pm"]
    pk = str(world.therapist.pk)
    assert queries(free.book, "start", "therapist", "from")[0] == ("2026-11-25T10:30", pk, "week")
    assert urlsplit(free.book[0].url).path == reverse("admin:bookings_booking_book")
    assert [one.label for one in free.block] == ["Until 11:30am", "Until 1pm", "The whole day"]
    assert queries(free.block, "off_from", "off_until") == [
        ("2026-11-25T10:30", "2026-11-25T11:30"),
        ("2026-11-25T10:30", "2026-11-25T13:00"),
        ("2026-11-25T00:00", "2026-11-26T00:00"),
    ]


def test_outside_the_hours_one_hour_can_be_booked_or_blocked(
    world: World, browser: Browser
) -> None:
    free = press(browser, "2026-11-28T20:00").context["free"]
    assert free.hint == "Outside your hours."
    assert [one.label for one in free.book] == ["8pm"]
    assert [one.label for one in free.block] == ["Until 9pm", "The whole day"]


def test_a_long_day_offers_twelve_starts_and_not_more(world: World, browser: Browser) -> None:
    WeeklyHours.objects.update(opens=time(0), closes=time(23, 59))
    assert len(press(browser, "2026-11-25T00:00").context["free"].book) == 12


def test_no_start_is_offered_that_the_clock_has_twice(world: World, browser: Browser) -> None:
    WeeklyHours.objects.update(weekday=6, opens=time(0), closes=time(4))
    WeeklyHours.objects.exclude(pk=WeeklyHours.objects.earliest("pk").pk).delete()
    free = press(browser, "2026-10-25T00:00").context["free"]
    assert [one.label for one in free.book] == ["12am", "2am", "3am"]


def test_what_is_taken_by_now_says_so(world: World, browser: Browser) -> None:
    force_booking(world, uk(WEDNESDAY, "10:00"))
    page = press(browser, "2026-11-25T10:00")
    assert "That time is no longer free." in text_of(page)
    assert "Book for someone at" not in text_of(page)


@pytest.mark.parametrize(
    "start", ["", "now", "2026-11-25", "99999-01-01T10:00", "2026-10-25T01:30", "2027-03-28T01:30"]
)
def test_what_is_no_time_is_said_to_be_none(browser: Browser, start: str) -> None:
    page = press(browser, start)
    assert "That isn’t a time that can be pressed." in text_of(page)
    assert page.context["opened"] is None


def test_an_assistant_books_and_blocks_nothing(world: World) -> None:
    page = press(browser_of(make_user(Role.ASSISTANT, world.therapist)), "2026-11-25T10:00")
    assert page.context["free"].book
    assert page.context["free"].block == []
    assert "Block it" not in text_of(page)


# --- blocked


def test_blocking_fills_the_form_in_and_leads_back_to_the_week(
    world: World, browser: Browser
) -> None:
    path = press(browser, "2026-11-25T10:00").context["free"].block[0].url
    form = browser.get(path).context["adminform"].form
    assert form["starts_at"].value() == uk(WEDNESDAY, "10:00")
    assert form["ends_at"].value() == uk(WEDNESDAY, "11:00")
    assert str(form["therapist"].value()) == str(world.therapist.pk)
    sent = {"therapist": world.therapist.pk, "elsewhere": "", "reason": ""}
    sent |= {"starts_at_0": "2026-11-25", "starts_at_1": "10:00"}
    sent |= {"ends_at_0": "2026-11-25", "ends_at_1": "11:00"}
    saved = browser.post(path, sent)
    assert saved["Location"] == f"{reverse('calendar')}?day=2026-11-25&whose={world.therapist.pk}"
    assert TimeOff.objects.get().starts_at == uk(WEDNESDAY, "10:00")
    assert rows(browser.get(saved["Location"]), 3, "off") == [("10am", "Leave", "")]


def test_what_the_form_is_filled_in_with_is_saved_as_it_was_pressed(
    world: World, browser: Browser
) -> None:
    """Until 11am, until 5pm and the whole day, of which only the last ends with its day."""
    for block in press(browser, "2026-11-25T10:00").context["free"].block:
        assert Tab(browser, block.url).save() == 302
    assert list(TimeOff.objects.order_by("pk").values_list("starts_at", "ends_at")) == [
        (uk(WEDNESDAY, "10:00"), uk(WEDNESDAY, "11:00")),
        (uk(WEDNESDAY, "10:00"), uk(WEDNESDAY, "17:00")),
        (uk(WEDNESDAY, "00:00"), uk(WEDNESDAY + DAY, "00:00")),
    ]


@pytest.mark.parametrize("moment", ["nonsense", "99999-01-01T00:00", "2026-10-25T01:30", ""])
def test_the_form_leaves_out_what_is_no_moment(browser: Browser, moment: str) -> None:
    path = reverse("admin:availability_timeoff_add")
    page = browser.get(path, {"off_from": moment, "off_until": moment})
    assert page.status_code == 200
    assert page.context["adminform"].form["starts_at"].value() is None


def test_time_off_that_was_added_elsewhere_leads_to_its_list(
    world: World, browser: Browser
) -> None:
    sent = {"therapist": world.therapist.pk, "elsewhere": "", "reason": ""}
    sent |= {"starts_at_0": "2026-11-25", "starts_at_1": "10:00"}
    sent |= {"ends_at_0": "2026-11-25", "ends_at_1": "11:00"}
    saved = browser.post(reverse("admin:availability_timeoff_add"), sent)
    assert saved["Location"] == reverse("admin:availability_timeoff_changelist")
