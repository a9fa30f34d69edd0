"""Money is said before it is owed: by day and time, on pages and in mail."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import fee_words, lifecycle, policy
from bookings.notices import letters
from bookings.notices.keys import about_booking
from bookings.policy import Terms
from outbox.models import OutgoingMail
from outbox.queue import queue
from prose.dates import slot_value
from tests.bookings.fees import HOUR, MINUTE, START, THERAPIST, move, plain, token_of
from tests.clock import Clock
from tests.factories import NOW, World, book, make_pending
from tests.pages import address, followed, open_link, rows, text_of
from tests.pages import book as book_by_page

THEN = "After that it costs £75."
UNDO = "You can still undo it free in the first 30 minutes."


@pytest.mark.parametrize(
    ("hours", "grace", "words"),
    [
        (
            49,
            30,
            "Cancelling is free until Monday 23 November 2026, 10am UK time. " + THEN,
        ),
        (
            48.5,
            30,
            "Cancelling is free until Monday 23 November 2026, 9:30am UK time. " + THEN,
        ),
        (
            48.25,
            30,
            "From the moment you book, cancelling costs £75. " + UNDO,
        ),
        (20, 0, "From the moment you book, cancelling costs £75."),
    ],
)
def test_it_is_said_before_booking_until_when_cancelling_is_free(
    hours: float, grace: int, words: str
) -> None:
    terms = Terms(24, 48, None, Decimal(75), grace, keeps_fee=True)
    assert plain(fee_words.before_booking(terms, NOW + hours * HOUR, NOW)) == words


def test_nothing_is_said_where_cancelling_never_costs_anything(world: World) -> None:
    terms = policy.terms_for(world.consultation)
    assert fee_words.before_booking(terms, START, NOW) == ""
    made = book(world, START)
    assert fee_words.of_booking(made, NOW) == ""
    assert fee_words.once_moved(made, START + HOUR, NOW) == ""


def test_it_is_said_of_a_booking_that_stands(demo: World) -> None:
    made = book(demo, START)
    assert plain(fee_words.of_booking(made, NOW)) == (
        "Cancelling is free until Wednesday 25 November 2026, 10am UK time. " + THEN
    )
    assert fee_words.of_booking(made, START - 47 * HOUR) == "Cancelling costs £75 now."
    moved = move(made, START + timedelta(weeks=8), START - 46 * HOUR)
    assert fee_words.of_booking(moved, START - 45 * HOUR) == (
        "You moved it when cancelling wasn’t free any more, so cancelling it still costs £75."
    )
    now = START - 45 * HOUR
    lifecycle.ask_to_move(made.pk, moved.sequence, None, by=THERAPIST, reason="Ill.", now=now)
    moved.refresh_from_db()
    assert fee_words.of_booking(moved, now) == ""


def test_a_meeting_that_begins_within_the_first_minutes_can_be_cancelled_until_then(
    demo: World,
) -> None:
    made = book(demo, NOW + HOUR / 2)
    assert fee_words.of_booking(made, NOW) == "Cancelling is free until it begins."


def test_it_is_said_before_moving_what_cancelling_costs_from_then_on(demo: World) -> None:
    made, far = book(demo, START), START + timedelta(weeks=8)
    near = NOW + 26 * HOUR
    assert plain(fee_words.once_moved(made, far, NOW + HOUR)) == (
        "Cancelling is free until Wednesday 20 January 2027, 10am UK time. " + THEN
    )
    assert fee_words.once_moved(made, near, NOW + HOUR) == (
        "From the moment you change it, cancelling costs £75."
    )
    assert fee_words.once_moved(made, far, START - 46 * HOUR) == (
        "Cancelling it later still costs £75."
    )
    assert fee_words.once_moved(made, START + HOUR, START - 23 * HOUR) == (
        "Cancelling it after that costs another £75."
    )


def test_the_page_before_booking_and_the_mail_and_the_page_after_it_say_it(
    demo: World, client: Browser
) -> None:
    made = book_by_page(client, demo, "2026-11-24T10:00")
    page = text_of(client.get(f"{reverse('booking', args=[made.uid])}?booked=1"))
    words = "Cancelling is free until Monday 23 November 2026, 9:30am UK time. After that it costs"
    assert words in page
    mail = OutgoingMail.objects.get(kind="confirmation")
    assert words in plain(" ".join(mail.text.split()))
    assert words in plain(mail.html)


def test_the_move_page_says_it_and_carries_it(demo: World, client: Browser, clock: Clock) -> None:
    made = book_by_page(client, demo, slot_value(START))
    clock.shift(HOUR / 2 + MINUTE)
    path = f"{reverse('move', args=[made.uid])}?slot=2026-11-24T10:00"
    page: Any = client.get(path)
    assert "From the moment you change it, cancelling costs £75." in text_of(page)
    stored = rows()
    said = {"decision": "change", "seen": 0, "told": "", "reason": ""}
    asked: Any = followed(client, client.post(path, said))
    assert (asked.status_code, rows()) == (422, stored)
    assert "late since you opened this page: cancelling costs £75 once it’s changed" in text_of(
        asked
    )
    shown = asked.context["form"]
    sent = {name: shown[name].value() for name in ("seen", "told", "then", "where")}
    assert client.post(path, {**sent, "decision": "change"}).status_code == 302


def test_the_cancel_page_of_one_that_was_moved_late_says_why_it_costs(
    demo: World, client: Browser, clock: Clock
) -> None:
    made = book_by_page(client, demo, slot_value(START))
    clock.move_to(START - 46 * HOUR)
    move(made, START + timedelta(weeks=8), START - 46 * HOUR)
    token = token_of("moved")
    open_link(client, token)
    page = text_of(client.get(reverse("cancel", args=[made.uid])))
    assert "You moved it when cancelling wasn’t free any more, so cancelling it still costs" in page
    assert "It’s late now" not in page


def test_the_details_and_the_mailed_link_say_it_before_it_is_booked(
    demo: World, client: Browser
) -> None:
    words = "From the moment you book, cancelling costs £75."
    assert words in text_of(client.get(address("details", demo, slot="2026-11-24T10:00")))
    token = make_pending(demo, NOW + 20 * HOUR)
    assert words in text_of(client.get(reverse("confirm_link", args=[token]), follow=True))


def test_the_mail_of_a_move_says_it_of_the_new_time(demo: World) -> None:
    moved = move(book(demo, START), START + timedelta(weeks=1), NOW + HOUR)
    words = "Cancelling is free until Wednesday 2 December 2026, 10am UK time. " + THEN
    mail = OutgoingMail.objects.get(about=about_booking(moved.uid), kind="moved")
    assert words in plain(" ".join(mail.text.split()))
    assert words in plain(mail.html)


@pytest.mark.parametrize("ext", ["text", "html"])
def test_a_reminder_says_what_cancelling_costs_by_now(demo: World, ext: str) -> None:
    made = book(demo, START, NOW)
    queue([letters.reminder(made, 24, "a", "b", now=START - 24 * HOUR)])
    mail = OutgoingMail.objects.get(about=about_booking(made.uid), kind="reminder")
    assert "Cancelling costs £75 now." in plain(" ".join(getattr(mail, ext).split()))


def test_a_mail_of_a_new_place_says_it_too(demo: World) -> None:
    made = book(demo, START, NOW)
    mail = letters.new_facts(made, ["Address: Old → New"], "a", NOW)
    words = "Cancelling is free until Wednesday 25 November 2026, 10am UK time. " + THEN
    assert words in plain(" ".join(mail.text.split()))
    assert words in plain(mail.html)
