"""A second free consultation stands, or is let go after some hours: as the practice has it."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from bookings import lifecycle, tasks
from bookings.by import By
from bookings.models import Booking
from bookings.notices.keys import about_booking
from clients.models import Client
from outbox.models import OutgoingMail
from tests.clock import Clock
from tests.factories import NOW, World, book, force_booking, make_client

HOUR = timedelta(hours=1)
START = NOW + timedelta(days=3, hours=1)
EMAIL = "vera@example.com"


@pytest.fixture
def vera(world: World) -> Client:
    """Somebody who has had her consultation; the practice lets go after six hours."""
    practice = world.therapist.practice
    practice.release_hours = 6
    practice.save()
    vera = make_client(name="Vera Moss", email=EMAIL, proven_at=NOW)
    force_booking(world, NOW - timedelta(days=30), client=vera, proven_at=NOW)
    return vera


def state(found: Booking) -> str:
    return Booking.objects.get(pk=found.pk).status


@pytest.mark.usefixtures("vera")
def test_it_is_let_go_after_its_hours_and_both_are_told(world: World) -> None:
    found = book(world, START, email=EMAIL)
    confirmation = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    assert "I’m keeping this time for you until" in confirmation.text
    assert lifecycle.cancel_repeats(NOW + 6 * HOUR - timedelta(seconds=1)) == 0
    assert lifecycle.cancel_repeats(NOW + 6 * HOUR) == 1
    assert lifecycle.cancel_repeats(NOW + 7 * HOUR) == 0
    event = found.events.latest("pk")
    assert (event.action, event.actor, state(found)) == ("cancelled", "system", "cancelled")
    waiting = OutgoingMail.objects.filter(about=about_booking(found.uid), state="pending")
    letter = waiting.get(kind="let_go")
    assert "I’d be glad to see you again." in letter.text
    assert (letter.to, letter.invite_method) == (EMAIL, "CANCEL")
    assert "second first meeting" in waiting.get(kind="therapist_let_go").text
    assert book(world, START).start == START


@pytest.mark.usefixtures("vera")
def test_what_the_therapist_keeps_stands(world: World) -> None:
    found = book(world, START, email=EMAIL)
    lifecycle.keep_repeat(found.pk, by=By.therapist(), now=NOW)
    assert lifecycle.cancel_repeats(NOW + 7 * HOUR) == 0
    assert state(found) == "confirmed"


@pytest.mark.usefixtures("vera")
@pytest.mark.parametrize("meanwhile", ["kept", "cancelled"])
def test_what_was_cancelled_or_kept_while_the_sweep_read_is_left_alone(
    world: World, meanwhile: str
) -> None:
    found = book(world, START, email=EMAIL)

    def change() -> None:
        if meanwhile == "kept":
            lifecycle.keep_repeat(found.pk, by=By.therapist(), now=NOW)
        else:
            lifecycle.cancel(found.pk, by=By.client(), reason="", now=NOW)

    with before_the_lock(change):
        assert lifecycle.cancel_repeats(NOW + 7 * HOUR) == 0
    assert not OutgoingMail.objects.filter(kind="let_go").exists()


@contextmanager
def before_the_lock(change: Callable[[], None]) -> Iterator[None]:
    """Let something else happen once what is due has been read, and before it is locked."""
    waiting = [change]

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if "pg_advisory_xact_lock" in sql and waiting:
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        yield


@pytest.mark.usefixtures("vera")
def test_what_begins_sooner_is_let_go_an_hour_before_and_never_once_it_began(world: World) -> None:
    world.therapist.practice.release_hours = 100
    world.therapist.practice.save()
    found = book(world, START, email=EMAIL)
    assert found.release_at == START - HOUR
    assert lifecycle.cancel_repeats(START) == 0
    assert lifecycle.cancel_repeats(START - timedelta(minutes=1)) == 1


def test_nobody_loses_theirs_because_a_stranger_typed_their_address(
    world: World, vera: Client
) -> None:
    stranger = book(world, START, email="kim@example.com")
    own = book(world, START + HOUR, email="kim@example.com")
    assert (own.is_repeat, own.release_at, stranger.is_repeat) == (True, None, False)
    assert vera.bookings.count() == 1


def test_without_the_setting_it_stands(world: World) -> None:
    vera = make_client(email=EMAIL)
    force_booking(world, NOW - timedelta(days=30), client=vera)
    found = book(world, START, email=EMAIL)
    assert (found.is_repeat, found.release_at) == (True, None)


@pytest.mark.usefixtures("vera")
def test_the_workers_sweep_and_the_command_let_go(world: World, clock: Clock) -> None:
    first = book(world, START, email=EMAIL)
    clock.shift(6 * HOUR)
    tasks.sweep()
    assert state(first) == "cancelled"
    second = book(world, START, email=EMAIL)
    clock.shift(6 * HOUR)
    call_command("send_due_mail", stdout=io.StringIO())
    assert state(second) == "cancelled"


def test_what_cannot_be_read_stops_no_sweep(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("connection already closed")

    with connection.execute_wrapper(gone):
        assert lifecycle.sweep_repeats() == 0
    assert "could not be read: OperationalError" in caplog.text
