"""Whom the practice knows by name alone: booked like anybody, and never mailed anything."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from bookings import leave, lifecycle, outcomes
from bookings.by import By
from bookings.eligibility import has_met, meets_another
from bookings.errors import Code, DecisionRefusedError, NotBookableError, WarnedError
from bookings.leave import Decided, Decision
from bookings.lifecycle import Change, Person
from bookings.models import Booking, Outcome
from bookings.notices import link_requests, private_links, reminders, therapist_letters
from bookings.outcomes import Report
from clients.models import AccessLink, Client
from desk.no_address import NOT_SAFE
from outbox.models import OutgoingMail
from staff.models import Role
from tests.desk.tab import Tab
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_user,
    request_for,
)
from tests.pages import browser_of, signed_in, text_of

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR
US = By.therapist()
KIM = Person("Kim Li", "", "07700 900123")


def made_for(world: World, person: Person = KIM, days: int = 1) -> Booking:
    """A consultation of theirs, booked by the practice whatever the rules say."""
    asked = request_for(world, NOW + days * DAY + HOUR, person=person, notice=None)
    try:
        return lifecycle.book(asked, by=US, now=NOW)
    except WarnedError as refusal:
        return lifecycle.book(asked, by=US, now=NOW, despite=refusal.warned.keys)


@pytest.fixture
def meeting(world: World) -> Booking:
    return made_for(world)


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def test_two_people_of_one_name_are_two_people(world: World) -> None:
    first, second = made_for(world), made_for(world, days=2)
    assert first.client != second.client
    assert {one.client.email for one in (first, second)} == {""}
    assert first.client.is_proven  # as the practice says
    assert not OutgoingMail.objects.exists()
    assert not AccessLink.objects.exists()


def test_a_card_without_an_address_is_found_by_none(world: World, meeting: Booking) -> None:
    assert not Client.objects.at("").exists()
    assert not Client.objects.reading("").exists()
    link_requests.send("", NOW)
    assert not OutgoingMail.objects.exists()


def test_nobody_has_met_because_somebody_else_without_an_address_has(
    world: World, meeting: Booking
) -> None:
    other = make_client(email="")
    therapist = world.therapist.pk
    assert not has_met(therapist, "")
    assert not has_met(therapist, "", other)
    assert has_met(therapist, "", meeting.client)
    assert not meets_another(other, meeting.start, meeting.end)
    assert meets_another(meeting.client, meeting.start, meeting.end)


def test_what_becomes_of_their_meeting_is_mailed_to_nobody(world: World, meeting: Booking) -> None:
    later = Change(START + HOUR, meeting.format, meeting.place, meeting.sequence)
    lifecycle.reschedule(meeting.pk, later, by=US, now=NOW)
    assert lifecycle.cancel(meeting.pk, by=US, reason="I’m ill.", now=NOW).is_cancelled
    assert lifecycle.way_back(meeting) is None  # no mail waits with which it could be taken back
    assert not OutgoingMail.objects.exists()


def test_they_are_asked_nothing_and_sent_nothing(world: World, meeting: Booking) -> None:
    with pytest.raises(NotBookableError, match=Code.NO_ADDRESS.name):
        lifecycle.send_details(meeting.pk, by=US, now=NOW)
    asked = Decided(meeting.pk, Decision.PROPOSE, meeting.sequence, START + DAY)
    with pytest.raises(DecisionRefusedError, match=Code.NO_ADDRESS.name), transaction.atomic():
        leave.apply([asked], by=US, reason="I’m away.", now=NOW)
    meeting.refresh_from_db()
    assert meeting.asked_at is None


def test_their_reminders_are_never_due(world: World, meeting: Booking, clock: object) -> None:
    assert reminders.to_come(meeting, NOW) == []
    assert not reminders.are_wanted(meeting, alone=True)
    Booking.objects.update(during=(NOW + HOUR, NOW + 2 * HOUR), changed_at=NOW - 3 * DAY)
    Client.objects.update(reminders_from=NOW - 3 * DAY)
    world.therapist.practice.__class__.objects.update(reminders_from=NOW - 3 * DAY)
    assert reminders.queue_due() == 0
    Client.objects.update(email="kim@example.com", mailbox="kim@example.com")
    assert reminders.queue_due() == 1


def test_how_it_ended_is_recorded_and_mailed_to_nobody(world: World, meeting: Booking) -> None:
    Booking.objects.update(during=(NOW - HOUR, NOW - HOUR / 2))
    report = Report(
        Booking.Attendance.ATTENDED, Outcome.CONTINUE, seen=outcomes.last_line(meeting.pk)
    )
    for _ in range(2):  # said twice it is recorded once
        lifecycle.record(meeting.pk, report, by=US, now=NOW)
    assert meeting.events.filter(action="recorded").get().what.endswith("without an email")
    assert not OutgoingMail.objects.exists()


def test_no_link_stands_of_who_has_no_address(world: World) -> None:
    sam = make_client(email="sam@example.com")
    token = private_links.to_pages(sam, world.therapist.practice, NOW)
    AccessLink.objects.update(sent_to="")  # as a release before wrote it
    assert AccessLink.objects.opened_by(token, NOW)
    Client.objects.update(email="", mailbox="")
    assert AccessLink.objects.opened_by(token, NOW) is None


# Their card.


def save_card(desk: Browser, client: Client, email: str) -> str:
    page = reverse("admin:clients_client_change", args=[client.pk])
    filled = {**Tab(desk, page).filled, "email": email}
    return text_of(desk.post(page, filled, follow=True))


def test_an_address_that_is_added_gets_each_meeting_to_come(
    desk: Browser, meeting: Booking
) -> None:
    page = save_card(desk, meeting.client, "kim@example.com")
    assert "1 meeting to come was sent to kim@example.com." in page
    assert "old address" not in page.replace("links sent to the old address end", "")
    [mail] = OutgoingMail.objects.all()
    assert (mail.to, mail.invite_method) == ("kim@example.com", "REQUEST")
    assert mail.kind == "confirmation"
    meeting.client.refresh_from_db()
    assert meeting.client.mailbox == "kim@example.com"


def test_an_address_can_go_and_its_calendar_lets_the_meetings_go(
    world: World, desk: Browser
) -> None:
    kept = book(world, START, email="sam@example.com")
    lifecycle.prove(Booking.objects.whole().get(pk=kept.pk), now=NOW)
    page = save_card(desk, kept.client, "")
    assert "They have no address now: 1 meeting to come, and nothing is emailed." in page
    waiting = OutgoingMail.objects.unsent().exclude(kind="therapist_new")
    assert [(mail.kind, mail.to) for mail in waiting] == [("left_address", "sam@example.com")]


def test_the_card_and_the_pages_of_a_meeting_say_so(desk: Browser, meeting: Booking) -> None:
    card = text_of(desk.get(reverse("admin:clients_client_change", args=[meeting.client_id])))
    assert "No email address: tell them yourself." in card
    own = reverse("admin:bookings_booking_change", args=[meeting.pk])
    assert "Send the details again" not in text_of(desk.get(own))
    for name in ("move", "cancel"):
        page = reverse(f"admin:bookings_booking_{name}", args=[meeting.pk])
        assert "No email address: tell them yourself." in text_of(desk.get(page))
    said = desk.post(
        reverse("admin:bookings_booking_cancel", args=[meeting.pk]),
        {"reason": "I’m ill.", "seen": 0},
        follow=True,
    )
    assert "Cancelled. No email address: tell them yourself." in text_of(said)


def test_the_page_that_records_offers_no_email(desk: Browser, meeting: Booking) -> None:
    Booking.objects.update(during=(NOW - HOUR, NOW - HOUR / 2))
    page = reverse("admin:bookings_booking_record", args=[meeting.pk])
    assert "No email address: tell them yourself." in text_of(desk.get(page))
    said = {"attendance": "attended", "outcome": "continue", "with_mail": "on"}
    done = desk.post(page, {**said, "seen": outcomes.last_line(meeting.pk)}, follow=True)
    assert "Recorded: Kim Li" in text_of(done)
    assert not OutgoingMail.objects.exists()


def test_a_therapist_who_is_told_of_them_reads_no_empty_address(meeting: Booking) -> None:
    letter = therapist_letters.booked(Booking.objects.whole().get(pk=meeting.pk))
    assert "mailto:" not in letter.html.replace("mailto:hello@", "")
    assert "Kim Li\n07700 900123" in letter.text


def test_a_client_is_told_apart_where_they_are_chosen_to_be_given_away(
    world: World, meeting: Booking
) -> None:
    owner = browser_of(make_user(Role.OWNER))
    assert "Kim Li (no email address)" in text_of(owner.get(reverse("client_hand_over")))


def test_confirming_addresses_passes_over_who_has_none(desk: Browser, world: World) -> None:
    nobody = make_client(email="", proven_at=None)
    force_booking(world, START, client=nobody)
    listed = reverse("admin:clients_client_changelist")
    said = desk.post(listed, {"action": "confirm", "_selected_action": [nobody.pk]}, follow=True)
    assert "0 confirmed." in text_of(said)


def test_whom_one_may_not_email_nobody_is_said_to_have_emailed(desk: Browser, world: World) -> None:
    kim = make_client(name="Kim Li", may_email=False)
    meeting = force_booking(world, START, client=kim, proven_at=NOW)
    for name in ("move", "cancel"):
        page = reverse(f"admin:bookings_booking_{name}", args=[meeting.pk])
        assert NOT_SAFE in text_of(desk.get(page))
    book = reverse("admin:bookings_booking_book", query={"client": kim.pk})
    assert NOT_SAFE.rstrip(".") in text_of(desk.get(book))
    cancel = reverse("admin:bookings_booking_cancel", args=[meeting.pk])
    said = desk.post(cancel, {"reason": "I’m ill.", "seen": 0}, follow=True)
    assert f"Cancelled. {NOT_SAFE}" in text_of(said)
    assert not OutgoingMail.objects.exists()
