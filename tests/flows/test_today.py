"""Today in a browser: who came is recorded between two meetings, on a phone, without a script."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from availability.models import Format
from bookings.models import Booking
from outbox.models import Sweep
from tests.factories import World, force_booking, make_client
from tests.flows.test_accessibility import ALL
from tests.flows.visits import DESK, HEIGHT, LOOKS, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("today"), pytest.mark.real_time]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = ("Ama Boateng", "Marcus Bell", "Sam Okafor", "Dana Whitlock", "Jia Tan")
# Of five meetings: 35 acts on 25 pages before there was this one.
MOST_ACTS, MOST_PAGES = 10, 1


@pytest.fixture
def held(practice: World) -> list[Booking]:
    """Five sessions of the last hours, be they of today or of the day before."""
    now = timezone.now()
    return [
        force_booking(
            practice, now - (n + 1) * HOUR, service=practice.session, client=make_client(name=name)
        )
        for n, name in enumerate(NAMES)
    ]


def at_the_desk(visits: Visits, world: World, width: int, **options: Any) -> Page:
    """A window on Today in which the therapist is signed in."""
    client = Browser()
    client.force_login(world.therapist.user)
    page = visits.open("/robots.txt", width=width, **options)
    name = settings.STAFF_SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": visits.root}]
    )
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def went(held: list[Booking]) -> set[str]:
    found = Booking.objects.filter(pk__in=[one.pk for one in held])
    return set(found.values_list("attendance", flat=True))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_five_meetings_are_recorded_in_place_without_a_script(
    visits: Visits, practice: World, held: list[Booking], width: int
) -> None:
    page, acts, seen = at_the_desk(visits, practice, width, java_script_enabled=False), 0, set()
    for name in NAMES:
        button(page, "Came", name).click()
        acts += 1
        expect(button(page, "Undo", name)).to_be_visible()
        seen.add(page.url.partition("#")[0])
    assert acts <= MOST_ACTS
    assert len(seen) <= MOST_PAGES
    assert went(held) == {"attended"}
    expect(page.get_by_text("Nothing is waiting for you.")).to_be_visible()
    button(page, "Undo", NAMES[0]).click()
    button(page, "No-show", NAMES[0]).click()
    expect(page.get_by_text("No-show").first).to_be_visible()
    assert went(held) == {"attended", "no_show"}


def test_five_meetings_are_recorded_by_keyboard_alone(
    visits: Visits, practice: World, held: list[Booking]
) -> None:
    page = at_the_desk(visits, practice, DESK)
    for name in NAMES:
        reach(page, button(page, "Came", name))
        page.keyboard.press("Enter")
        expect(button(page, "Undo", name)).to_be_visible()
    assert went(held) == {"attended"}


def button(page: Page, word: str, name: str) -> Locator:
    """The button of this word about this client, as a screen reader calls it."""
    return page.get_by_role("button", name=re.compile(rf"^{word} ?: {name}"))


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there; round the page at most once."""
    expect(wanted).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    pytest.fail(f"no Tab leads to {wanted}")


@pytest.fixture
def full(practice: World, held: list[Booking]) -> None:
    """One of everything that the page can show."""
    now, far = timezone.now(), timezone.now() + 3 * DAY
    session: dict[str, Any] = {"service": practice.session}
    walk = {"format": Format.WALKING, "place": practice.place(Format.WALKING)}
    force_booking(practice, now + HOUR / 3, client=make_client(phone="07700 900114"), **session)
    force_booking(practice, now + DAY, **session, **walk)
    force_booking(practice, now - 10 * HOUR)
    force_booking(practice, now - 11 * HOUR, attendance="no_show", **session)
    force_booking(practice, far, asked_at=now, proposed_start=far + DAY, **session)
    force_booking(practice, far + HOUR, is_repeat=True)
    late = {"status": Booking.Status.CANCELLED, "late_fee": 75}
    force_booking(practice, far + 2 * HOUR, **session, **late)
    Sweep.objects.create(by=Sweep.By.WORKER, at=now)


def test_axe_finds_nothing_on_our_pages_of_the_desk(
    visits: Visits, practice: World, full: None
) -> None:
    page, found = at_the_desk(visits, practice, DESK), []
    for path in (reverse("today"), reverse("settings"), reverse("hours")):
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            page.goto(path)
            is_dark = "document.documentElement.dataset.bsTheme === 'dark'"
            assert page.evaluate(is_dark) == (scheme == "dark")
            page.evaluate(AXE_SCRIPT)
            result = AxeResults(page.evaluate("options => axe.run(options)", ALL))
            if result.violations_count:
                found.append(f"{path}, {width} px, {scheme}: {result.generate_report()}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert found == []


def test_the_bar_at_the_thumb_opens_the_rest_without_a_script(
    visits: Visits, practice: World
) -> None:
    page = at_the_desk(visits, practice, PHONE, java_script_enabled=False)
    bar = page.get_by_role("navigation", name="Menu, small screens")
    expect(bar.get_by_role("link", name="Settings")).to_be_hidden()
    bar.get_by_text("More").click()
    bar.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    # A page of unfold's own shows, too, though it hides until its scripts have run.
    page.goto(reverse("admin:bookings_booking_changelist"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
