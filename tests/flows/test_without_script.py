"""The ways that must work anywhere: on a phone and at a desk, in a browser that runs no script."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from academy import shipped
from availability.models import Service, Therapist, WeeklyHours
from availability.walltime import utc
from availability.window import bookable_span
from bookings import slots
from bookings.models import Booking
from bookings.notices import private_links
from prose.dates import UK, moment_label, slot_value
from tests.factories import World, force_booking, make_client
from tests.flows import steps
from tests.flows.visits import DESK, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("without-script")]

TIMES = "/book/time/?what=consultation&how=online"
DETAILS = "/book/details/?what=consultation&how=online&who={}&slot={}"
CLOSED = "I’m away with a newborn until May. Sam Okafor in Putney is good."
WAYS_IN = re.compile(r"^(Book an? free|See free times|\d+(:\d\d)?[ap]m)")
LATE = "From the moment you book, cancelling costs £75."

Open = Callable[[str], Page]


@pytest.fixture(params=[PHONE, DESK])
def window(visits: Visits, request: pytest.FixtureRequest) -> Open:
    """Opens a window of that width at a page."""

    def window(path: str) -> Page:
        return visits.open(path, width=request.param, java_script_enabled=False)

    return window


def free(practice: World) -> list[datetime]:
    """Every time that can be booked online, in order."""
    now = timezone.now()
    span = bookable_span(practice.consultation, now)
    return [
        utc(one)
        for one in slots.free_starts(practice.consultation, practice.place().format, span, now)
    ]


def assert_page_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_what_is_booked_late_can_be_undone_for_nothing_at_first(
    window: Open, practice: World
) -> None:
    late = {"price": 75, "cancel_notice_hours": 1400, "late_fee_percent": 100}
    Service.objects.filter(pk=practice.consultation.pk).update(**late)
    page = window("/")
    steps.come_to_check(page)
    expect(page.get_by_text(LATE)).to_be_visible()
    steps.press_book(page)
    expect(page.get_by_text("Cancelling is free until")).to_be_visible()
    assert_page_fits(page)
    address = page.url.partition("?")[0]
    page.get_by_role("link", name="Cancel this consultation").click()
    # Nothing is decided yet, and the half-hour goes by: now the page says what it costs.
    booked_at = Booking.objects.get().created_at
    Booking.objects.update(created_at=booked_at - timedelta(minutes=31))
    page.reload()
    expect(page.get_by_text("It’s late now: cancelling costs £75.")).to_be_visible()
    Booking.objects.update(created_at=booked_at)
    page.reload()
    page.get_by_label("Cancel it").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "It’s cancelled. Nothing to pay.")
    assert Booking.objects.get().is_cancelled
    page.goto(f"{address}?cancelled=1")
    steps.heading(page, "It’s cancelled. Nothing to pay.")


def test_after_that_it_costs_what_was_said(window: Open, practice: World) -> None:
    terms = {"move_hours": 900, "cancel_hours": 900, "most_moves": None, "late_fee": "75.00"}
    now = timezone.now()
    found = force_booking(practice, free(practice)[0], terms=terms, policy="It’s free at first.")
    Booking.objects.update(created_at=now - timedelta(minutes=31))
    page = window(f"/b/{private_links.to_booking(found, now)}/")
    steps.press_open(page)
    page.get_by_role("link", name="Cancel this consultation").click()
    expect(page.get_by_text("It’s late now: cancelling costs £75.")).to_be_visible()
    page.get_by_label("Cancel it").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "It’s cancelled. £75 is due.")
    assert_page_fits(page)


def test_a_full_week_leads_to_the_next_free_day_after_the_one_asked_for(
    window: Open, practice: World
) -> None:
    """The first free day of all comes before it: that's no answer to who asks for a later one."""
    WeeklyHours.objects.update(closes=time(9, 30))  # one time a day
    Service.objects.update(horizon_days=60)
    today = timezone.localdate()
    monday = today + timedelta(days=21 - today.weekday())  # where the page's next three weeks begin
    starts = {one.astimezone(UK).date(): one for one in free(practice)}
    for day, start in starts.items():
        if monday <= day < monday + timedelta(days=21):
            force_booking(practice, start)
    kept = starts[monday + timedelta(days=21)]
    page = window(f"{TIMES}&day={monday + timedelta(days=2)}")
    expect(page.get_by_text("There are no free times for this from")).to_be_visible()
    assert_page_fits(page)
    expect(page.locator("#main .btn-primary")).to_have_count(1)
    expect(page.get_by_text(f"The next free time is {moment_label(kept)}.")).to_be_visible()
    page.get_by_role("link", name="Look a little later").click()
    expect(page.locator("#times button").first).to_have_attribute("value", slot_value(kept))
    steps.pick_time(page)
    steps.heading(page, "Your details")


