"""Who books and moves for a therapist is shown why, and led to no page that is closed to them."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Service, Therapist
from staff.models import Role
from tests.factories import NOW, World, book, make_user
from tests.pages import browser_of, signed_in, text_of

START = NOW + timedelta(days=1, hours=1)
WHY_NOT = reverse("why_not")
CHANGE = "Change this"


@pytest.fixture
def assistant(world: World) -> Browser:
    return browser_of(make_user(Role.ASSISTANT, world.therapist))


def asked(world: World, day: date) -> dict[str, str]:
    return {"service": str(world.consultation.pk), "how": "online", "day": str(day)}


def test_why_not_names_the_rules_and_links_to_none(assistant: Browser, world: World) -> None:
    therapist, day = signed_in(world.therapist), date(2026, 11, 25)
    book(world, NOW + timedelta(days=2, hours=1))
    Therapist.objects.update(is_discreet=True)
    for asked_day, words in ((day, "It would overlap"), (date(2026, 11, 28), "no weekly hours on")):
        for browser, is_led in ((assistant, False), (therapist, True)):
            shown = text_of(browser.get(WHY_NOT, asked(world, asked_day)))
            assert words in shown
            assert (CHANGE in shown) == is_led


def test_without_a_service_who_may_not_add_one_is_not_sent_to(
    assistant: Browser, world: World
) -> None:
    Service.objects.all().delete()
    for browser, is_led in ((assistant, False), (signed_in(world.therapist), True)):
        shown = text_of(browser.get(WHY_NOT))
        assert "There are no services yet." in shown
        assert ("Add the first one" in shown) == is_led


def test_a_warning_before_a_move_links_to_no_rule(assistant: Browser, world: World) -> None:
    made = book(world, START)
    path = reverse("admin:bookings_booking_move", args=[made.pk])
    sent = {"start": "2026-11-24T20:00", "place": made.place_id, "reason": "Ill.", "seen": 0}
    for browser, is_led in ((assistant, False), (signed_in(world.therapist), True)):
        shown = text_of(browser.post(path, sent))
        assert "outside your hours" in shown
        assert (CHANGE in shown) == is_led
