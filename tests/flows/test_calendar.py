"""A therapist and her calendar, without a script: seen, moved from the card, blocked."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from availability.models import TimeOff
from tests.factories import World, force_booking
from tests.flows.calendar_states import NAMES, at, calendar_states, fill_week, next_monday, sign_in
from tests.flows.test_admin import faults_of
from tests.flows.visits import DESK, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("admin")]
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESK])


def week(visits: Visits, world: World, width: int) -> Page:
    """Open next week, in a browser that runs no script."""
    path = f"/admin/calendar/?day={next_monday()}"
    return sign_in(visits, world, path, width, java_script_enabled=False)


@WIDTHS
def test_where_one_lands_the_whole_week_is_seen_and_nobody_is_named(
    visits: Visits, practice: World, width: int
) -> None:
    fill_week(practice)
    page = week(visits, practice, width)
    for initials in ("M.B.", "S.O.", "A.B.", "A.R.", "P.K.", "N.H.", "O.S."):
        expect(page.get_by_role("link", name=initials).first).to_be_visible()
    for words in (
        "Someone is booking",
        "Kept, if they say yes",
        "An appointment elsewhere",
        "Training day",
    ):
        expect(page.get_by_text(words)).to_be_visible()
    assert not [name for name in NAMES if page.get_by_text(name).count()]


@WIDTHS
def test_a_meeting_is_moved_from_its_card_and_the_week_shows_it_there(
    visits: Visits, practice: World, width: int
) -> None:
    sam = fill_week(practice)[1]
    page = week(visits, practice, width)
    page.get_by_role("link", name="S.O.").click()
    card = page.get_by_role("region", name="Sam Okafor")
    expect(card).to_be_in_viewport()
    expect(card.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+447700900161")
    page.go_back()
    expect(card).to_be_hidden()
    page.get_by_role("link", name="S.O.").click()
    card.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Start, UK time").fill(f"{at(8, '11:00'):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Move this meeting").click()
    expect(page.get_by_text("Moved. Sam Okafor is told by email.")).to_be_visible()
    assert f"day={next_monday() + timedelta(8)}" in page.url
    expect(page.get_by_role("link", name=re.compile("11am.*S.O.", re.DOTALL))).to_be_visible()
    sam.refresh_from_db()
    assert sam.start == at(8, "11:00")


@WIDTHS
def test_an_empty_time_is_blocked_in_three_presses(
    visits: Visits, practice: World, width: int
) -> None:
    force_booking(practice, at(1, "10:00"), service=practice.session)
    page = week(visits, practice, width)
    tuesday = page.get_by_role("region", name=f"{at(1, '00:00'):%A}")
    tuesday.get_by_role("link", name=re.compile("^9am")).click()
    card = page.get_by_role("region", name="9am")
    expect(card.get_by_role("link", name="Book at 9am")).to_be_visible()
    card.get_by_role("link", name="Block: Until 10am").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    expect(page.get_by_role("link", name="9am Leave")).to_be_visible()
    off = TimeOff.objects.get()
    assert (off.starts_at, off.ends_at) == (at(1, "09:00"), at(1, "10:00"))


@WIDTHS
def test_axe_finds_nothing_in_the_calendar_by_day_or_night(
    visits: Visits, practice: World, width: int
) -> None:
    found = []
    for name, page in calendar_states(visits, practice, width):
        for scheme in ("light", "dark"):
            page.evaluate(
                "dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark"
            )
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found += [f"{name}, {scheme}: {fault}" for fault in faults_of(page, "#desk-page")]
        page.emulate_media(color_scheme="light")
    assert found == []


def test_the_calendar_is_in_the_menu_and_marks_today(visits: Visits, practice: World) -> None:
    page = sign_in(visits, practice, "/admin/", DESK)
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Calendar").first.click()
    today = timezone.localdate()
    expect(page.locator("h2[aria-current=date]")).to_contain_text(f"{today.day}")
