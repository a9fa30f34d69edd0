"""Somebody who has had a consultation books a session by the link in a mail."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from availability.models import Format
from bookings.models import Booking
from bookings.notices import link_requests
from bookings.notices.keys import about_booking
from clients.models import Consent
from outbox.models import OutgoingMail
from tests.factories import World, force_booking, make_client
from tests.flows import steps
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("sessions")]


def test_a_client_asks_for_the_link_and_is_asked_nothing_twice(
    visits: Visits, practice: World
) -> None:
    client = make_client(email=steps.EMAIL)
    Consent.objects.create(client=client, notice=practice.notice, given_at=timezone.now())
    force_booking(practice, timezone.now() - timedelta(days=7), client=client)
    page = visits.open("/book/?what=session&how=online", width=PHONE)
    steps.choose(page, Format.ONLINE, steps.SESSION)
    steps.pick_time(page)
    steps.heading(page, "Get your private links")
    page.get_by_label("Email").fill(steps.EMAIL)
    steps.pause(page)
    steps.go_on(page, "Email me my links")
    steps.heading(page, "Check your email")

    page = visits.open(steps.session_link(), width=PHONE)
    steps.heading(page, "One press, and it’s open")
    steps.go_on(page, "Go on")
    # The time that was chosen came along in the link.
    steps.heading(page, "Your details")
    expect(page.get_by_text(f"You’re booking as Sam Okafor ({steps.EMAIL})")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_count(0)
    expect(page.get_by_label("Email")).to_have_count(0)
    steps.pause(page)
    steps.go_on(page)
    steps.heading(page, "Check this looks right")
    steps.go_on(page, "Book this session")
    steps.heading(page, "You’re booked in")

    session = Booking.objects.get(service=practice.session)
    assert session.client == client
    assert OutgoingMail.objects.filter(about=about_booking(session.uid), to=steps.EMAIL).exists()
    assert Consent.objects.count() == 1


def test_a_stranger_gets_the_same_page_and_no_mail(visits: Visits) -> None:
    page = visits.open("/book/link/")
    page.get_by_label("Email").fill("stranger@example.com")
    steps.pause(page)
    steps.go_on(page, "Email me my links")
    steps.heading(page, "Check your email")
    assert link_requests.answer() == 1
    assert OutgoingMail.objects.count() == 0
