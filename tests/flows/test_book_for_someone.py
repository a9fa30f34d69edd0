"""A caller waits on the phone: they are found or named, and booked, in few acts."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking
from clients.models import Client
from outbox.models import OutgoingMail
from prose.dates import UK
from staff.models import Role
from tests.factories import World, force_booking, make_client, make_user
from tests.flows.visits import DESK, PHONE, Visits
from tests.pages import browser_of

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("admin")]

BOOK = "/admin/bookings/booking/book/"
WIDTHS = (PHONE, DESK)


@pytest.fixture
def ama(practice: World) -> Client:
    """A client who has met the therapist, and may book sessions."""
    now = timezone.now()
    ama = make_client(
        name="Ama Boateng", email="ama@example.com", phone="07700 900123", accepted_at=now
    )
    force_booking(practice, now - timedelta(days=9), client=ama)
    return ama


def next_weekday(weeks: int = 1) -> date:
    """A Wednesday to come, inside the hours."""
    today = timezone.now().astimezone(UK).date()
    return today + timedelta(days=(2 - today.weekday()) % 7 + 7 * weeks)


def enter(visits: Visits, path: str, width: int, **options: object) -> Page:
    """Open a page of admin as the owner, who has signed in before."""
    name = settings.STAFF_SESSION_COOKIE_NAME
    session = browser_of(make_user(Role.OWNER)).cookies[name].value
    page = visits.open("/healthz", width=width, **options)
    page.context.add_cookies([{"name": name, "value": session, "url": visits.root}])
    page.goto(path)
    return page


class Acts:
    """Counts what somebody does and how many pages load meanwhile."""

    def __init__(self, page: Page) -> None:
        self.page, self.done, self.loads = page, 0, 0
        page.on("framenavigated", self._load)

    def _load(self, _: object) -> None:
        self.loads += 1

    def press(self, role: Literal["button", "link"], name: str) -> None:
        self.done += 1
        self.page.get_by_role(role, name=name, exact=True).locator("visible=true").first.click()

    def type(self, label: str, words: str) -> None:
        self.done += 1
        self.page.get_by_label(label, exact=True).fill(words)


FIND = "Find a client by name, email or phone, or name somebody new"


def to_the_page(page: Page, acts: Acts) -> None:
    """Press what leads there from any page of the desk."""
    is_wide = (page.viewport_size or {"width": DESK})["width"] >= 992
    acts.press("link", "Book for someone" if is_wide else "Book")
    expect(page.get_by_role("heading", name="Book for someone", level=1)).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_caller_who_is_known_is_booked_in_five_acts_and_two_loads(
    visits: Visits, ama: Client, width: int
) -> None:
    page = enter(visits, "/admin/settings/", width)
    acts = Acts(page)
    to_the_page(page, acts)
    acts.type(FIND, "boat")
    expect(page.get_by_label("Ama Boateng")).to_be_checked()
    acts.type("Date", next_weekday().isoformat())
    acts.type("Time, UK", "11am")
    page.get_by_label("Time, UK").blur()
    expect(page.locator("#send")).to_contain_text("Ama Boateng, Wednesday")
    expect(page.locator("#send")).to_contain_text("emailed now, reminded before")
    acts.press("button", "Book it")
    expect(page.get_by_text("Booked. Ama Boateng is told by email.")).to_be_visible()
    assert (acts.done, acts.loads) == (5, 2)
    made = Booking.objects.latest("pk")
    assert (made.client, made.service.name) == (ama, "Session")
    assert made.start.astimezone(UK) == datetime.combine(next_weekday(), time(11), UK)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_caller_who_is_new_is_booked_by_name_in_five_acts_and_two_loads(
    visits: Visits, ama: Client, width: int
) -> None:
    page = enter(visits, "/admin/hours/", width)
    acts = Acts(page)
    to_the_page(page, acts)
    acts.type(FIND, "Kim Li")
    expect(page.get_by_label("Someone new: “Kim Li”")).to_be_checked()
    expect(page.get_by_label("Consultation")).to_be_checked()
    acts.type("Date", next_weekday().isoformat())
    acts.type("Time, UK", "11am")
    page.get_by_label("Time, UK").blur()
    expect(page.locator("#send")).to_contain_text("No email address: tell them yourself")
    acts.press("button", "Book it")
    expect(page.get_by_text("Booked. No email address: tell them yourself.")).to_be_visible()
    assert (acts.done, acts.loads) == (5, 2)
    assert Client.objects.get(name="Kim Li").email == ""
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_script_a_client_is_found_and_six_weeks_are_booked(
    visits: Visits, practice: World, ama: Client, width: int
) -> None:
    page = enter(visits, BOOK, width, java_script_enabled=False)
    page.get_by_label(FIND).fill("boat")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("Ama Boateng")).to_be_checked()
    page.get_by_label("Date").fill(next_weekday().isoformat())
    page.get_by_label("Time, UK").fill("8pm")
    page.get_by_role("button", name="Look at this day").click()
    expect(page.get_by_role("region", name="Wednesday")).to_contain_text("Free until 5pm")
    expect(page.get_by_text("Outside your hours.")).to_be_visible()
    page.get_by_label("Time, UK").fill("11am")
    page.get_by_label("Repeat").select_option("Every week")
    page.get_by_label("How many times").fill("3")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("alert")).to_contain_text("Look through the dates")
    expect(page.locator(".kd-dates > li")).to_have_count(3)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Booked: 3 dates. Ama Boateng is told by email.")).to_be_visible()
    assert OutgoingMail.objects.get().kind == "booked_together"


def test_by_keyboard_alone_a_caller_is_booked_for_outside_the_hours(
    visits: Visits, ama: Client
) -> None:
    page = enter(visits, BOOK, DESK)
    keys = page.keyboard
    page.get_by_label(FIND).focus()
    keys.type("boat")
    expect(page.get_by_label("Ama Boateng")).to_be_checked()
    page.get_by_label("Time, UK").focus()
    keys.type("8:30pm")
    keys.press("Tab")
    anyway = page.get_by_label("Book anyway")
    expect(anyway).to_be_visible()
    walk_to(page, anyway.evaluate_handle, "Shift+Tab")
    keys.press("Space")
    expect(page.locator("#send")).not_to_contain_text("First tick")
    walk_to(page, page.get_by_role("button", name="Book it").evaluate_handle, "Tab")
    keys.press("Enter")
    expect(page.get_by_text("Booked. Ama Boateng is told by email.")).to_be_visible()


def walk_to(page: Page, target: Callable[[str], object], key: str) -> None:
    """Press a key until the element has the focus; it never gets lost on the way."""
    element = target("one => one")
    for _ in range(40):
        if page.evaluate("one => one === document.activeElement", element):
            return
        page.keyboard.press(key)
    pytest.fail("the keyboard doesn't get there")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_of_the_page_is_accessible(
    visits: Visits, practice: World, ama: Client, width: int, scheme: Literal["light", "dark"]
) -> None:
    force_booking(practice, datetime.combine(next_weekday(), time(14), UK), client=ama)
    page = enter(visits, BOOK, width, color_scheme=scheme)
    require_no_fault(page)
    page.get_by_label(FIND).fill("a")
    expect(page.get_by_label("Ama Boateng")).to_be_visible()
    page.get_by_label("Date").fill(next_weekday().isoformat())
    page.get_by_label("Time, UK").fill("8pm")
    page.get_by_label("Time, UK").blur()
    expect(page.get_by_text("Outside your hours.")).to_be_visible()
    require_no_fault(page)
    page.get_by_label("Time, UK").fill("2:05pm")
    page.get_by_label("Repeat").select_option("Every week")
    expect(page.locator(".kd-dates > li")).to_have_count(6)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("alert").first).to_contain_text("thing")
    require_no_fault(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def require_no_fault(page: Page) -> None:
    page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate("axe.run('#desk-page')"))
    assert found.violations_count == 0, found.generate_report()
