"""A client's address is corrected: the old one opens and hears nothing more, the new one all."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.lifecycle.new_address import new_address
from bookings.models import Booking, BookingEvent, FollowUp
from bookings.notices import letters, link_requests, private_links
from clients.models import AccessLink, Client
from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import queue
from staff.models import SecurityEvent
from tests.bookings.notices.letters import calendar_of, event_of, sent, unfolded
from tests.bookings.notices.letters import text_of as words_of
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_places,
    make_service,
    make_therapist,
)
from tests.pages import open_link, signed_in, text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR
OLD, NEW = "sam.old@example.com", "sam@example.com"
CONSENTS = {"consents-TOTAL_FORMS": "0", "consents-INITIAL_FORMS": "0"}


@pytest.fixture
def found(world: World) -> Booking:
    """A meeting to come, of which the old address has been told."""
    made = book(world, START, email=OLD)
    delivery.send_due()
    return Booking.objects.whole().get(pk=made.pk)


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def correct(desk: Browser, email: str = NEW, **fields: str) -> Any:
    client = Client.objects.get()
    given = {"name": client.name, "email": email, "phone": "", "wants_reminders": "on"}
    path = reverse("admin:clients_client_change", args=[client.pk])
    return desk.post(path, {**given, **CONSENTS, **fields}, follow=True)


def mailed(to: str) -> dict[str, EmailMessage]:
    """What leaves for an address from now on, by its subject's first words."""
    return {letter["Subject"].strip()[:8]: letter for letter in sent() if letter["To"] == to}


def old_token() -> str:
    [token] = re.findall(r"/b/([\w-]+)/", OutgoingMail.objects.get(kind="confirmation").text)
    return str(token)


def test_what_was_mailed_to_the_old_address_neither_opens_nor_cancels(
    desk: Browser, found: Booking
) -> None:
    link, inside = reverse("link", args=[old_token()]), Browser()
    open_link(inside, old_token())
    cancel = reverse("cancel", args=[found.uid])
    assert inside.get(cancel).status_code == 200
    correct(desk)
    assert Browser().get(link).status_code == 404
    assert inside.post(cancel, {"decision": "cancel", "seen": 2}).status_code == 404
    found.refresh_from_db()
    assert not found.is_cancelled


def test_the_old_calendar_is_told_to_let_it_go_without_a_word_of_what_it_was(
    desk: Browser, found: Booking
) -> None:
    correct(desk)
    [letter] = mailed(OLD).values()
    assert calendar_of(letter).count(b"BEGIN:VEVENT") == 1
    event = event_of(calendar_of(letter))
    assert (str(event["UID"]), event["SEQUENCE"], event["STATUS"]) == (
        str(found.uid),
        1,
        "CANCELLED",
    )
    assert event["ATTENDEE"] == f"mailto:{OLD}"
    assert event["ORGANIZER"] == f"mailto:{found.organizer_email}"
    assert "LOCATION" not in event
    assert "DESCRIPTION" not in event
    told = "\n".join(unfolded(calendar_of(letter)))
    assert "METHOD:CANCEL" in told
    words = words_of(letter) + words_of(letter, "text/html") + told + str(letter["Subject"])
    for private in (
        found.client.name,
        found.reference,
        NEW,
        "24 November",
        "meet.example.org",
        "/b/",
    ):
        assert private not in words


def test_the_new_address_gets_the_meeting_with_a_later_revision_and_a_link_that_opens_it(
    desk: Browser, found: Booking
) -> None:
    """Both addresses may be one calendar: there the invitation has the last word."""
    shown = text_of(correct(desk))
    assert f"1 meeting to come was sent to {NEW}." in shown
    [letter] = mailed(NEW).values()
    event = event_of(calendar_of(letter))
    assert (str(event["UID"]), event["SEQUENCE"], event["STATUS"]) == (
        str(found.uid),
        2,
        "CONFIRMED",
    )
    assert event["ATTENDEE"] == f"mailto:{NEW}"
    [token] = re.findall(r"/b/([\w-]+)/", words_of(letter))
    assert open_link(Browser(), token)["Location"] == f"/booking/{found.uid}/"
    found.refresh_from_db()
    assert found.sequence == 2
    line = found.events.get(action=BookingEvent.Action.READDRESSED)
    assert (line.actor, line.what) == ("therapist", "")


def test_it_is_written_down_without_an_address(desk: Browser, found: Booking, world: World) -> None:
    correct(desk)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.about) == ("links_revoked", f"client:{found.client_id}")
    assert event.user_id == world.therapist.user_id


@pytest.mark.parametrize("email", [OLD, OLD.upper()])
def test_the_same_address_ends_and_mails_nothing(desk: Browser, found: Booking, email: str) -> None:
    before = OutgoingMail.objects.count()
    assert "have ended" not in text_of(correct(desk, email, name="Sam O."))
    assert Client.objects.get().name == "Sam O."
    assert Client.objects.get().email == email
    assert OutgoingMail.objects.count() == before
    assert open_link(Browser(), old_token()).status_code == 302


