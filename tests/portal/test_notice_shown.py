"""Whom the practice booked for reads the privacy notice by their first private link, once."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from bookings.notices import private_links
from clients.models import Client, Consent, PrivacyNotice
from tests.factories import NOW, World, force_booking, make_client
from tests.pages import signed_in, text_of

OPEN = reverse("open")
HEADING = "How I look after your information"


@pytest.fixture
def booking(world: World) -> Booking:
    """A meeting that the practice booked: its client agreed to nothing."""
    client = make_client(proven_at=NOW)
    made = force_booking(world, NOW.replace(day=25), client=client, proven_at=NOW)
    return Booking.objects.whole().get(pk=made.pk)


def come(booking: Booking) -> tuple[Browser, str]:
    """Open a private link as its reader does; return the page that asks for a press."""
    browser = Browser()
    token = private_links.to_booking(booking, NOW)
    assert browser.get(reverse("link", args=[token]))["Location"] == OPEN
    return browser, text_of(browser.get(OPEN))


def test_the_first_link_shows_it_and_a_press_keeps_that(world: World, booking: Booking) -> None:
    browser, page = come(booking)
    assert HEADING in page
    assert "We keep little." in page
    assert not Consent.objects.exists()  # opened, it changes nothing
    [version] = re.findall(r'name="notice" value="(\d+)"', page)
    for _ in range(2):
        answer = browser.post(OPEN, {"whose": "mine", "notice": version})
        assert answer["Location"] == reverse("booking", args=[booking.uid])
    [consent] = Consent.objects.all()
    assert (consent.client, consent.notice, consent.how) == (booking.client, world.notice, "link")


def test_it_is_shown_once(world: World, booking: Booking) -> None:
    browser, _ = come(booking)
    browser.post(OPEN, {"whose": "mine", "notice": world.notice.version})
    token = private_links.to_booking(booking, NOW)
    again = browser.get(reverse("link", args=[token]))
    assert again["Location"] == reverse("booking", args=[booking.uid])


@pytest.mark.parametrize("version", ["", "x", "999"])
def test_what_wasnt_shown_isnt_kept(world: World, booking: Booking, version: str) -> None:
    browser, _ = come(booking)
    answer = browser.post(OPEN, {"whose": "mine", "notice": version})
    assert answer["Location"] == reverse("booking", args=[booking.uid])
    assert not Consent.objects.exists()


def test_a_notice_without_headings_is_shown_too(world: World, booking: Booking) -> None:
    PrivacyNotice.objects.update(html="<p>We keep <em>little</em>.</p>")
    assert "<em>little</em>" in come(booking)[1]


def test_who_says_that_it_isnt_theirs_has_been_shown_nothing(
    world: World, booking: Booking
) -> None:
    browser, _ = come(booking)
    browser.post(OPEN, {"whose": "not mine", "notice": world.notice.version})
    assert not Consent.objects.exists()


def test_who_agreed_as_they_booked_is_not_asked_to_read_it(world: World) -> None:
    made = force_booking(world, NOW.replace(day=25), notice=world.notice)
    _, page = come(Booking.objects.whole().get(pk=made.pk))
    assert HEADING not in page


def test_their_card_says_whether_they_have_seen_it(world: World, booking: Booking) -> None:
    desk = signed_in(world.therapist)
    card = reverse("admin:clients_client_change", args=[booking.client_id])
    assert "Open: nothing says yet that they were told." in text_of(desk.get(card))
    Consent.objects.create(client=Client.objects.get(), notice=world.notice, given_at=NOW)
    assert "Seen: see Consents" in text_of(desk.get(card))
