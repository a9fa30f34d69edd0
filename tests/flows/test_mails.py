"""Each mail in a real browser: on the narrowest phone, by day and by night, and on its own."""

from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from desk.mail_samples.samples import samples
from tests.factories import World
from tests.flows.test_admin import faults_of, log_in
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("mails")]

NARROW, WIDE = 320, 600
LONG = f"{'s' * 60}@{'a' * 60}.example.com"
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((NARROW, "dark"), (WIDE, "light"))


def each(practice: World) -> dict[str, str]:
    """The HTML part of each kind, with an address that no line can hold."""
    found = samples(practice.therapist, timezone.now())
    return {one.letter.kind: one.letter.html.replace("sam@example.com", LONG) for one in found}


def faults(page: Page, name: str) -> list[str]:
    """What axe finds, and whether a reader must scroll sideways."""
    page.evaluate(AXE_SCRIPT)
    result = AxeResults(page.evaluate("axe.run()"))
    found = [f"{name}: {result.generate_report()}"] if result.violations_count else []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{name}: it scrolls sideways")
    return found


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"))


def test_every_mail_holds_by_night_and_at_320_pixels_and_fetches_nothing(
    browser: Browser, practice: World
) -> None:
    context, asked, found = browser.new_context(), list[str](), list[str]()
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        for kind, html in each(practice).items():
            page.set_content(html)
            found += faults(page, f"{kind}, {width} px, {scheme}")
            dark = background(page) == "rgb(20, 36, 41)"
            assert dark == (scheme == "dark")
    context.close()
    assert found == []
    assert asked == []


def test_the_therapist_sees_a_mail_by_night_on_a_phone(visits: Visits) -> None:
    page = log_in(visits, PHONE)
    page.goto("/admin/mail-samples/")
    page.get_by_role("link", name="To me: New booking").first.click()
    page.get_by_role("link", name="Dark").click()
    narrow = page.frame_locator("iframe").last
    expect(narrow.get_by_role("heading", name="New booking")).to_be_visible()
    expect(narrow.locator("body")).to_have_css("background-color", "rgb(13, 25, 29)")
    assert faults_of(page, "#mail-samples") == []
