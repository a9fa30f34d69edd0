"""A page of our own that doesn't say what it showed keeps nothing; its next press counts."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import TimeOff
from bookings.models import Booking
from tests.factories import NOW, World, book, force_booking
from tests.pages import signed_in, text_of

START = NOW + timedelta(days=1, hours=1)
OLD = "This page was out of date. Check it once more"

TYPED: dict[str, dict[str, Any]] = {
    "cancel": {"reason": "I am ill."},
    "move": {"start": "2026-11-25T11:00", "reason": "Ill."},
    "record": {"attendance": "attended", "outcome": "continue"},
}


@pytest.fixture
def mine(world: World) -> Browser:
    return signed_in(world.therapist)


@pytest.mark.parametrize("seen", [None, "", "x", "99999999999999999999x"])
@pytest.mark.parametrize("name", ["cancel", "move", "record"])
def test_a_page_of_a_booking_keeps_nothing_until_it_was_looked_at(
    world: World, mine: Browser, name: str, seen: str | None
) -> None:
    past = force_booking(world, NOW - timedelta(hours=1))
    made = past if name == "record" else book(world, START)
    path = reverse(f"admin:bookings_booking_{name}", args=[made.pk])
    said = TYPED[name] | ({"place": made.place_id} if name == "move" else {})
    page: Any = mine.post(path, said if seen is None else {**said, "seen": seen})
    assert OLD in text_of(page)
    before = Booking.objects.filter(pk=made.pk).values().get()
    assert (before["status"], before["attendance"], before["sequence"]) == ("confirmed", "", 0)
    carried = page.context["form"]["seen"].value()
    assert mine.post(path, {**said, "seen": carried}).status_code == 302
    assert Booking.objects.filter(pk=made.pk).values().get() != before


def test_a_meeting_that_a_leave_meets_is_asked_about_anew(world: World, mine: Browser) -> None:
    met = book(world, START)
    leave = {
        "therapist": world.therapist.pk,
        "starts_at_0": "2026-11-24",
        "starts_at_1": "00:00",
        "ends_at_0": "2026-11-25",
        "ends_at_1": "00:00",
        "reason": "",
        "_decided": "1",
        "meeting-reason": "I’m away.",
        f"meeting-{met.pk}-decision": "cancel",
        "_save": "1",
    }
    path = reverse("admin:availability_timeoff_add")
    page: Any = mine.post(path, leave)
    assert OLD in text_of(page)
    assert not TimeOff.objects.exists()
    [asked] = page.context["form"].meetings
    again = {**leave, f"meeting-{met.pk}-seen": asked["seen"].value()}
    assert mine.post(path, again).status_code == 302
    met.refresh_from_db()
    assert met.is_cancelled
