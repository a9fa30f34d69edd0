"""The public face as people meet it: by keyboard, on the narrowest screen, in their own colours."""

import re

import pytest
from playwright.sync_api import Page, expect

from academy import shipped
from availability.models import Therapist
from bookings import demo
from tests.factories import World
from tests.flows import steps
from tests.flows.test_academy import tab_to
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("face")]

NARROW = 320
PATHS = ("/", "/fees/", "/accessibility/", "/privacy/", "/nowhere/", "/book/?what=consultation")


@pytest.fixture(autouse=True)
def _written(practice: World) -> None:
    """Everything that the demo says, and the articles."""
    demo.write_home()
    Therapist.objects.update(registration=demo.REGISTRATION, about=demo.ABOUT)
    shipped.load()


def lost(page: Page) -> list[str]:
    """What a reader of this window cannot see, or only by scrolling sideways."""
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    found = [f"{page.url} scrolls sideways"] if page.evaluate(wide) else []
    # The river is a drawing: that its ends lie outside is how it is drawn.
    boxes = page.locator("body *:not(.visually-hidden, .kt-hero, .kt-skip, .kt-trap, svg, svg *)")
    clipped = (
        "e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'"
    )
    classes = boxes.evaluate_all(f"all => all.filter({clipped}).map(e => e.className)")
    # Nothing scrolls sideways where the hero cuts off what it holds: so its words are measured.
    outside = "e => e.getBoundingClientRect().right > innerWidth + 1"
    words = page.locator(".kt-hero__text *")
    classes += words.evaluate_all(f"all => all.filter({outside}).map(e => e.tagName)")
    return found + [f"{page.url} cuts {name}" for name in classes]


def test_somebody_who_has_only_a_keyboard_reads_and_comes_to_book(visits: Visits) -> None:
    page = visits.open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(
        page.get_by_role("link", name="Book a free 15-minute consultation").first
    ).to_be_focused()
    tab_to(page, "Is what I say private")
    page.keyboard.press("Enter")
    expect(page.get_by_text("I talk about my work with a supervisor")).to_be_visible()
    tab_to(page, "Book a free")
    page.keyboard.press("Enter")
    steps.heading(page, "What would you like to book")


def test_the_menu_of_a_phone_opens_by_keyboard_and_leads_to_how_i_work(visits: Visits) -> None:
    page = visits.open("/fees/", width=PHONE, java_script_enabled=False)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="How I work")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How I work")).to_be_in_viewport()


def test_a_narrow_screen_loses_nothing(visits: Visits) -> None:
    page = visits.open("/", width=NARROW)
    assert [fault for path in PATHS if page.goto(path) for fault in lost(page)] == []


def test_letters_twice_as_large_lose_nothing(visits: Visits) -> None:
    """As with a wide window at 200 %, and with a browser that is asked for large letters alone."""
    for width, size in ((640, "100%"), (640, "200%")):
        page = visits.open("/", width=width)
        for path in PATHS:
            page.goto(path)
            page.evaluate("size => document.documentElement.style.fontSize = size", size)
            assert lost(page) == [], (width, size)


def test_fifteen_minutes_stay_on_one_line(visits: Visits) -> None:
    page = visits.open("/", width=PHONE)
    for width in (PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/", "/fees/", "/book/", "/book/time/?what=consultation&how=online"):
            page.goto(path)
            kept = page.get_by_text("15-minute", exact=True)
            lines = "all => all.map(e => e.getClientRects().length)"
            assert set(kept.evaluate_all(lines)) == {1}, (path, width)


def test_drawings_that_mean_something_are_seen_where_colours_are_forced(visits: Visits) -> None:
    page = visits.open("/", forced_colors="active")
    look = "(e, what) => getComputedStyle(e)[what]"
    behind = page.locator("body").evaluate(look, "backgroundColor")
    for name in (".kt-way", ".kt-person", ".kt-help", ".kt-cta"):
        box = page.locator(name).first
        assert box.evaluate(look, "borderTopWidth") != "0px", name
        assert box.evaluate(look, "borderTopColor") != behind, name


@pytest.mark.parametrize("path", ["/", "/academy/"])
def test_nothing_moves_for_those_who_ask_for_less_movement(visits: Visits, path: str) -> None:
    page = visits.open(path)
    moves = "() => getComputedStyle(document.querySelector('a')).transitionDuration"
    assert page.evaluate(moves) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moves) != "0s"


def test_the_home_page_opens_without_a_cookie_and_asks_nobody_else(visits: Visits) -> None:
    page = visits.open("/")
    assert page.context.cookies() == []
    sources = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert sources
    assert {re.match(r"https?://[^/]+", one)[0] for one in sources} == {visits.root}  # type: ignore[index]
