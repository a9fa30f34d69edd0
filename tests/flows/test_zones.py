"""Somebody in another zone books: UK time first, their own beside it, with and without script."""

import pytest
from playwright.sync_api import Page, expect

from prose.dates import own_time_label, parse_slot
from tests.flows import steps
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("zones")]

TIMES = "/book/time/?what=consultation&how=online"


def own_time(page: Page, zone: str, nth: int = 0) -> str:
    """What the nth time that is shown is called in the zone."""
    value = page.locator("button[name=slot]").nth(nth).get_attribute("value") or ""
    slot = parse_slot(value)
    assert slot
    return own_time_label(slot, zone)


def words(page: Page) -> list[str]:
    """The times of the day that is shown, each as it reads."""
    expect(page.locator("#times button").first).to_be_visible()
    return [" ".join(text.split()) for text in page.locator("#times button").all_inner_texts()]


def test_own_time_without_script_from_the_times_to_the_confirmation(visits: Visits) -> None:
    zone = "Asia/Kathmandu"
    page = visits.open(TIMES, width=PHONE, java_script_enabled=False)
    expect(page.locator("#times button small")).to_have_count(0)
    page.get_by_role("link", name="Not in the UK?").click()
    steps.heading(page, "See your own time too")
    page.get_by_label("Where are you?").select_option(label="Kathmandu")
    steps.go_on(page, "See the times")
    expect(page.locator("#times button").first.locator("small")).to_have_text(own_time(page, zone))

    page.locator("a.kt-day").nth(1).click()
    own = own_time(page, zone)
    uk = steps.pick_time(page)
    expect(page.locator(".kt-sofar")).to_contain_text(f"{uk} UK time {own}")
    steps.fill_in_details(page)
    steps.heading(page, "Check this looks right")
    expect(page.get_by_role("definition").filter(has_text=f"UK time {own}")).to_have_count(1)

    page.get_by_role("link", name="Change the day or time").click()
    other = own_time(page, zone, 1)
    assert other != own
    steps.pick_time(page, 1)
    steps.heading(page, "Check this looks right")
    expect(page.get_by_role("definition").filter(has_text=f"UK time {other}")).to_have_count(1)
    steps.press_book(page)
    expect(page.locator(".kt-ticket")).to_contain_text(f"UK time {other}")


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Lisbon",
        "Europe/Kyiv",
        "America/New_York",
        "Asia/Kathmandu",
        "Asia/Ho_Chi_Minh",
        "Australia/Lord_Howe",
    ],
)
def test_the_script_and_the_site_say_own_time_in_the_same_words(visits: Visits, zone: str) -> None:
    detected = visits.open(TIMES, timezone_id=zone)
    chosen = visits.open(f"{TIMES}&zone={zone}", java_script_enabled=False)
    assert words(detected) == words(chosen)


def test_the_script_goes_on_saying_it_up_to_the_confirmation(visits: Visits) -> None:
    zone = "America/New_York"
    page = visits.open(TIMES, timezone_id=zone)
    own = own_time(page, zone)
    steps.pick_time(page)
    expect(page.locator(".kt-sofar")).to_contain_text(f"UK time {own}")
    steps.fill_in_details(page)
    steps.heading(page, "Check this looks right")
    expect(page.get_by_role("definition").filter(has_text=f"UK time {own}")).to_have_count(1)
    steps.press_book(page)
    expect(page.locator(".kt-ticket")).to_contain_text(f"UK time {own}")


def test_a_choice_counts_for_more_than_what_the_browser_says(visits: Visits) -> None:
    page = visits.open(f"{TIMES}&zone=Asia/Tokyo", timezone_id="America/New_York")
    for day in (0, 1):
        page.locator("a.kt-day").nth(day).click()
        expect(page.locator("a.kt-day").nth(day)).to_have_attribute("aria-current", "date")
        expect(page.locator("#times-h")).to_be_focused()
        own = own_time(page, "Asia/Tokyo")
        assert words(page)[0].endswith(f"m {own}")
        assert "New York" not in " ".join(words(page))
    page.get_by_role("link", name="Change where you are").click()
    expect(page.get_by_label("Where are you?")).to_have_value("Asia/Tokyo")


# Counts what the page's own script builds: each formatter takes longer than all it will format.
COUNT = """
  window.built = 0;
  const Real = Intl.DateTimeFormat;
  Intl.DateTimeFormat = new Proxy(Real, {
    construct: (target, given) => { window.built += 1; return new target(...given); },
  });
"""


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu", "Europe/Lisbon"])
def test_however_many_times_are_shown_one_formatter_a_zone_is_built(
    visits: Visits, zone: str
) -> None:
    page = visits.open(timezone_id=zone)
    page.add_init_script(COUNT)
    page.goto(TIMES)
    assert len(words(page)) > 2
    assert page.evaluate("window.built") == 2
