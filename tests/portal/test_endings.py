"""Cancelling and changing have an end: what happened, what is owed, what comes by mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Service, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from bookings.notices import private_links
from outbox.models import OutgoingMail
from prose.dates import slot_value
from staff.models import Role
from tests.bookings.fees import (
    AGREED,
    CLIENT,
    HOUR,
    START,
    THERAPIST,
    cancel,
    move,
    plain,
    token_of,
)
from tests.clock import Clock
from tests.factories import NOW, World, book, force_booking, make_client, make_user, pages_link
from tests.pages import book as book_by_page
from tests.pages import open_link, send, text_of


@pytest.fixture
def demo(world: World) -> World:
    Service.objects.filter(pk=world.consultation.pk).update(**AGREED)
    world.consultation.refresh_from_db()
    return world


@pytest.fixture
def made(demo: World, client: Browser) -> Booking:
    """A booking of this browser for Friday at ten, walking."""
    return book_by_page(client, demo, slot_value(START))


def page_of(client: Browser, booking: Booking, query: str = "") -> str:
    return text_of(client.get(f"{reverse('booking', args=[booking.uid])}{query}"))


def press_cancel(client: Browser, booking: Booking, **said: Any) -> str:
    path = reverse("cancel", args=[booking.uid])
    shown: Any = client.get(path).context["form"]
    carried = {name: shown[name].value() for name in ("seen", "told")}
    answer = send(client, path, {"decision": "cancel", **carried, **said})
    assert answer["Location"] == f"{reverse('booking', args=[booking.uid])}?cancelled=1"
    return text_of(client.get(answer["Location"]))


# --- cancelled


def test_it_ends_kindly_and_says_that_nothing_is_owed(client: Browser, made: Booking) -> None:
    page = press_cancel(client, made)
    assert "<title>It’s cancelled. Nothing to pay. Kicks Therapy</title>" in page
    assert "<h1>It’s cancelled. Nothing to pay.</h1>" in page
    assert "An email that says so is on its way to sam@example.com." in page
    assert "You don’t need to explain, and I won’t ask." in page
    assert "takes it out of your calendar" in page
    assert page.count("I’ve finished on this device") == 1
    assert "There’s nothing to pay." in OutgoingMail.objects.get(kind="cancellation").text


def test_with_a_fee_it_says_how_much_and_why_as_the_mail_does(
    client: Browser, made: Booking, clock: Clock
) -> None:
    clock.move_to(START - 47 * HOUR)
    open_link(client, token_of("confirmation"))
    page = press_cancel(client, made)
    assert "<h1>It’s cancelled. £75 is due.</h1>" in page
    why = "Cancelling was free until Wednesday 25 November 2026, 10am UK time."
    assert f"{why} I’ll be in touch about how to pay it." in page
    mail = OutgoingMail.objects.get(kind="cancellation")
    assert "£75 is due." in mail.text
    assert why in plain(" ".join(mail.text.split()))
    assert why in plain(mail.html)
    theirs = OutgoingMail.objects.get(kind="therapist_cancelled")
    assert "As agreed, £75 is due." in theirs.text
    assert "As agreed, £75 is due." in theirs.html


def test_who_moved_it_late_first_is_told_that_it_is_for_that(
    client: Browser, made: Booking, clock: Clock
) -> None:
    clock.move_to(START - 46 * HOUR)
    move(made, START + timedelta(weeks=8), START - 46 * HOUR)
    open_link(client, token_of("moved"))
    page = press_cancel(client, made)
    assert "<h1>It’s cancelled. £75 is due.</h1>" in page
    assert "You had moved it when cancelling wasn’t free any more." in page


def test_who_owes_for_a_late_change_alone_is_told_that_it_is_for_that(
    client: Browser, made: Booking
) -> None:
    moved = move(made, START + timedelta(weeks=8), START - 23 * HOUR)
    cancel(moved, START - 22 * HOUR)
    page = page_of(client, made)
    assert "<h1>It’s cancelled. £75 is due.</h1>" in page
    assert "You had changed it late. I’ll be in touch about how to pay it." in page


def test_looked_at_later_no_mail_is_on_its_way_any_more(client: Browser, made: Booking) -> None:
    cancel(made, NOW)
    page = page_of(client, made)
    assert "<h1>It’s cancelled. Nothing to pay.</h1>" in page
    assert "on its way" not in page
    assert "Cancelled by you" in page


@pytest.mark.parametrize("who", ["therapist", "assistant"])
def test_whom_the_practice_cancels_reads_that_it_is_sorry(
    client: Browser, made: Booking, demo: World, who: str
) -> None:
    assistant = By.assistant(make_user(Role.ASSISTANT, demo.therapist))
    cancel(made, NOW, THERAPIST if who == "therapist" else assistant)
    assert "I’m sorry that I couldn’t make it." in page_of(client, made)


def test_what_the_site_let_go_says_so(client: Browser, made: Booking) -> None:
    lifecycle.cancel(made.pk, by=By.system(), reason="", now=NOW)
    assert "This time has gone back to others, as my email said it would." in page_of(client, made)


def test_one_without_a_history_has_an_end_too(client: Browser, made: Booking) -> None:
    Booking.objects.update(status="cancelled")
    page = page_of(client, made)
    assert "This time has gone back to others." in page
    assert "What has changed" not in page


def test_pressed_twice_it_ends_the_same(client: Browser, made: Booking) -> None:
    said = {"decision": "cancel", "seen": 0, "told": ""}
    answers = [send(client, reverse("cancel", args=[made.uid]), said) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert client.get(reverse("cancel", args=[made.uid]))["Location"].endswith(f"{made.uid}/")


# --- the way to book again


def test_the_way_to_another_first_meeting_is_the_times_of_the_same(
    client: Browser, made: Booking
) -> None:
    page = press_cancel(client, made)
    assert 'href="/book/time/?what=consultation&amp;how=online&amp;who=' in page
    assert "Choose another time" in page


def test_a_known_client_is_led_to_the_times_and_anybody_else_to_their_link(
    world: World, client: Browser
) -> None:
    met = make_client(accepted_at=NOW)
    found = force_booking(world, START, service=world.session, client=met, status="cancelled")
    browser = Browser()
    open_link(browser, private_links.to_booking(found, NOW))
    assert "Get a link to book another time" in page_of(browser, found)
    open_link(browser, pages_link(met))
    open_link(browser, private_links.to_booking(found, NOW))
    assert 'href="/book/time/?what=session&amp;how=online&amp;who=' in page_of(browser, found)


@pytest.mark.parametrize("lack", ["service", "format", "closed"])
def test_where_it_cant_be_had_any_more_the_way_is_to_the_choice(
    client: Browser, made: Booking, lack: str
) -> None:
    cancel(made, NOW)
    if lack == "service":
        Service.objects.update(is_active=False)
    elif lack == "format":
        Service.objects.update(formats=["walking"])
    else:
        Therapist.objects.update(is_closed_to_new=True)
    assert '<a class="btn btn-primary" href="/book/">See what you can book</a>' in page_of(
        client, made
    )


# --- changed


def test_a_move_ends_with_the_new_time(client: Browser, made: Booking) -> None:
    move(made, START + timedelta(weeks=1), NOW + HOUR)
    page = page_of(client, made, "?moved=1")
    assert "<title>It’s moved. Nothing to pay. Kicks Therapy</title>" in page
    assert "<h1>It’s moved. Nothing to pay.</h1>" in page
    assert "I’ll see you on Friday 4 December 2026, 10am to 10:15am UK time." in page
    assert "An email with the new time is on its way to sam@example.com." in page


def test_a_late_move_says_what_is_owed_and_so_does_the_therapists_mail(
    client: Browser, made: Booking, clock: Clock
) -> None:
    clock.move_to(START - 23 * HOUR)
    move(made, START + timedelta(weeks=1), START - 23 * HOUR)
    open_link(client, token_of("moved"))
    page = page_of(client, made, "?moved=1")
    assert "<h1>It’s moved. £75 is due.</h1>" in page
    assert "You changed it late. I’ll be in touch about how to pay it." in page
    assert "As agreed, £75 is due." in OutgoingMail.objects.get(kind="therapist_moved").text


def test_a_change_of_how_we_meet_doesnt_speak_of_a_new_time(client: Browser, made: Booking) -> None:
    path = f"{reverse('move', args=[made.uid])}?how=walking&slot={slot_value(START)}"
    asked: Any = client.get(path)
    assert "Change it, at the same time" in text_of(asked)
    assert "new time" not in text_of(asked)
    shown = asked.context["form"]
    said = {name: shown[name].value() for name in ("seen", "told", "then", "where")}
    answer = send(client, path, {**said, "decision": "change"})
    page = text_of(client.get(answer["Location"]))
    assert "<h1>It’s changed. Nothing to pay.</h1>" in page
    assert "The time stays the same: Friday 27 November 2026, 10am to 10:15am UK time." in page
    assert "new time" not in page


def test_what_somebody_else_has_changed_since_is_not_said_to_be_theirs(
    client: Browser, made: Booking
) -> None:
    move(made, START + timedelta(weeks=1), NOW)
    move(made, START + timedelta(weeks=2), NOW, THERAPIST)
    page = page_of(client, made, "?moved=1")
    assert "It’s moved" not in page
    assert "<h1>Your consultation</h1>" in page


def test_a_booking_that_has_no_history_was_not_changed(client: Browser, demo: World) -> None:
    made = book(demo, START)
    made.events.all().delete()
    open_link(client, token_of("confirmation"))
    assert "<h1>Your consultation</h1>" in page_of(client, made, "?moved=1")


def test_a_change_that_an_old_release_wrote_counts_as_a_move(
    client: Browser, made: Booking
) -> None:
    move(made, START + timedelta(weeks=1), NOW)
    made.events.update(was={})
    assert "It’s moved." in page_of(client, made, "?moved=1")


def test_a_late_change_is_on_the_page_as_long_as_it_stands(
    client: Browser, made: Booking, clock: Clock
) -> None:
    clock.move_to(START - 23 * HOUR)
    lifecycle.reschedule(
        made.pk,
        lifecycle.Change(START + timedelta(weeks=1), made.format, made.place, 0),
        by=CLIENT,
        now=START - 23 * HOUR,
    )
    open_link(client, token_of("moved"))
    assert "<h2>£75 is due</h2>" in page_of(client, made)
