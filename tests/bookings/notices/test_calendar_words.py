"""What a calendar shows is decided in one place, and the page says just that."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Practice
from bookings.models import Booking
from bookings.notices.booking_invite import invite_for, visible
from outbox.models import OutgoingMail
from tests.factories import NOW, World, force_booking
from tests.pages import book, text_of

NEUTRAL = "Robin"


def page_of(browser: Browser, found: Booking) -> str:
    return text_of(browser.get(reverse("booking", args=[found.uid])))


@pytest.mark.parametrize("calendar_name", ["", NEUTRAL])
def test_the_page_names_whatever_the_entry_shows(
    client: Browser, world: World, calendar_name: str
) -> None:
    Practice.objects.update(calendar_name=calendar_name)
    found = book(client, world)
    page, invite = page_of(client, found), invite_for(found)
    for shown in (invite.summary, invite.location, invite.organizer.name):
        assert f"“{shown}”" in page
    assert "just says" not in page
    assert "our reference, your own name" in page
    assert invite.organizer.name == (calendar_name or "Kicks Therapy")


def test_a_place_that_has_no_words_is_not_spoken_of(world: World) -> None:
    found = force_booking(world, NOW)
    found.place.name = found.place.video_url = ""
    assert "“Appointment”, our reference, your own name, and “" in visible(found).sentence


def test_a_neutral_name_stands_in_the_invite_and_in_whom_the_mail_is_from(
    client: Browser, world: World
) -> None:
    Practice.objects.update(calendar_name=NEUTRAL)
    found = book(client, world)
    mail = OutgoingMail.objects.get(kind="confirmation")
    assert f"ORGANIZER;CN={NEUTRAL}:mailto:robin@kicks.example" in mail.invite
    assert "Kicks" not in mail.invite.replace("Kicks Therapy//Kicks//EN", "").replace(
        "kicks.example", ""
    )
    assert mail.sender == f"{NEUTRAL} <robin@kicks.example>"
    assert found.organizer_name == NEUTRAL


def test_what_stands_keeps_what_calendars_know(client: Browser, world: World) -> None:
    found = book(client, world)
    Practice.objects.update(calendar_name=NEUTRAL)
    again: Any = Booking.objects.whole().get(pk=found.pk)
    assert invite_for(again).organizer.name == "Kicks Therapy"
    assert "“Kicks Therapy” as who invites" in page_of(client, found)


def test_the_practice_asks_for_it_in_admin_and_may_tell_who_is_booked(
    client: Browser, admin_client: Browser, world: World
) -> None:
    book(client, world)
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    posted = {
        "name": practice.name,
        "email": practice.email,
        "reminder_hours": "24,2",
        "link_days": "30",
        "calendar_name": NEUTRAL,
    }
    asked = text_of(admin_client.post(path, posted))
    assert "1 booking was told otherwise" in asked
    assert "Robin (it was Kicks Therapy)" in asked


def test_a_name_with_a_hidden_character_is_refused(admin_client: Browser, world: World) -> None:
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    posted = {
        "name": "K",
        "email": practice.email,
        "link_days": "30",
        "calendar_name": "Ro\u202ebin",
    }
    page = admin_client.post(path, posted)
    assert "calendar_name" in page.context["adminform"].form.errors


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", ""])
def test_links_end_between_a_day_and_a_year_after_the_meeting(
    admin_client: Browser, world: World, days: str
) -> None:
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    page = admin_client.post(path, {"name": "K", "email": practice.email, "link_days": days})
    assert "link_days" in page.context["adminform"].form.errors


def test_an_online_meeting_says_that_its_link_is_in_the_calendar(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    assert found.format == Format.ONLINE
    assert "“https://meet.example.org/kicks”" in page_of(client, found)
