"""Somebody leaves a private page, or has finished on a device that is not theirs alone."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Error, Page, expect

from availability.models import Format
from bench.https import certificate
from bookings.models import Booking
from bookings.notices import private_links
from clients.models import Consent
from tests.factories import World, force_booking, make_client, pages_link
from tests.flows import steps
from tests.flows.production import OtherSite
from tests.flows.visits import DESK, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("leaving")]

HOST = "www.bbc.co.uk"
NEUTRAL = f"https://{HOST}/weather"
RAIN = "<!doctype html><title>Rain</title><link rel=icon href=data:,><h1>Rain</h1>"
LEAVE, FINISH = "Leave this page", "I’ve finished on this device"


@pytest.fixture(scope="module")
def browser(
    launch: partial[Browser], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Chromium as people have it: it keeps whole pages for its Back button.

    Nobody's site but ours is asked in tests: one of ours answers under the neutral page's name. Had
    Playwright answered for it, each request would wait for Playwright, and one that a page sends as
    it goes may be lost on the way.
    """
    with OtherSite(certificate(tmp_path_factory.mktemp("neutral")), RAIN).open() as neutral:
        args = [*launch.keywords["args"], f"--host-resolver-rules=MAP {HOST} {neutral.host}"]
        browser = launch(args=args, ignore_default_args=["--disable-back-forward-cache"])
        yield browser
        browser.close()


@pytest.fixture
def found(practice: World) -> Booking:
    client = make_client(email=steps.EMAIL)
    return force_booking(practice, timezone.now() + timedelta(days=2), client=client)


@pytest.fixture
def elsewhere(visits: Visits) -> Iterator[None]:
    """That another site was opened is what these tests are of, and nothing to complain of."""
    yield
    visits.complaints[:] = [one for one in visits.complaints if NEUTRAL not in one]


def come_in(visits: Visits, found: Booking, **options: Any) -> Page:
    page = visits.open(f"/b/{private_links.to_booking(found, timezone.now())}/", **options)
    steps.press_open(page)
    steps.heading(page, "Your consultation")
    expect(page.get_by_text(found.reference)).to_be_visible()
    return page


def nothing_of(page: Page, found: Booking) -> None:
    """What stands there now says nothing of the booking, nor who it is of."""
    for private in (found.reference, steps.EMAIL, found.client.name):
        expect(page.get_by_text(private)).to_have_count(0)
    assert found.reference not in page.content()


def test_who_has_finished_leaves_nothing_behind_the_back_button(
    visits: Visits, found: Booking
) -> None:
    page = come_in(visits, found, width=PHONE)
    page.get_by_role("link", name="Change reminders").click()
    steps.heading(page, "Reminders")
    page.get_by_role("button", name=FINISH).click()
    steps.heading(page, "You’ve finished here")
    assert not [cookie for cookie in page.context.cookies() if "sessionid" in str(cookie)]
    assert not Session.objects.exists()
    for _ in range(2):
        page.go_back()
        steps.heading(page, "This page is closed")
        nothing_of(page, found)


def test_other_tabs_close_with_the_one_that_was_finished(visits: Visits, found: Booking) -> None:
    page = come_in(visits, found)
    other = page.context.new_page()
    other.goto(f"/booking/{found.uid}/")
    expect(other.get_by_text(found.reference)).to_be_visible()
    page.get_by_role("button", name=FINISH).click()
    steps.heading(page, "You’ve finished here")
    steps.heading(other, "This page is closed")
    nothing_of(other, found)


def test_a_page_that_the_browser_kept_whole_is_asked_for_anew(
    visits: Visits, found: Booking
) -> None:
    """Some browsers show it as it was, even what is `no-store`: then it hides and loads again."""
    page = come_in(visits, found)
    page.wait_for_load_state()  # its script listens from then on
    Session.objects.all().delete()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    steps.heading(page, "This page is closed")
    nothing_of(page, found)


@pytest.mark.usefixtures("elsewhere")
def test_the_quick_way_out_takes_the_place_of_the_page_and_ends_the_session(
    visits: Visits, found: Booking
) -> None:
    page = come_in(visits, found, width=PHONE)
    page.get_by_role("link", name="Change reminders").click()
    steps.heading(page, "Reminders")
    page.get_by_role("link", name=LEAVE).click()
    steps.heading(page, "Rain")
    assert page.url == NEUTRAL
    page.go_back()
    steps.heading(page, "This page is closed")
    nothing_of(page, found)
    assert not Session.objects.exists()


@pytest.mark.usefixtures("elsewhere")
def test_it_leads_away_without_a_script(visits: Visits, found: Booking) -> None:
    page = come_in(visits, found, java_script_enabled=False)
    page.get_by_role("link", name=LEAVE).click()
    expect(page).to_have_url(NEUTRAL)
    page.go_back()
    page.get_by_role("button", name=FINISH).click()
    steps.heading(page, "You’ve finished here")
    page.go_back()
    steps.heading(page, "This page is closed")
    nothing_of(page, found)


@pytest.mark.usefixtures("elsewhere")
def test_it_is_in_reach_from_the_end_of_a_long_form_and_takes_what_was_typed(
    visits: Visits, practice: World
) -> None:
    page = visits.open("/book/time/?what=consultation&how=online", width=PHONE)
    steps.pick_time(page)
    steps.fill_in_details(page)
    steps.heading(page, "Check this looks right")
    page.go_back()
    expect(page.get_by_label("What brings you here?")).to_have_value(re.compile("in person"))
    page.get_by_role("button", name="Continue").scroll_into_view_if_needed()
    way_out = page.get_by_role("link", name=LEAVE)
    expect(way_out).to_be_in_viewport()
    way_out.click()
    steps.heading(page, "Rain")
    page.go_back()
    expect(page.get_by_text("in person")).to_have_count(0)
    assert "I’d rather say it in person" not in page.content()


