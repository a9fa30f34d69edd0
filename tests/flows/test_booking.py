"""Somebody books, in each way, on a phone and at a desk, with and without JavaScript."""

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from availability.models import Format
from bookings.models import Booking
from bookings.notices.keys import about_booking
from outbox.models import OutgoingMail
from tests.factories import World
from tests.flows import steps
from tests.flows.visits import DESK, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("booking")]


# Each width with and without script, and each format; `make drills` books in all twelve ways.
USUAL = {
    (Format.IN_PERSON, PHONE, True),
    (Format.WALKING, PHONE, False),
    (Format.ONLINE, DESK, True),
    (Format.IN_PERSON, DESK, False),
}
WAYS = [
    pytest.param(*way, marks=[] if way in USUAL else pytest.mark.drill)
    for way in product(Format, (PHONE, DESK), (True, False))
]


@pytest.mark.parametrize(("fmt", "width", "script"), WAYS)
def test_booking_and_cancelling_by_the_mails_link(
    visits: Visits, fmt: Format, width: int, *, script: bool
) -> None:
    page = visits.open(width=width, java_script_enabled=script)
    page.get_by_role("link", name=f"Book a {steps.TITLE.lower()}").first.click()
    steps.choose(page, fmt)
    assert page.context.cookies() == []
    chosen = steps.pick_time(page)
    steps.fill_in_details(page, place="Barnes Common" if fmt is Format.WALKING else "")
    steps.heading(page, "Check this looks right")
    expect(page.get_by_role("definition").filter(has_text=f"{chosen} to ")).to_have_count(1)
    steps.press_book(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re booked in, Sam Okafor")

    booking = Booking.objects.get()
    assert (booking.format, booking.client.email) == (fmt, steps.EMAIL)
    assert booking.note == "I’d rather say it in person."
    if fmt is Format.WALKING:
        assert booking.place.name == "Barnes Common"
    mails = OutgoingMail.objects.filter(about=about_booking(booking.uid))
    assert set(mails.values_list("kind", flat=True)) == {"confirmation", "therapist_new"}

    fresh = visits.open(steps.private_link(), width=width, java_script_enabled=script)
    steps.press_open(fresh)
    assert fresh.url == f"{visits.root}/booking/{booking.uid}/"
    steps.heading(fresh, "Your consultation")
    fresh.get_by_role("link", name="Cancel this consultation").click()
    fresh.get_by_label("Cancel it").check()
    steps.go_on(fresh, "Confirm my choice")
    expect(fresh.get_by_text("Cancelled", exact=True)).to_be_visible()
    booking.refresh_from_db()
    assert booking.is_cancelled
    assert OutgoingMail.objects.get(kind="cancellation").invite_method == "CANCEL"


def test_a_link_carries_what_and_how_to_the_choice(visits: Visits, practice: World) -> None:
    page = visits.open("/book/?what=consultation&how=walking")
    chosen = page.locator(".kt-lines a[aria-current]")
    expect(chosen).to_have_text(re.compile("Walking"))
    chosen.click()
    steps.heading(page, "Choose a day and time")
    expect(page.get_by_text("Walking")).to_be_visible()
