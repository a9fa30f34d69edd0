"""The longest words that a place's form accepts fit into the history of a booking there."""

from typing import Any

import pytest
from django.test import Client as Browser

from availability.models import Format, Place
from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Change
from bookings.models import Booking
from tests.bookings.diaries import at
from tests.desk.hours.test_ask_to_tell import anew, decide
from tests.factories import NOW, World, force_booking

THERAPIST = By.therapist()


def longest(letter: str) -> dict[str, Any]:
    link = "https://meet.example.org/"
    return {
        "name": letter * 80,
        "address": letter * 200,
        "directions": letter * 500,
        "video_url": link.ljust(200, letter),
    }


@pytest.fixture
def place(world: World) -> Place:
    facts = {"therapist": world.therapist, "format": Format.IN_PERSON}
    return Place.objects.create(**facts, **longest("a"))


@pytest.fixture
def booked(world: World, place: Place) -> Booking:
    return force_booking(world, at("10:00"), format=place.format, place=place)


def told(booking: Booking) -> str:
    return anew(booking).events.latest("pk").what


def test_all_words_of_a_place_may_change_at_once(
    admin_client: Browser, place: Place, booked: Booking
) -> None:
    for name, words in longest("b").items():
        setattr(place, name, words)
    assert decide(admin_client, place, "yes").status_code == 302
    assert len(told(booked)) > 300
    assert anew(booked).where.name == "b" * 80


def test_it_may_be_moved_from_one_place_to_another(
    world: World, place: Place, booked: Booking
) -> None:
    other = Place.objects.create(
        therapist=world.therapist, format=place.format, position=9, **longest("b")
    )
    to = Change(at("13:00"), place.format, other, 0)
    lifecycle.reschedule(booked.pk, to, by=THERAPIST, now=NOW)
    assert "a" * 80 in told(booked)
    assert "b" * 80 in told(booked)


def test_its_client_may_be_asked_to_move_it(booked: Booking) -> None:
    lifecycle.ask_to_move(booked.pk, 0, at("13:00"), by=THERAPIST, reason="Ill", now=NOW)
    assert "a" * 80 in told(booked)
