"""Going back, two tabs, somebody quicker, a keyboard and nothing else."""

import re

import pytest
from playwright.sync_api import Page, expect

from availability.models import Format
from bookings.models import Booking
from tests.factories import World, force_booking
from tests.flows import steps
from tests.flows.visits import DESK, PHONE, Visits

MOST_TABS = 8

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("journeys")]


def assert_details_are_kept(page: Page) -> None:
    steps.heading(page, "Your details")
    expect(page.get_by_label("Your name")).to_have_value(steps.NAME)
    expect(page.get_by_label("Email")).to_have_value(steps.EMAIL)
    expect(page.get_by_label("Phone")).to_have_value("07700 900123")


def test_the_back_button_finds_the_answers_and_the_way_on(visits: Visits) -> None:
    page = visits.open(width=PHONE)
    steps.come_to_check(page)
    page.go_back()
    assert_details_are_kept(page)
    page.go_back()
    steps.heading(page, "Choose a day and time")
    page.go_forward()
    assert_details_are_kept(page)
    page.go_forward()
    steps.press_book(page)
    assert Booking.objects.count() == 1


def test_answers_come_back_from_the_site_not_only_from_the_browser(visits: Visits) -> None:
    """Not every browser keeps what was typed into a page that must not be stored."""
    page = visits.open("/book/?what=consultation&how=online")
    steps.choose(page, Format.ONLINE)
    steps.pick_time(page)
    address = page.url
    steps.fill_in_details(page)
    steps.heading(page, "Check this looks right")
    tab = page.context.new_page()
    tab.goto(address)
    assert_details_are_kept(tab)
    steps.press_book(page)
    tab.goto(address)
    steps.heading(tab, "Your consultation")


def test_the_pages_own_links_back_keep_the_answers(visits: Visits) -> None:
    page = visits.open()
    chosen = steps.come_to_check(page)
    page.get_by_role("link", name="Back").click()
    assert_details_are_kept(page)
    page.get_by_role("link", name="Change the day or time").click()
    other = steps.pick_time(page, 1)
    assert other != chosen
    # Nothing is asked twice: the answers are under the new time.
    steps.heading(page, "Check this looks right")
    expect(page.get_by_role("definition").filter(has_text=f"{other} to ")).to_have_count(1)
    expect(page.get_by_role("definition").filter(has_text=steps.EMAIL)).to_have_count(1)


def test_changing_how_to_meet_asks_only_for_the_place(visits: Visits) -> None:
    page = visits.open()
    steps.come_to_check(page, Format.ONLINE)
    page.get_by_role("link", name="Change what you’re booking").click()
    steps.choose(page, Format.WALKING)
    steps.pick_time(page)
    assert_details_are_kept(page)
    page.get_by_label("Barnes Common").check()
    steps.pause(page)
    steps.go_on(page)
    steps.press_book(page)
    assert Booking.objects.get().place.name == "Barnes Common"


def test_two_tabs_do_not_mix_their_answers(visits: Visits) -> None:
    one = visits.open()
    other = one.context.new_page()
    steps.come_to_check(one, Format.ONLINE, name="Ann Bell", email="ann@example.com")
    steps.come_to_check(other, Format.IN_PERSON, name="Ben Cole", email="ann+2@example.com")
    one.reload()
    expect(one.get_by_role("definition").filter(has_text="Ann Bell")).to_have_count(1)
    steps.press_book(one)
    booking = Booking.objects.get()
    assert (booking.client.name, booking.format) == ("Ann Bell", Format.ONLINE)


def test_a_time_that_went_while_the_details_were_typed_costs_one_more_choice(
    visits: Visits, practice: World
) -> None:
    page = visits.open("/book/?what=consultation&how=online", width=PHONE)
    steps.choose(page, Format.ONLINE)
    steps.pick_time(page)
    force_booking(practice, steps.slot_of(page))
    steps.fill_in_details(page)
    steps.fault(page, "has just been taken")
    page.locator(".kt-errors").get_by_role("link").first.click()
    steps.heading(page, "Check this looks right")
    expect(page.get_by_role("definition").filter(has_text=steps.EMAIL)).to_have_count(1)
    steps.press_book(page)