def test_closed_to_new_people_every_way_in_says_so_and_none_books(
    window: Open, practice: World, settings: Settings
) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    shipped.load()
    old = DETAILS.format(practice.therapist.slug, slot_value(free(practice)[0]))
    Therapist.objects.update(is_closed_to_new=True, closed_words=CLOSED)
    page = window("/")
    for path in ("/", "/academy/why-the-relationship-matters/", "/embed/", "/book/", old):
        page.goto(path)
        expect(page.get_by_text(CLOSED).locator("visible=true").first).to_be_visible()
        expect(page.get_by_text("Nothing to pay")).to_have_count(0)
        ways_in = page.get_by_role("link", name=WAYS_IN).or_(page.get_by_role("button"))
        expect(ways_in).to_have_count(0)
        assert_page_fits(page)
    page.goto("/book/")
    page.get_by_role("link", name="private link").first.click()
    steps.heading(page, "Get your private links")
    assert not Booking.objects.exists()


def assert_back_sends_nothing(page: Page, fault: str, heading: str) -> None:
    """On a page that was led to by a form sent in vain: no way through the history sends one."""
    said = page.locator(".kt-errors, .kt-notice[role=status]").get_by_text(fault).first
    expect(said).to_be_visible()
    failed, posts = page.url, list[str]()
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    page.reload()  # a form that stood in the history would be sent again by this too
    expect(said).to_be_visible()
    page.goto("/privacy/")
    page.go_back()
    assert page.url == failed
    steps.heading(page, heading)
    page.go_back()
    steps.heading(page, heading)
    page.go_forward()
    steps.heading(page, heading)
    assert posts == []


def test_back_after_an_error_in_the_details_and_at_the_last_look(
    window: Open, practice: World
) -> None:
    page = window(TIMES)
    steps.pick_time(page)
    page.get_by_label("Your name").fill(steps.NAME)
    steps.pause(page)
    steps.go_on(page)
    assert_back_sends_nothing(page, "Enter your email address", "Your details")
    expect(page.get_by_label("Your name")).to_have_value(steps.NAME)
    page.get_by_label("Email").fill(steps.EMAIL)
    page.get_by_label("I agree").check()
    steps.pause(page)
    steps.go_on(page)
    steps.heading(page, "Check this looks right")
    Service.objects.filter(pk=practice.consultation.pk).update(price=20)
    steps.go_on(page, "Book this consultation")
    assert_back_sends_nothing(page, "The price is now £20", "Check this looks right")
    assert not Booking.objects.exists()
    page.go_back()
    page.go_back()
    steps.heading(page, "Your details")
    expect(page.get_by_label("Your name")).to_have_value(steps.NAME)


def test_back_after_an_error_on_the_pages_of_a_booking(window: Open, practice: World) -> None:
    now = timezone.now()
    first, *_, last = free(practice)
    found = force_booking(practice, first, client=make_client(email=steps.EMAIL))
    page = window(f"/b/{private_links.to_booking(found, now)}/")
    steps.press_open(page)
    steps.heading(page, "Your consultation")
    move = f"move/?slot={slot_value(last)}"
    for way, fault, heading in (
        ("cancel/", "Choose whether to cancel or keep it", "Cancel this consultation?"),
        (move, "Choose whether to change or keep it", "Change this consultation?"),
    ):
        page.goto(f"/booking/{found.uid}/{way}")
        steps.go_on(page, "Confirm my choice")
        assert_back_sends_nothing(page, fault, heading)


def test_back_after_an_error_where_links_are_asked_for_and_reminders_stopped(
    window: Open, practice: World
) -> None:
    found = force_booking(practice, free(practice)[0])
    [token] = private_links.store([private_links.reminders_link(found, timezone.now())])
    page = window("/book/link/")
    page.get_by_label("Email").fill("sam")
    steps.go_on(page, "Email me my links")
    assert_back_sends_nothing(page, "Enter an email address", "Get your private links")
    expect(page.get_by_label("Email")).to_have_value("sam")
    page.goto(f"/b/{token}/reminders/")
    steps.go_on(page, "Confirm my choice")
    assert_back_sends_nothing(page, "Choose whether to stop reminders", "Stop reminders?")


def test_the_next_person_at_a_shared_browser_begins_with_nothing_typed(
    window: Open, practice: World
) -> None:
    page = window(TIMES)
    steps.pick_time(page)
    steps.fill_in_details(page, name="Vera Lind", email="vera@example.com")
    steps.heading(page, "Check this looks right")
    page.goto("/")
    page.goto(TIMES)
    steps.pick_time(page)
    steps.heading(page, "Your details")
    expect(page.get_by_label("Your name")).to_have_value("")
    expect(page.get_by_label("Email")).to_have_value("")
    for _ in range(5):
        assert "vera" not in page.content().lower()
        page.go_back()
    assert "vera" not in page.content().lower()
