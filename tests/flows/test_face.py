"""The public face as people meet it: by keyboard, on the narrowest screen, in their own colours."""

import re

import pytest
from playwright.sync_api import expect

from academy import shipped
from availability.models import Therapist
from demo import words
from demo.front_page import write_home
from tests.factories import World
from tests.flows import steps
from tests.flows.test_academy import tab_to
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("face")]

NARROW = 320


@pytest.fixture(autouse=True)
def _written(practice: World) -> None:
    """Everything that the demo says, and the articles."""
    write_home()
    Therapist.objects.update(registration=words.REGISTRATION, about=words.ABOUT)
    shipped.load()


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
    steps.heading(page, "How shall we meet")


def test_the_menu_of_a_phone_opens_by_keyboard_and_leads_to_how_i_work(visits: Visits) -> None:
    page = visits.open("/fees/", width=PHONE, java_script_enabled=False)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Need help now?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="How I work")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How I work")).to_be_in_viewport()


def test_fifteen_minutes_stay_on_one_line(visits: Visits) -> None:
    page = visits.open("/", width=PHONE)
    for width in (PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/", "/fees/", "/book/", "/book/time/?what=consultation&how=online"):
            page.goto(path)
            kept = page.get_by_text("15-minute", exact=True)
            lines = "all => all.map(e => e.getClientRects().length)"
            assert set(kept.evaluate_all(lines)) == {1}, (path, width)


def test_links_move_only_for_those_who_did_not_ask_for_less_movement(visits: Visits) -> None:
    """That nothing else moves is looked at on every page (odd_windows.py)."""
    page = visits.open("/")
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