def test_a_time_that_went_before_the_last_press_keeps_the_answers_too(
    visits: Visits, practice: World
) -> None:
    page = visits.open("/book/?what=consultation&how=online")
    steps.choose(page, Format.ONLINE)
    steps.pick_time(page)
    slot = steps.slot_of(page)
    steps.fill_in_details(page)
    force_booking(practice, slot)
    steps.go_on(page, "Book this consultation")
    steps.fault(page, "has just been taken")
    steps.pick_time(page)
    steps.press_book(page)
    assert Booking.objects.filter(client__email=steps.EMAIL).count() == 1


def test_another_day_is_shown_in_place_and_the_address_stays_true(visits: Visits) -> None:
    page = visits.open("/book/?what=consultation&how=online")
    steps.choose(page, Format.ONLINE)
    page.evaluate("window.stillHere = true")
    day = page.locator("a.kt-day").nth(2)
    name = re.sub(r"\s+", " ", day.locator("span").first.inner_text()).split(",")[0]
    day.click()
    legend = page.locator("#times-h")
    expect(legend).to_have_text(re.compile(re.sub(" ", r"\\s", name)))
    expect(legend).to_be_focused()
    expect(day).to_have_attribute("aria-current", "date")
    expect(page.locator("a.kt-day[aria-current]")).to_have_count(1)
    assert page.evaluate("window.stillHere")
    assert page.url.endswith(str(day.get_attribute("href")))
    page.reload()
    expect(legend).to_have_text(re.compile(re.sub(" ", r"\\s", name)))
    page.go_back()
    steps.heading(page, "Choose a day and time")
    expect(page.locator("a.kt-day[aria-current]")).to_have_count(1)


def tab_to(page: Page, selector: str) -> int:
    """Press Tab until the focus is there, as somebody without a mouse does; return how often."""
    for presses in range(1, 61):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate_all("found => found.includes(document.activeElement)"):
            return presses
    pytest.fail(f"the keyboard does not reach {selector} on {page.url}")


def test_a_keyboard_is_enough(visits: Visits) -> None:
    page = visits.open("/book/?what=consultation")
    tab_to(page, ".kt-lines a")
    page.keyboard.press("Enter")
    steps.heading(page, "Choose a day and time")
    tab_to(page, "a.kt-day:not([aria-current])")
    page.keyboard.press("Enter")
    expect(page.locator("#times-h")).to_be_focused()
    tab_to(page, "button[name=slot]")
    page.keyboard.press("Enter")
    steps.heading(page, "Your details")
    for field, text in (("name", steps.NAME), ("email", steps.EMAIL)):
        tab_to(page, f"input[name={field}]")
        page.keyboard.type(text)
    tab_to(page, "input[name=agree]")
    page.keyboard.press("Space")
    steps.pause(page)
    tab_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    steps.heading(page, "Check this looks right")
    tab_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    steps.heading(page, "You’re booked in")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_keyboard_is_at_the_first_time_after_few_tabs(visits: Visits, width: int) -> None:
    page = visits.open("/book/time/?what=consultation&how=online", width=width)
    assert tab_to(page, "button[name=slot]") <= MOST_TABS


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_five_presses_lead_from_the_front_door_to_a_booking(visits: Visits, width: int) -> None:
    page = visits.open("/", width=width, java_script_enabled=False)
    page.get_by_role("link", name=re.compile("See free times ?: online")).click()
    page.locator("#times button").first.click()
    page.get_by_label("Your name").fill(steps.NAME)
    page.get_by_label("Email").fill(steps.EMAIL)
    page.get_by_label("I agree").check()
    steps.pause(page)
    steps.go_on(page)
    page.get_by_role("button", name="Book this consultation").click()
    steps.heading(page, "You’re booked in")


def test_the_ways_to_meet_are_above_the_fold_of_a_phone(visits: Visits) -> None:
    page = visits.open("/book/", width=PHONE)
    for way in page.locator(".kt-lines li").all():
        box = way.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 844


@pytest.mark.parametrize(
    "path", ["/", "/book/", "/book/time/?what=consultation&how=online", "/privacy/"]
)
def test_looking_around_sets_no_cookie(visits: Visits, path: str) -> None:
    assert visits.open(path).context.cookies() == []


def test_the_first_press_of_tab_offers_to_skip_to_the_content(visits: Visits) -> None:
    page = visits.open("/book/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
