"""A booking keeps its own length: times that are offered for a move fit it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Service
from availability.rules import Rule
from bookings import leave, lifecycle
from bookings.by import By
from bookings.errors import TimeRefusedError, WarnedError
from bookings.lifecycle import Change
from bookings.models import Booking, Hold
from bookings.notices import private_links
from prose.dates import UK
from tests.bookings.diaries import at, times_shown
from tests.factories import NOW, World, force_booking, make_client
from tests.pages import open_link, text_of

MONDAY = date(2026, 11, 30)
WEDNESDAY = date(2026, 12, 2)


@pytest.fixture
def booked(world: World) -> Booking:
    """A 50-minute session on Wednesday at 10, in hours from 10 to 4."""
    world.therapist.weekly_hours.update(opens=time(10), closes=time(16))
    return force_booking(world, at("10:00", WEDNESDAY), service=world.session)


def lasts(service: Service, minutes: int, step: int) -> None:
    """Change a service as the therapist does."""
    Service.objects.filter(pk=service.pk).update(length_minutes=minutes, step_minutes=step)


def shown(booking: Booking, day: date) -> tuple[str, list[str]]:
    """The client's page of free times for a move, and the times on it."""
    browser = Browser()
    open_link(browser, private_links.to_booking(booking, NOW))
    page = text_of(browser.get(f"{reverse('change', args=[booking.uid])}?day={day.isoformat()}"))
    return page, [slot[-5:] for slot in times_shown(page)]


def move(booking: Booking, start: datetime, by: By | None = None) -> Booking:
    to = Change(start, booking.format, booking.place, booking.sequence)
    return lifecycle.reschedule(booking.pk, to, by=by or By.client(), now=NOW)


def ask(booking: Booking, start: datetime) -> Booking:
    me = By.therapist()
    return lifecycle.ask_to_move(booking.pk, 0, start, reason="Ill", by=me, now=NOW)


def test_a_move_fits_the_booking_into_the_hours_when_its_service_became_shorter(
    world: World, booked: Booking
) -> None:
    lasts(world.session, 30, 30)
    page, times = shown(booked, WEDNESDAY)
    assert "The session lasts 50 minutes." in page
    assert times[-1] == "15:00"
    with pytest.raises(TimeRefusedError):
        move(booked, at("15:30", WEDNESDAY))
    assert move(booked, at("15:00", WEDNESDAY)).seconds == 50 * 60


def test_a_move_keeps_the_gap_to_what_stands_when_its_service_became_shorter(
    world: World, booked: Booking
) -> None:
    force_booking(world, at("14:00", WEDNESDAY), service=world.session)
    Service.objects.filter(pk=world.session.pk).update(gap_minutes=10)
    lasts(world.session, 15, 5)
    times = shown(booked, WEDNESDAY)[1]
    assert "13:00" in times
    assert not {"13:05", "13:30"} & set(times)
    for start in ("13:05", "13:30"):
        with pytest.raises(TimeRefusedError):
            move(booked, at(start, WEDNESDAY))


def test_a_short_booking_still_moves_to_a_short_time_when_its_service_became_longer(
    world: World, booked: Booking
) -> None:
    lasts(world.session, 90, 30)
    page, times = shown(booked, WEDNESDAY)
    assert "The session lasts 50 minutes." in page
    assert times[-1] == "15:00"
    assert move(booked, at("15:00", WEDNESDAY)).end == at("15:50", WEDNESDAY)


def test_every_time_that_a_move_is_offered_can_be_had(world: World, booked: Booking) -> None:
    lasts(world.session, 30, 30)
    for start in shown(booked, WEDNESDAY)[1]:
        booked.refresh_from_db()
        move(booked, at(start, WEDNESDAY))


def test_the_therapist_moves_it_at_its_own_length_too(world: World, booked: Booking) -> None:
    lasts(world.session, 30, 30)
    with pytest.raises(WarnedError) as warned:
        move(booked, at("15:30", WEDNESDAY), By.therapist())
    assert [limit.rule for limit in warned.value.warned.limits] == [Rule.HOURS]


def test_a_proposed_time_fits_the_booking_and_is_kept_at_its_length(
    world: World, booked: Booking
) -> None:
    lasts(world.session, 30, 30)
    with pytest.raises(TimeRefusedError):
        lifecycle.ask_to_move(
            booked.pk, 0, at("15:30", WEDNESDAY), reason="Ill", by=By.therapist(), now=NOW
        )
    lifecycle.ask_to_move(
        booked.pk, 0, at("15:00", WEDNESDAY), reason="Ill", by=By.therapist(), now=NOW
    )
    during: Any = Hold.objects.get().during
    assert during.upper - during.lower == timedelta(minutes=50)


def test_a_leave_suggests_a_time_that_fits_the_booking(world: World, booked: Booking) -> None:
    lasts(world.session, 30, 30)
    # Nothing but half an hour is left of its day.
    force_booking(world, at("11:00", WEDNESDAY), minutes=270, client=make_client())
    whole = Booking.objects.whole().get(pk=booked.pk)
    suggested = leave.suggestions([whole], NOW)[booked.pk]
    assert suggested.astimezone(UK) == at("10:00", date(2026, 12, 3))


def test_a_cancelled_booking_is_taken_back_only_where_its_own_length_fits(
    world: World, booked: Booking
) -> None:
    lifecycle.cancel(booked.pk, by=By.therapist(), reason="Ill", now=NOW)
    lasts(world.session, 15, 5)
    force_booking(world, at("10:30", WEDNESDAY), client=make_client())
    key = booked.events.get().told_by
    with pytest.raises(TimeRefusedError):
        lifecycle.take_back(key, by=By.therapist(), now=NOW)


def test_pages_and_mails_name_it_by_its_own_length_and_price(world: World, booked: Booking) -> None:
    Service.objects.filter(pk=world.session.pk).update(length_minutes=30, price=0)
    booked.refresh_from_db()
    assert booked.title == "50-minute session"
    assert booked.format == Format.ONLINE
