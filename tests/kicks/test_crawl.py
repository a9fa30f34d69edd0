"""Every link of the site leads somewhere, and whatever is typed into an address is answered."""

import re
from itertools import product

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from academy import shipped
from availability.models import Weekday, WeeklyHours
from demo.front_page import write_home
from kicks.robots_and_sitemaps import INDEXED
from tests.addresses import every_address
from tests.crawling import Crawl, Page
from tests.factories import World, make_world
from tests.pages import address, book

STARTS = ("/", "/book/", "/academy/", "/embed/")


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """A practice with few times, with the articles that ship and the demo's words."""
    settings.SITE_URL = "https://book.example.org"
    settings.EMBED_HOSTS = ["www.example.org"]
    shipped.load()
    write_home()
    world = make_world(horizon_days=7, step_minutes=240)
    WeeklyHours.objects.exclude(weekday__in=[Weekday.TUESDAY, Weekday.FRIDAY]).delete()
    return world


def twins(crawl: Crawl) -> dict[str, set[str]]:
    """The titles that several pages bear."""
    return {title: pages for title, pages in crawl.titles().items() if len(pages) > 1}


def test_a_stranger_who_follows_every_link_finds_nothing_amiss_and_gets_no_cookie_for_looking(
    client: Browser, world: World
) -> None:
    crawl = Crawl(client).follow(*STARTS)
    assert crawl.faults == []
    assert twins(crawl) == {}
    assert set(crawl.names.values()) == INDEXED | {"embed", "zone", "details", "sessions"}
    assert len(crawl.pages) > 40
    for path in crawl.pages:
        if crawl.names[path] in INDEXED | {"embed"}:
            assert not Browser().get(path).cookies, path
    assert {re.split(r"[:/?]", where)[0] for where in crawl.outside} <= {
        "https",
        "mailto",
        "sms",
        "tel",
    }


def test_a_client_who_follows_every_link_finds_nothing_amiss(client: Browser, world: World) -> None:
    own = f"/booking/{book(client, world, '2026-11-24T09:00').uid}/"
    crawl = Crawl(client).follow(own, f"{own}?booked=1", f"{own}reminders/")
    assert crawl.faults == []
    assert twins(crawl) == {}
    assert {f"{own}cancel/", f"{own}appointment.ics"} <= set(crawl.statuses)
    assert any(path.startswith(f"{own}change/?") for path in crawl.pages)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<p id="a"></p><p id="a"></p>', "2 elements have the id a"),
        ('<a href="/"></a>', "has no name"),
        ('<input name="x">', "has no name"),
        ('<label for="y">Y</label><input id="x">', "has no name"),
        ('<img src="x">', "has no words"),
        ('<p aria-describedby="nowhere">', "which is not there"),
        ("<p><b></p>", "closes nothing"),
        ("<h1>Again</h1>", "2 first headings"),
        ("<p>Tuesday 3 March, 2:30pm UK time</p>", "tells a time"),
        ("<p>Tuesday 3 March 2026, 2:30pm</p>", "tells a time"),
        ("<p>Tuesday 3 March 2026, 2:30pm to 3pm, UK time</p>", "tells a time"),
        ("<p>at 14:30</p>", "tells a time"),
    ],
)
def test_the_reader_notices(html: str, fault: str) -> None:
    around = '<html lang="en-GB"><title>T</title><body><main><h1>H</h1>{}</main></body></html>'
    assert list(Page(around.format('<a href="/">Home</a>')).faults()) == []
    assert any(fault in found for found in Page(around.format(html)).faults())


def test_the_visitor_notices_a_link_or_a_part_of_a_page_that_is_not_there(
    client: Browser, world: World
) -> None:
    crawl = Crawl(client)
    assert "/book/" in list(crawl._fetch("/nowhere/", "the start"))
    assert crawl.faults == ["404 for /nowhere/, linked from the start"]
    crawl = Crawl(client)
    crawl.pages["/privacy/"] = Page(client.get("/privacy/").content.decode())
    crawl.anchors = [("/book/", "/privacy/", "main"), ("/book/", "/privacy/", "no-such-part")]
    assert crawl.follow().faults == ["/book/ leads to #no-such-part, which /privacy/ has not"]


