"""What a first visit costs, and what a browser keeps: at the site as a server runs it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response
from pytest_django.fixtures import Settings

from academy import shipped
from academy.models import Article
from demo.front_page import write_home
from tests.factories import World
from tests.flows import steps
from tests.flows.production import Production
from tests.flows.visits import PHONE, Visits
from tests.pictures.hanging import introduce, keep_in

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("production")]

BOOKING, READING, PICTURED = (
    50_000,
    80_000,
    120_000,
)  # bytes: all that a page transfers with nothing cached
ONLINE = "what=consultation&how=online"


@pytest.fixture
def visits(browser: Browser, production: Production, practice: World) -> Iterator[Visits]:
    """Windows at that site. A request to any other site is a complaint."""
    shipped.load()
    with Visits(browser, production.root) as visits:
        yield visits
    assert visits.complaints == []


class Scales:
    """Weighs what a page transfers with nothing in the browser's cache, heads and bodies."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.weights: dict[str, int] = {}
        self._bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self._bytes += event["encodedDataLength"]

    def weigh(self, path: str = "") -> None:
        """Fetch the page, or the one that stands there, with all that it needs."""
        self._settle()
        self._bytes = 0
        self.page.goto(path or self.page.url)
        self._settle()
        self.weights[path or re.sub(r"[\w-]{12,}|\?.*", "…", self.page.url)] = self._bytes

    def _settle(self) -> None:
        """Wait until what is on its way has been told of: nothing is fetched after the load."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_timeout(100)

    def too_heavy(self, most: int) -> dict[str, int]:
        """Return the pages above it, and forget all."""
        weighed, self.weights = self.weights, {}
        assert all(weight > 12_000 for weight in weighed.values()), weighed
        return {path: weight for path, weight in weighed.items() if weight > most}


def test_no_page_of_a_booking_transfers_more_than_50_kb(visits: Visits) -> None:
    page = visits.open("/robots.txt", width=PHONE)
    scales = Scales(page)
    for path in (
        "/embed/",
        "/book/",
        f"/book/time/?{ONLINE}",
        f"/book/zone/?{ONLINE}",
        "/book/link/",
    ):
        scales.weigh(path)
    scales.weigh(f"/book/time/?{ONLINE}&zone=America/Argentina/Buenos_Aires")
    page.goto(f"/book/time/?{ONLINE}")
    steps.pick_time(page)
    steps.heading(page, "Your details")
    scales.weigh()
    steps.fill_in_details(page)
    steps.heading(page, "Check this looks right")
    scales.weigh()
    # Back at the times: now with a cookie and the answers under way.
    page.get_by_role("link", name="Change the day or time").click()
    steps.heading(page, "Choose a day and time")
    scales.weigh()
    page.go_back()
    steps.press_book(page)
    scales.weigh()
    for link in ("Change the time or how we meet", "Cancel this consultation"):
        page.goto(page.url.partition("?")[0])
        booking = page.url
        page.get_by_role("link", name=link).click()
        scales.weigh()
        page.goto(booking)
    assert len(scales.weights) > 8
    assert scales.too_heavy(BOOKING) == {}


def test_no_page_for_reading_transfers_more_than_80_kb(visits: Visits) -> None:
    scales = Scales(visits.open("/robots.txt", width=PHONE))
    for path in (
        "/",
        "/academy/",
        "/privacy/",
        *map(Article.get_absolute_url, Article.objects.all()),
    ):
        scales.weigh(path)
    assert scales.too_heavy(READING) == {}


def test_a_home_page_with_a_portrait_transfers_no_more_than_120_kb(
    visits: Visits, practice: World, production: Production, settings: Settings
) -> None:
    """With one for every place and article too, on a phone that shows nine dots for each pixel."""
    keep_in(settings, production.pictures)
    write_home()
    introduce(practice.therapist, width=1600)
    page = visits.open("/robots.txt", width=PHONE, device_scale_factor=3)
    scales = Scales(page)
    scales.weigh("/")
    assert page.locator(".kt-face img").evaluate("one => one.currentSrc").endswith("-320.avif")
    assert 25_000 < scales.weights["/"] < PICTURED
    face = page.request.get(page.locator(".kt-face img").evaluate("one => one.currentSrc"))
    assert face.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert face.headers["content-type"] == "image/avif"


def test_files_come_compressed_under_a_name_that_may_be_kept_for_good(visits: Visits) -> None:
    files: list[Response] = []
    page = visits.open("/robots.txt")
    page.on("response", lambda one: files.append(one) if "/static/" in one.url else None)
    for path in ("/", f"/book/time/?{ONLINE}", "/academy/why-the-relationship-matters/"):
        page.goto(path)
    # A browser asks for the icon when it likes, or not at all.
    page.goto(str(page.locator("link[rel=icon]").first.get_attribute("href")))
    assert {re.sub(r".*\.", "", one.url) for one in files} >= {"css", "js", "svg", "woff2"}
    for one in files:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", one.url), one.url
        headers = one.headers
        assert "immutable" in headers["cache-control"], one.url
        assert int(re.findall(r"max-age=(\d+)", headers["cache-control"])[0]) > 31_000_000
        packed = "br" if not one.url.endswith(".woff2") else None
        assert headers.get("content-encoding") == packed, one.url


def test_the_cookies_of_a_booking_are_bound_to_this_host_and_to_https(visits: Visits) -> None:
    page = visits.open("/", width=PHONE)
    for path in ("/academy/", "/book/", f"/book/time/?{ONLINE}"):
        page.goto(path)
    assert page.context.cookies() == []
    steps.pick_time(page)
    steps.heading(page, "Your details")
    found = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert set(found) == {"__Host-sessionid", "__Host-csrftoken"}
    assert all(one["secure"] and one["path"] == "/" for one in found.values())
    assert all(one["sameSite"] == "Lax" for one in found.values())
    assert found["__Host-sessionid"]["httpOnly"]
    strict = page.reload()
    assert strict
    assert strict.headers["strict-transport-security"] == "max-age=31536000"
