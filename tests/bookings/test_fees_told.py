"""What it costs is judged by the booking under the lock, and by what its page said."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle
from bookings.errors import Code, NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.policy import ToldOfMove
from prose.dates import slot_value
from tests.bookings.fees import CLIENT, FEE, HOUR, SECOND, START, THERAPIST, cancel, token_of
from tests.bookings.refusals import client_is_told
from tests.clock import Clock
from tests.factories import World, book
from tests.meanwhile import meanwhile
from tests.pages import book as book_by_page
from tests.pages import carried, check_address, followed, open_link, press, text_of


def test_what_it_costs_is_judged_by_the_booking_under_the_lock(demo: World) -> None:
    """The question was taken back while the press waited: the page had said that it's free."""
    made, now = book(demo, START), START - 20 * HOUR
    with client_is_told(NotBookableError, match="it costs £75 now"):
        cancel(made, now, told="")
    assert cancel(made, now, told="£75").is_cancelled


def test_a_move_is_judged_so_too(demo: World) -> None:
    made, now = book(demo, START), START - 46 * HOUR
    to = Change(START + timedelta(weeks=8), made.format, made.place, 0, ToldOfMove())
    with pytest.raises(NotBookableError) as refused:
        lifecycle.reschedule(made.pk, to, by=CLIENT, now=now)
    assert refused.value.code == Code.FEE_NOT_TOLD
    told = Change(to.start, to.format, to.place, 0, ToldOfMove(then="£75"))
    assert lifecycle.reschedule(made.pk, told, by=CLIENT, now=now).fee_if_cancelled == FEE


def test_a_question_that_is_withdrawn_while_they_press_costs_nobody_what_they_did_not_read(
    demo: World, client: Browser, clock: Clock
) -> None:
    made = book_by_page(client, demo, slot_value(START))
    clock.move_to(now := START - 20 * HOUR)
    token = token_of("confirmation")
    open_link(client, token)
    lifecycle.ask_to_move(made.pk, 0, None, by=THERAPIST, reason="Ill.", now=now)
    path = reverse("cancel", args=[made.uid])
    assert "cancelling costs" not in text_of(client.get(path)).partition("<form")[0]
    said = {"decision": "cancel", "seen": 0, "told": ""}
    with meanwhile("pg_advisory", lambda: Booking.objects.update(asked_at=None)):
        answer = followed(client, client.post(path, said))
    assert answer.status_code == 422
    assert "it costs £75 now" in text_of(answer)
    assert not Booking.objects.get().is_cancelled


def test_the_window_that_begins_between_page_and_press_is_told_before_it_is_booked(
    demo: World, client: Browser, clock: Clock
) -> None:
    demo.consultation.grace_minutes = 0
    demo.consultation.save()
    clock.move_to(START - 48 * HOUR)
    path = check_address(client, demo, slot_value(START))
    shown = carried(client, path)
    assert "Cancelling is free until Wednesday 25 November" in text_of(client.get(path))
    clock.shift(SECOND)
    answer = followed(client, client.post(path, shown))
    assert answer.status_code == 422
    assert (
        "It has become late since you opened this page. From the moment you book, cancelling "
        "costs £75." in text_of(answer)
    )
    assert not Booking.objects.exists()
    assert press(client, path).status_code == 302