# --- what nobody linked

# What each page reads of its address.
CHOICE = ("what", "how", "who", "zone")
READS = {
    "/": ("page", "week"),
    "/academy/": ("page",),
    "/embed/": ("who", "look"),
    "/book/": (*CHOICE, "choice", "again", "draft"),
    "/book/time/": (*CHOICE, "day", "from", "week", "draft"),
    "/book/zone/": (*CHOICE, "day", "draft"),
    "/book/details/": (*CHOICE, "slot", "draft"),
}
STEPS = {"/book/time/": "time", "/book/zone/": "zone", "/book/details/": "details"}
BAD_VALUES = (
    "",
    "2026-W99",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "9" * 5000,
    "-1",
    "%00",
    "a%00b",
    "%",
    "%zz",
    "%ff",
    "%ED%A0%80",
    "%F0%9F%8C%8A",
    "%0d%0aSet-Cookie:x=1",
    "'%20OR%201=1--",
    "%3Cscript%3E",
    "::::",
    "../../etc/passwd",
)
ODD_QUERIES = (
    "?",
    "%",
    "%00",
    "&&&",
    "=",
    "=x&=y",
    "[]=1",
    "what[]=consultation",
    "a" * 8000,
    "how=online&how=walking",
    "what=consultation&what=session&how=online",
    "format=online&format=walking",
    "day=2026-11-24&day=2026-13-01",
    "&".join(f"x{n}={n}" for n in range(300)),
)


def public_paths() -> list[str]:
    """Every address of the site but the therapist’s, and the probe that tells how things are."""
    found = [path for _, path in every_address() if not path.startswith(("/admin/", "/readyz"))]
    assert len(found) > 15
    return found


def assert_sensible(browser: Browser, path: str) -> None:
    response = browser.get(path)
    assert response.status_code in {200, 302, 404, 405, 422}, (response.status_code, path[:200])
    assert "Set-Cookie:x" not in str(response.headers)


@pytest.mark.parametrize("base", READS)
def test_a_bad_value_of_a_parameter_gets_the_nearest_page(
    client: Browser, world: World, base: str
) -> None:
    rest = address(STEPS[base], world).partition("?")[2] if base in STEPS else ""
    for name, value in product(READS[base], BAD_VALUES):
        assert_sensible(client, f"{base}?{rest}&{name}={value}")  # the last of two counts
        assert_sensible(client, f"{base}?{name}={value}")


def test_an_odd_question_is_answered_everywhere(client: Browser, world: World) -> None:
    for path, query in product(public_paths(), ODD_QUERIES):
        assert_sensible(client, f"{path}?{query}")


@pytest.mark.parametrize(
    "part", ["%00", "%ff", "%", "%zz", "x%0d%0ay", "..%2f..", "%F0%9F%8C%8A", "9" * 5000]
)
def test_an_odd_address_is_not_found(client: Browser, world: World, part: str) -> None:
    for base in ("/", "/academy/", "/academy/topic/", "/b/", "/book/check/", "/booking/"):
        assert client.get(f"{base}{part}/").status_code in {302, 404, 429}, f"{base}{part}"[:99]


def test_the_nearest_page_is_a_sensible_one(client: Browser, world: World) -> None:
    """The first of two values would do as well; what counts is that a page comes of it."""
    times = address("time", world)
    for query in ("&week=2026-W99", "&day=", "&day=2026-99-99", "&day=9999-12-31", "&from=x%00"):
        response = client.get(times + query)
        assert response.status_code == 200
        assert "Choose a day and time" in response.content.decode()
    for query in ("?page=" + "9" * 5000, "?page=%00", "?page=-1", "?page=1&page=2"):
        assert "Academy" in client.get(f"/academy/{query}").content.decode()
