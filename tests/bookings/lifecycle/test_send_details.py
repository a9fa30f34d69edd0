"""The details of a meeting are sent once more: as it stands now, to where the client is now."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking
from clients.models import Client
from outbox.models import OutgoingMail
from tests.bookings.notices.letters import calendar_of, one
from tests.bookings.notices.letters import text_of as words_of
from tests.clock import Clock
from tests.factories import NOW, World, book, force_booking
from tests.pages import open_link, signed_in, text_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START = NOW + timedelta(days=1, hours=1)
THERAPIST = By.therapist()


@pytest.fixture
def mine(world: World) -> Browser:
    return signed_in(world.therapist)


def path(booking: Booking) -> str:
    return reverse("admin:bookings_booking_details", args=[booking.pk])


def again() -> Any:
    """The mails that were asked for, without those of the booking itself."""
    return OutgoingMail.objects.filter(key__contains=":confirmation-")


def test_the_therapist_sends_the_details_again_from_the_bookings_page(
    mine: Browser, world: World
) -> None:
    found = book(world, START, email="sam@example.com")
    here = reverse("admin:bookings_booking_change", args=[found.pk])
    assert "Send the details again…" in text_of(mine.get(here))
    assert "sam@example.com" in text_of(mine.get(path(found)))
    assert not again().exists()
    done: Any = mine.post(path(found), follow=True)
    assert "They are on their way to sam@example.com." in text_of(done)
    assert again().get().kind == "confirmation"


def test_they_tell_of_the_booking_as_it_stands_where_the_client_is_reached_now(
    world: World, client: Browser
) -> None:
    found = book(world, START, email="sam@example.com")
    to = Change(START + HOUR, found.format, found.place, found.sequence)
    moved = lifecycle.reschedule(found.pk, to, by=By.client(), now=NOW)
    Client.objects.update(email="sam@better.example.com")
    lifecycle.send_details(found.pk, by=By.therapist(), now=NOW)
    OutgoingMail.objects.exclude(pk=again().get().pk).update(state="withdrawn")
    letter = one(moved, "confirmation")
    assert letter["To"] == "sam@better.example.com"
    assert "11am to 11:15am UK time" in words_of(letter)
    assert b"SEQUENCE:1\r\n" in calendar_of(letter)
    assert b"METHOD:REQUEST\r\n" in calendar_of(letter)
    [token] = set(re.findall(r"/b/([\w-]+)/", words_of(letter)))
    opened: Any = open_link(client, token)
    assert opened.url == reverse("booking", args=[found.uid])


def test_pressing_twice_sends_one_and_a_minute_later_another(
    mine: Browser, world: World, clock: Clock
) -> None:
    found = book(world, START, email="sam@example.com")
    mine.post(path(found))
    mine.post(path(found))
    assert again().count() == 1
    clock.move_to(NOW + MINUTE)
    mine.post(path(found))
    assert again().count() == 2


def test_what_changes_afterwards_withdraws_them(world: World) -> None:
    found = book(world, START, email="sam@example.com")
    lifecycle.send_details(found.pk, by=By.therapist(), now=NOW)
    lifecycle.cancel(found.pk, by=By.client(), reason="", now=NOW)
    assert again().get().state == "withdrawn"


def test_nothing_is_sent_of_a_meeting_that_is_over_or_cancelled(world: World) -> None:
    over = force_booking(world, NOW - HOUR)
    gone = book(world, START)
    lifecycle.cancel(gone.pk, by=By.client(), reason="", now=NOW)
    for found in (over, gone):
        with pytest.raises(NotBookableError):
            lifecycle.send_details(found.pk, by=By.therapist(), now=NOW)
    assert not again().exists()


def test_while_a_mail_says_something_else_it_is_refused_in_words(
    mine: Browser, world: World
) -> None:
    """Who takes a change back is told that nobody has heard of it: so nobody may."""
    found = book(world, START, email="sam@example.com")
    lifecycle.ask_to_move(
        found.pk, found.sequence, None, reason="I am away.", by=By.therapist(), now=NOW
    )
    here = reverse("admin:bookings_booking_change", args=[found.pk])
    assert "Send the details again" not in text_of(mine.get(here))
    assert "that email stands" in text_of(mine.post(path(found), follow=True))

    other = book(world, START + HOUR, email="other@example.com")
    to = Change(START + 2 * HOUR, other.format, other.place, other.sequence)
    lifecycle.reschedule(other.pk, to, by=THERAPIST, now=NOW, wait=2 * MINUTE)
    here = reverse("admin:bookings_booking_change", args=[other.pk])
    assert "Send the details again" not in text_of(mine.get(here))
    assert "leaves in a moment by itself" in text_of(mine.post(path(other), follow=True))
    assert not again().exists()


def test_without_a_role_nobody_sends_anything(world: World) -> None:
    found = book(world, START, email="sam@example.com")
    reader = signed_in(world.therapist, None)
    assert reader.post(path(found)).status_code == 403
    assert not again().exists()
