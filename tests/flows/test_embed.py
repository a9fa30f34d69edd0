"""The free times inside another site's page, in a real browser that both sites are strangers to."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect

from bookings.models import Booking
from tests.factories import World
from tests.flows import steps
from tests.flows.production import OtherSite, Production
from tests.flows.visits import DESK, HEIGHT, PHONE

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("production")]


def snippet(root: str) -> str:
    """What docs/embed.md tells other sites to put into their page."""
    text = (Path(settings.BASE_DIR) / "docs" / "embed.md").read_text()
    found = re.search(r"```html\n(.*?)```", text, re.DOTALL)
    assert found
    assert found[1].count("https://book.example.org/embed/") == 1
    return found[1].replace("https://book.example.org", root)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh window, which may run scripts or not."""
    context = browser.new_context(
        java_script_enabled=request.param,
        ignore_https_errors=True,
        viewport={"width": DESK, "height": HEIGHT},
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def put(other: OtherSite, content: str) -> str:
    """Make it the other site's page; return its address."""
    other.page = f"<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>{content}"
    return f"https://{other.host}/"


def test_a_time_that_is_pressed_on_another_site_is_booked_on_ours(
    window: BrowserContext, production: Production, practice: World
) -> None:
    heard: list[str] = []
    window.on("console", lambda said: heard.append(said.text))
    page = window.new_page()
    page.goto(put(production.friend, snippet(production.root)))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text(steps.TITLE)
    expect(frame.get_by_role("heading", level=2)).to_have_text(["In person", "Online", "Walking"])
    ways = frame.locator(".kt-embed__ways")
    assert ways.evaluate("e => getComputedStyle(e).display") == "grid"  # its styles came along
    assert window.cookies() == []
    assert heard == []

    first = frame.locator("section", has_text="Online").locator(".kt-embed__time").first
    words = re.sub(r"\s+", " ", first.inner_text())
    first.click()
    steps.heading(page, "Your details")
    assert page.url.startswith(f"{production.root}/book/details/")
    assert page.locator("iframe").count() == 0
    assert words.split(",")[0].strip() in page.locator(".kt-sofar").inner_text()
    steps.fill_in_details(page)
    steps.press_book(page)
    assert Booking.objects.get().format == "online"


def test_a_site_that_was_not_named_shows_nothing(
    window: BrowserContext, production: Production, practice: World
) -> None:
    heard: list[str] = []
    window.on("console", lambda said: heard.append(said.text))
    page = window.new_page()
    page.goto(put(production.stranger, snippet(production.root)))
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    page.locator("iframe").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in heard)
    assert steps.TITLE not in page.frames[-1].content()
    assert window.cookies() == []


@pytest.mark.parametrize("path", ["/", "/book/", "/book/time/?what=consultation&how=online"])
def test_a_site_that_was_named_may_show_nothing_else(
    browser: Browser, production: Production, practice: World, path: str
) -> None:
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(put(production.friend, f'<iframe src="{production.root}{path}"></iframe>'))
    page.wait_for_timeout(300)
    assert "Kicks" not in page.frames[-1].content()
    context.close()


@pytest.mark.parametrize("width", [320, PHONE, DESK])
def test_it_is_as_wide_as_it_may_be(
    browser: Browser, production: Production, practice: World, width: int
) -> None:
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": width, "height": HEIGHT}
    )
    page = context.new_page()
    page.goto(f"{production.root}/embed/")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # What docs/embed.md says of its height.
    expected = 1_400 if width < 800 else 720
    assert page.evaluate("document.documentElement.scrollHeight") <= max(expected, HEIGHT) + 150
    context.close()


@pytest.mark.usefixtures("practice")
@pytest.mark.parametrize(
    ("query", "scheme", "expected"),
    [("", "dark", "dark"), ("?look=light", "dark", "light"), ("?look=dark", "light", "dark")],
)
def test_it_is_light_or_dark_as_the_visitor_or_the_page_around_says(
    browser: Browser, production: Production, query: str, scheme: Any, expected: str
) -> None:
    page = browser.new_page(ignore_https_errors=True, color_scheme=scheme)
    page.goto(f"{production.root}/embed/{query}")
    red, *_ = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert ("light" if int(red) > 128 else "dark") == expected
    page.close()
