"""The steps of a booking as somebody takes them: by what the page says, not by how it is made."""

import re
import time
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from availability.models import Format
from bookings.notices import link_requests
from front.forms import FEWEST_SECONDS
from outbox.models import OutgoingMail
from prose.dates import parse_slot

TITLE = "Free 15-minute consultation"
SESSION = "50-minute session"
NAME, EMAIL = "Sam Okafor", "sam@example.com"


def heading(page: Page, text: str) -> None:
    """Wait for the page with this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(text))


def fault(page: Page, text: str) -> None:
    """Wait for the page that says what to put right: in a box that has the focus."""
    box = page.locator(".kt-errors")
    expect(box).to_contain_text(text)
    expect(box).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))


def go_on(page: Page, button: str = "Continue") -> None:
    page.get_by_role("button", name=button).click()


def choose(page: Page, fmt: Format, title: str = TITLE) -> None:
    """Step 1."""
    expect(page.locator("#how-h")).to_have_text(re.compile("^How shall we meet"))
    other = page.get_by_role("link", name=f"Book a {title}")
    if other.count():
        other.click()
    page.get_by_role("listitem").get_by_role("link", name=re.compile(f"^{fmt.label} ")).click()


def pick_time(page: Page, nth: int = 0) -> str:
    """Step 2: choose the nth time of the day that is shown; return what it says."""
    heading(page, "Choose a day and time")
    slot = page.locator("#times button").nth(nth)
    text = slot.locator("span").inner_text()
    slot.click()
    return text


def see_pictures(page: Page, count: int) -> None:
    """Scroll by each picture of the page and wait until it is there: at least so many are."""
    shown = page.locator("picture img")
    expect(shown).not_to_have_count(0)
    assert shown.count() >= count
    for one in shown.all():
        if one.is_visible():
            one.scroll_into_view_if_needed()
            page.wait_for_function(
                "one => one.complete && one.naturalWidth > 0", arg=one.element_handle()
            )
    page.evaluate("scrollTo(0, 0)")


def fill_in_details(page: Page, *, name: str = NAME, email: str = EMAIL, place: str = "") -> None:
    """Step 3, at a person's pace: the form refuses what comes faster."""
    heading(page, "Your details")
    opened = time.monotonic()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Phone").fill("07700 900123")
    page.get_by_label("What brings you here?").fill("I’d rather say it in person.")
    page.get_by_label("I agree").check()
    if place:
        page.get_by_label(place).check()
    pause(page, FEWEST_SECONDS - (time.monotonic() - opened))
    go_on(page)


def pause(page: Page, seconds: float = FEWEST_SECONDS) -> None:
    """Wait for as long as a person needs at the least."""
    page.wait_for_timeout(max(0, seconds + 0.05) * 1000)


def come_to_check(page: Page, fmt: Format = Format.ONLINE, **details: str) -> str:
    """Take the steps from the times to the last look; return the time that was chosen."""
    page.goto(f"/book/time/?what=consultation&how={fmt}")
    chosen = pick_time(page)
    fill_in_details(page, **details)
    heading(page, "Check this looks right")
    return chosen


def press_book(page: Page) -> None:
    """Step 4."""
    heading(page, "Check this looks right")
    go_on(page, "Book this consultation")
    heading(page, "You’re booked in")


def slot_of(page: Page) -> datetime:
    """Return the time that the address carries."""
    slot = parse_slot(parse_qs(urlsplit(page.url).query)["slot"][0])
    assert slot
    return slot


def private_link(kind: str = "confirmation") -> str:
    """Return the path of the private link in the mail."""
    found = re.search(r"https?://[^/\s]+(/b/\S+)", OutgoingMail.objects.get(kind=kind).text)
    assert found
    return found[1]


def press_open(page: Page) -> None:
    """Press the button behind a mailed link that nobody has pressed before."""
    heading(page, "Did you book this?")
    go_on(page, "Yes, open my booking")


def confirm_link() -> str:
    """Return the path of the link that books what is pending."""
    return private_link("confirm_address")


def session_link() -> str:
    """Return the path of the private link to book a session: the last in the mail of links.

    A worker has answered by then; here that is us.
    """
    link_requests.answer()
    found = re.findall(r"https?://[^/\s]+(/b/\S+)", OutgoingMail.objects.get(kind="links").text)
    return str(found[-1])
