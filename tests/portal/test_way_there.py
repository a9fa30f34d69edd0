"""What a client's page says of the day: whom they meet, where, how to get in, and what it takes."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Practice, Service, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from bookings.notices import private_links
from tests.clock import Clock
from tests.factories import NOW, World, book, force_booking
from tests.pages import open_link, text_of

START = NOW + timedelta(days=1, hours=1)
WAY = {
    "steps": "14 stairs, no lift.",
    "train": "District line to Putney Bridge.",
    "bring": "Bring a jumper.",
    "directions": "Ring the bell.",
    "latitude": 51.4719,
    "longitude": -0.2084,
}
SAID = ("14 stairs, no lift.", "District line to Putney Bridge.", "Bring a jumper.")


@pytest.fixture
def room(world: World) -> Place:
    room = world.place(Format.IN_PERSON)
    Place.objects.filter(pk=room.pk).update(**WAY)
    room.refresh_from_db()
    return room


def page(found: Booking, query: str = "") -> str:
    """The booking's page as whoever opens the mailed link reads it."""
    browser = Browser()
    open_link(browser, private_links.to_booking(found, NOW))
    response = browser.get(f"{reverse('booking', args=[found.uid])}{query}")
    assert response.status_code == 200
    return text_of(response)


def in_room(world: World) -> Booking:
    return book(world, START, format=Format.IN_PERSON)


@pytest.mark.parametrize("query", ["", "?booked=1"])
def test_it_says_whom_they_meet_and_all_of_the_way(world: World, room: Place, query: str) -> None:
    html = page(in_room(world), query)
    assert "<dt>With</dt><dd>Robin Kicks</dd>" in html
    assert "kt-place__map" in html
    for words in (*SAID, "Ring the bell.", "12 Example Mews, London SW6 0AA"):
        assert words in html, words
    assert 'href="geo:51.47190,-0.20840' in html
    assert "You don’t need to bring" not in html


def test_the_place_and_the_map_stand_before_what_can_be_changed(world: World, room: Place) -> None:
    html = page(in_room(world))
    ticket, place, change, calendar = (
        html.index(mark)
        for mark in ('class="kt-ticket"', 'class="kt-place"', "Change the time", "kt-calbtns")
    )
    assert ticket < place < change < calendar


def test_what_the_practice_keeps_from_strangers_is_told_to_who_has_booked(
    world: World, room: Place
) -> None:
    Place.objects.update(address_shown=Place.AddressShown.BOOKED, area="Fulham")
    html = page(in_room(world))
    assert "12 Example Mews, London SW6 0AA" in html
    assert "kt-place__map" in html


def test_the_way_is_read_as_it_is_today(world: World, room: Place) -> None:
    found = in_room(world)
    Place.objects.filter(pk=room.pk).update(steps="The lift works again.", directions="New bell.")
    html = page(found)
    assert "The lift works again." in html
    assert "Ring the bell." in html  # as it was told
    assert "New bell." not in html


def test_a_place_that_has_moved_since_shows_no_way_to_where_nobody_waits(
    world: World, room: Place
) -> None:
    found = in_room(world)
    Place.objects.filter(pk=room.pk).update(address="1 Other Road", steps="Two steps.")
    html = page(found)
    assert "12 Example Mews, London SW6 0AA" in html
    assert "12%20Example%20Mews" in html  # the maps look for what was told
    for words in ("Other Road", "Two steps.", "kt-place__map", "51.47190", *SAID):
        assert words not in html, words


@pytest.mark.parametrize("state", ["past", "cancelled"])
def test_once_it_is_over_there_is_no_way_and_nothing_to_join(
    world: World, room: Place, clock: Clock, state: str
) -> None:
    for found in (in_room(world), book(world, START + timedelta(hours=2))):
        if state == "cancelled":
            lifecycle.cancel(found.pk, by=By.client(), reason="", now=NOW)
        else:
            clock.move_to(found.end)
        html = page(found)
        clock.move_to(NOW)
        for words in ('class="kt-place"', "Join by video", "meet.example.org", "geo:"):
            assert words not in html, words


def test_a_meeting_online_is_joined_first_and_says_what_it_needs(world: World) -> None:
    Place.objects.filter(format=Format.ONLINE).update(directions="Wait in the lobby.")
    html = page(book(world, START))
    join = '<a class="btn btn-primary" href="https://meet.example.org/kicks" rel="noreferrer">'
    assert html.index(join) < html.index("Change the time")
    assert html.count('class="btn btn-primary"') == 1
    for words in ("Headphones", "browser", "quiet room", "Wait in the lobby."):
        assert words in html, words
    assert f'href="{reverse("video_check")}" target="_blank" rel="noopener"' in html
    assert "kt-place__map" not in html


def test_who_is_asked_to_move_finds_that_filled_and_joining_outlined(world: World) -> None:
    found = book(world, START)
    later = START + timedelta(days=1)
    lifecycle.ask_to_move(found.pk, 0, later, reason="Away", by=By.therapist(), now=NOW)
    html = page(found)
    assert re.findall(r'class="btn btn-primary" href="[^"]+">([^<]+)<', html) == ["Take that time"]
    assert "Join by video" in html


def test_a_meeting_in_a_room_has_nothing_to_join(world: World, room: Place) -> None:
    html = page(in_room(world))
    assert reverse("video_check") not in html
    assert "Join by video" not in html


# --- what happens if they are late, and how one pays


def test_it_says_what_happens_if_they_are_late_and_whom_to_ring(world: World) -> None:
    Practice.objects.update(if_late="We finish on time.\nAlways.")
    html = page(book(world, START))
    assert '<h3 class="h4">If you’re late</h3><p>We finish on time.<br>Always.</p>' in html
    assert '<a href="tel:07700900456">07700 900456</a>' in html


def test_the_practices_telephone_stands_in_for_a_therapist_without(world: World) -> None:
    Therapist.objects.update(phone="")
    assert "you can reach me on" not in page(book(world, START))
    Practice.objects.update(phone="020 7946 0123")
    assert '<a href="tel:02079460123">020 7946 0123</a>' in page(book(world, START + 2 * HOUR))


HOUR = timedelta(hours=1)


def test_what_costs_nothing_says_nothing_of_paying(world: World) -> None:
    Practice.objects.update(how_to_pay="By transfer.")
    assert "By transfer." not in page(book(world, START))
    paid = force_booking(world, START + 2 * HOUR, service=world.session, price=75)
    assert '<h3 class="h4">Paying</h3><p>By transfer.</p>' in page(paid)


def test_what_the_practice_has_not_written_is_left_out(world: World) -> None:
    Practice.objects.update(if_late="", how_to_pay="")
    Service.objects.update(price=75)
    html = page(book(world, START))
    assert "If you’re late" not in html
    assert "Paying" not in html
