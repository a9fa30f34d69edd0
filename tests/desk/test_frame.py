"""The frame around every page of the desk: one flat menu, by what the reader may open."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from desk.menu import ENTRIES
from staff.models import Role
from tests.factories import NOW, World, force_booking, make_user
from tests.pages import browser_of, text_of

BOOKINGS = reverse("admin:bookings_booking_changelist")
ALL = [entry.title for entry in ENTRIES]


def menu(page: str) -> list[str]:
    """The titles of the menu that stands beside a page."""
    side = page.partition('aria-label="Menu"')[2].partition("<details")[0]
    return [part.partition("<")[0].strip() for part in side.split("</svg>")[2:]]


def bar(page: str) -> list[str]:
    """The titles in the bar at the thumb, and behind "More"."""
    found = page.partition('aria-label="Menu, small screens"')[2].partition("</nav>")[0]
    return [part.partition("<")[0].strip() for part in found.split("</svg>")[1:]]


@pytest.mark.parametrize(
    ("role", "gone"),
    [
        (Role.OWNER, []),
        (Role.MANAGER, []),
        (Role.THERAPIST, []),
        (Role.ASSISTANT, ["Email"]),
        (None, ALL[1:]),
    ],
)
def test_everybody_sees_what_they_may_open(
    world: World, role: Role | None, gone: list[str]
) -> None:
    page = text_of(browser_of(make_user(role)).get(reverse("today")))
    assert {"Today", "Book", "Clients", "Bookings", "Settings"} <= {*ALL}
    assert menu(page) == [title for title in ALL if title not in {*gone, "Book"}]
    kept = [title for title in ALL if title not in gone]
    in_bar = {entry.title for entry in ENTRIES if entry.is_in_bar}
    behind = [title for title in kept if title not in in_bar]
    assert bar(page) == [*(title for title in kept if title in in_bar), "More", *behind]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        (reverse("today"), "Today"),
        (BOOKINGS, "Bookings"),
        (reverse("admin:bookings_booking_book"), "Book"),
        (reverse("admin:availability_timeoff_add"), "Hours and time off"),
        (reverse("why_not"), "Hours and time off"),
        (reverse("settings"), "Settings"),
        (reverse("admin:availability_service_changelist"), "Settings"),
        (reverse("first_steps"), ""),
    ],
)
def test_the_menu_says_where_one_is(
    admin_client: Browser, world: World, path: str, here: str
) -> None:
    page = text_of(admin_client.get(path))
    marked = {
        part.partition("</a>")[0].rpartition("</svg>")[2].partition("<")[0].strip()
        for part in page.split('aria-current="page"')[1:]
    }
    assert marked - {""} == ({here} if here else set())


def test_whoever_may_open_none_of_its_pages_has_no_settings(db: None) -> None:
    browser = browser_of(make_user(None))
    for name in ("settings", "hours"):
        assert browser.get(reverse(name)).status_code == 403


def test_the_settings_say_in_words_what_each_page_is_for(admin_client: Browser) -> None:
    page = text_of(admin_client.get(reverse("settings")))
    for words in ("<h1>Settings</h1>", "What can be booked, for how long and at what price."):
        assert words in page
    page = text_of(admin_client.get(reverse("hours")))
    assert "Why is a time not offered?" in page


def test_an_assistant_is_shown_only_what_they_may_look_up(world: World) -> None:
    browser = browser_of(make_user(Role.ASSISTANT, world.therapist))
    page = text_of(browser.get(reverse("settings")))
    assert "Services and fees" in page
    assert "Security events" not in page
    assert "Who may come in" not in page


def test_what_waits_is_counted_beside_the_menu(admin_client: Browser, world: World) -> None:
    counted = '<span class="kd-n">1<span class="visually-hidden"> waiting</span></span>'
    assert counted not in text_of(admin_client.get(reverse("today")))
    force_booking(world, NOW - timedelta(days=1))
    # In the menu, and in the bar.
    assert text_of(admin_client.get(reverse("today"))).count(counted) == 2


def test_a_page_is_shown_without_scripts(admin_client: Browser) -> None:
    """Unfold hides each until its own have run."""
    page = admin_client.get(BOOKINGS).content.decode()
    assert '<noscript><link rel="stylesheet" href="/static/css/noscript.css"></noscript>' in page