def test_a_meeting_that_was_is_told_to_nobody(desk: Browser, world: World) -> None:
    made = force_booking(world, NOW - DAY)
    token = private_links.to_booking(made, NOW)
    assert "0 meetings to come were sent" in text_of(correct(desk))
    assert not OutgoingMail.objects.exists()
    assert open_link(Browser(), token).status_code == 404


def test_what_waits_for_the_old_address_is_taken_back_or_goes_to_the_new_one(
    desk: Browser, world: World, found: Booking
) -> None:
    """The confirmation says what a reminder would; of a cancelled meeting nobody else tells."""
    gone = force_booking(world, START + DAY, client=found.client)
    lifecycle.cancel(gone.pk, by=By.therapist(), reason="Ill", now=NOW)
    manage, stop = (
        private_links.booking_link(found, NOW),
        private_links.reminders_link(found, NOW),
    )
    queue([letters.reminder(found, 24, *private_links.store([manage, stop]))])
    correct(desk)
    waiting = OutgoingMail.objects.filter(state="pending")
    assert {(mail.to, mail.kind) for mail in waiting.exclude(kind__startswith="therapist")} == {
        (OLD, "left_address"),
        (NEW, "confirmation"),
        (NEW, "cancellation"),
    }
    lets_go = waiting.filter(kind="left_address")
    assert {mail.about.partition(":")[2] for mail in lets_go} == {str(found.uid), str(gone.uid)}
    assert OutgoingMail.objects.get(kind="reminder").state == "withdrawn"


def test_a_link_that_no_mailbox_has_yet_goes_to_the_new_address(
    desk: Browser, world: World
) -> None:
    held = force_booking(world, NOW - DAY)
    words = letters.follow_up(
        held, _follow_up(world), private_links.to_pages(held.client, world.therapist.practice, NOW)
    )
    queue([words])
    correct(desk)
    mail = OutgoingMail.objects.get()
    [token] = re.findall(r"/b/([\w-]+)/", mail.text)
    assert (mail.to, mail.state) == (NEW, "pending")
    assert open_link(Browser(), token).status_code == 302


def _follow_up(world: World) -> Any:
    return FollowUp.objects.of([world.therapist])[0]


def test_a_mail_that_somebody_tried_to_send_may_have_arrived_and_its_link_ends(
    desk: Browser, world: World
) -> None:
    held = force_booking(world, NOW - DAY)
    token = private_links.to_pages(held.client, world.therapist.practice, NOW)
    queue([letters.follow_up(held, _follow_up(world), token)])
    OutgoingMail.objects.update(attempts=1)
    correct(desk)
    assert OutgoingMail.objects.get().state == "withdrawn"
    assert open_link(Browser(), token).status_code == 404


@pytest.mark.parametrize("reason", ["I’m away.", ""])
def test_whoever_was_asked_to_move_is_asked_at_the_new_address(
    desk: Browser, found: Booking, reason: str
) -> None:
    lifecycle.ask_to_move(found.pk, 0, None, by=By.therapist(), reason=reason, now=NOW)
    if not reason:
        # As a release before left it, whose line has gone.
        found.events.filter(action="asked").delete()
    correct(desk)
    question = OutgoingMail.objects.get(kind="asked_to_move", to=NEW)
    assert question.state == "pending"
    assert reason in question.text
    old = OutgoingMail.objects.filter(kind="asked_to_move", to=OLD)
    assert {mail.state for mail in old} == {"withdrawn"}


def test_the_new_address_can_ask_for_links(desk: Browser, found: Booking) -> None:
    correct(desk)
    for email, count in ((OLD, 0), (NEW, 1)):
        link_requests.ask(email, NOW)
        link_requests.answer()
        assert OutgoingMail.objects.filter(kind="links", to=email).count() == count


def test_an_address_of_another_client_changes_nothing(desk: Browser, found: Booking) -> None:
    Client.objects.create(name="Kim", email=NEW, mailbox=NEW, created_at=NOW)
    path = reverse("admin:clients_client_change", args=[found.client_id])
    given = {"name": "Sam", "email": NEW.upper(), "wants_reminders": "on"}
    assert "There is a client with this email address already." in text_of(
        desk.post(path, {**given, **CONSENTS})
    )
    assert AccessLink.objects.filter(revoked_at=None).count() == AccessLink.objects.count()


def test_who_does_not_meet_them_corrects_nothing(world: World, found: Booking) -> None:
    stranger = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    found.client.email = NEW
    with pytest.raises(NotBookableError) as refused:
        new_address(found.client, by=By.therapist(stranger.user), now=NOW)
    assert refused.value.code == Code.NOT_YOUR_DIARY
    assert Client.objects.get().email == OLD


def test_who_meets_them_corrects_it_for_all_who_do(world: World, found: Booking) -> None:
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    theirs = replace(world, therapist=other, consultation=make_service(other))
    make_places(other)
    force_booking(theirs, NOW + timedelta(days=9), client=found.client, proven_at=NOW)
    found.client.email = NEW
    told = new_address(found.client, by=By.therapist(other.user), now=NOW)
    assert told
    assert {one.therapist_id for one in told} == {world.therapist.pk, other.pk}