TYPED = {"Your name": "Vera Lind", "Email": "vera@example.com", "Phone": "07700 900666"}
NOTE = "My marriage"


def begin(page: Page) -> None:
    """Choose a time, and type into the form without sending it."""
    page.goto("/book/time/?what=consultation&how=online")
    steps.pick_time(page)
    steps.heading(page, "Your details")
    for label, words in TYPED.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("What brings you here?").fill(NOTE)


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait until it is so; where a page waits for itself a policy of ours stands in the way."""
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(50)
    pytest.fail("It never came to be so.")


# The whole page once it is there to be seen, and what stands in its boxes, which is in no source of
# it. One that was kept whole is hidden before it is shown, until its new self has come.
SEEN = """
document.readyState === "complete" && !document.documentElement.hidden
    && document.documentElement.outerHTML
    + [...document.querySelectorAll("input, textarea")].map((box) => box.value).join("|")
"""


def seen(page: Page) -> str:
    """Return what a page says and holds; one that was kept whole asks for itself anew first."""
    for _ in range(100):
        with suppress(Error):
            said = page.evaluate(SEEN)
            if said:
                return str(said)
        page.wait_for_timeout(50)
    pytest.fail(f"{page.url} never came.")


def nothing_typed(page: Page) -> None:
    """Go back as far as it goes: no page says what was typed, nor does a box hold it."""
    for _ in range(6):
        page.go_back(wait_until="commit")
        page.wait_for_timeout(100)
        said = seen(page)
        for words in (*TYPED.values(), NOTE):
            assert words not in said, page.url


@pytest.fixture(params=["over http", pytest.param("over https", marks=pytest.mark.drill)])
def site(request: pytest.FixtureRequest, visits: Visits) -> Iterator[Visits]:
    """Browsers treat what they keep of a page by how it came."""
    if request.param == "over http":
        yield visits
        return
    production = request.getfixturevalue("production")
    with Visits(visits._browser, production.root) as secure:
        yield secure
    secure.complaints[:] = [one for one in secure.complaints if NEUTRAL not in one]
    assert secure.complaints == []


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("way", ["finished", "left"])
def test_nothing_that_was_typed_comes_back(
    site: Visits, practice: World, way: str, *, script: bool, sent: bool
) -> None:
    if way == "left" and not script:
        pytest.skip("without a script the quick way out only leads away")
    page = site.open("/", java_script_enabled=script)
    begin(page)
    if sent:
        page.get_by_label("I agree").check()
        steps.pause(page)
        steps.go_on(page)
        steps.heading(page, "Check this looks right")
    if way == "finished":
        page.get_by_role("button", name=FINISH).click()
        steps.heading(page, "You’ve finished here")
    else:
        page.get_by_role("link", name=LEAVE).click()
        steps.heading(page, "Rain")
        until(page, lambda: not Session.objects.exists())
    nothing_typed(page)


@pytest.mark.parametrize("sent", [True, False])
def test_nothing_comes_back_to_whoever_begins_another_booking(
    site: Visits, practice: World, *, sent: bool
) -> None:
    page = site.open("/")
    begin(page)
    if sent:
        page.get_by_label("I agree").check()
        steps.pause(page)
        steps.go_on(page)
        steps.heading(page, "Check this looks right")
    page.goto("/book/time/?what=consultation&how=online")
    steps.pick_time(page, 1)
    steps.heading(page, "Your details")
    expect(page.get_by_label("Your name")).to_have_value("")
    nothing_typed(page)


def test_ones_own_answers_come_back(site: Visits, practice: World) -> None:
    """The measure of the tests above: what they look for can be seen."""
    page = site.open("/")
    begin(page)
    page.get_by_label("I agree").check()
    steps.pause(page)
    steps.go_on(page)
    steps.heading(page, "Check this looks right")
    page.go_back()
    expect(page.get_by_label("Your name")).to_have_value("Vera Lind")
    expect(page.get_by_label("What brings you here?")).to_have_value(NOTE)


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (PHONE, False), (DESK, False)])
def test_the_second_person_at_a_device_sees_nothing_of_the_first(
    visits: Visits, practice: World, width: int, *, script: bool
) -> None:
    now = timezone.now()
    first = make_client(name="Vera Lind", email="vera@example.com", accepted_at=now, proven_at=now)
    Consent.objects.create(client=first, notice=practice.notice, given_at=now)
    link = pages_link(first, timezone.now())
    page = visits.open(f"/b/{link}/", width=width, java_script_enabled=script)
    page.goto("/book/time/?what=session&how=online")
    steps.pick_time(page)
    steps.heading(page, "Your details")
    expect(page.get_by_text("You’re booking as Vera Lind")).to_be_visible()
    page.get_by_label("What brings you here?").fill(NOTE)
    steps.pause(page)
    steps.go_on(page)
    steps.heading(page, "Check this looks right")
    page.get_by_role("button", name="Not you?").click()
    steps.heading(page, "How shall we meet")
    steps.choose(page, Format.ONLINE)
    steps.pick_time(page)
    steps.heading(page, "Your details")
    expect(page.get_by_label("Your name")).to_have_value("")
    nothing_typed(page)
