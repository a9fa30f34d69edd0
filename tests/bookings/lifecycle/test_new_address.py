"""A client's address is corrected: the old one opens and hears nothing more, the new one all."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Practice, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.lifecycle import Person
from bookings.lifecycle.new_address import new_address
from bookings.models import Booking, BookingEvent, FollowUp
from bookings.notices import letters, link_requests, private_links
from bookings.notices.keys import about_booking
from clients.models import AccessLink, Client
from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import queue
from prose.cleaning import email_address
from staff.models import SecurityEvent
from tests.bookings.notices.letters import calendar_of, event_of, sent, unfolded
from tests.bookings.notices.letters import text_of as words_of
from tests.desk.tab import as_opened
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


def correct(desk: Browser, email: str = NEW, **fields: Any) -> Any:
    """Correct the address, and say that all that nobody has confirmed is theirs."""
    client = Client.objects.get()
    given = {"name": client.name, "email": email, "phone": "", "wants_reminders": "on"}
    waiting = lifecycle.unconfirmed(client, By.therapist()).values_list("pk", flat=True)
    seen = {"_theirs_seen": ",".join(map(str, waiting)), "_theirs": list(waiting)}
    fields = {**seen, **fields}
    path = reverse("admin:clients_client_change", args=[client.pk])
    opened = as_opened(desk, path)
    return desk.post(path, {**opened, **given, **CONSENTS, **fields}, follow=True)


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
    told = unfolded(calendar_of(letter))
    assert [line.partition(":")[0] for line in told if line] == [
        *("BEGIN", "PRODID", "VERSION", "CALSCALE", "METHOD", "BEGIN"),
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "STATUS", "ORGANIZER", "ATTENDEE"),
        *("END", "END"),
    ]
    assert {
        f"UID:{found.uid}",
        "METHOD:CANCEL",
        "SEQUENCE:1",
        "STATUS:CANCELLED",
        "DTSTART:20261124T100000Z",
        f"ATTENDEE:mailto:{OLD}",
        f"ORGANIZER:mailto:{found.organizer_email}",
    } <= set(told)


def test_the_mail_to_the_old_address_names_no_practice_and_no_meeting(
    desk: Browser, found: Booking, world: World
) -> None:
    Practice.objects.update(summary="Therapy in Fulham.")
    Therapist.objects.update(email="elsewhere@kicks.example")
    correct(desk)
    [letter] = mailed(OLD).values()
    assert letter["From"] == "robin@kicks.example"  # the organizer: else nothing is taken out
    assert letter["Reply-To"] is None
    told = "\n".join(unfolded(calendar_of(letter)))
    words = words_of(letter) + words_of(letter, "text/html") + told
    words += "".join(f"{name}: {value}" for name, value in letter.items() if name != "To")
    private = (found.client.name, found.reference, NEW, "24 November", "10am", "meet.example.org")
    ours = (world.therapist.name, "Kicks Therapy", "herapy", "Fulham", "/b/", "/privacy/")
    for word in (*private, *ours, "Samaritans", "consultation", "elsewhere"):
        assert word not in words


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
    # The domain is kept in small letters, as it is on the public form.
    assert Client.objects.get().email == email_address(email)
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
    queue([letters.reminder(found, 24, *private_links.store([manage, stop]), now=found.created_at)])
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
        held,
        _follow_up(world),
        private_links.to_pages(held.client, world.therapist.practice, NOW),
        NOW,
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
    queue([letters.follow_up(held, _follow_up(world), token, NOW)])
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
        desk.post(path, {**as_opened(desk, path), **given, **CONSENTS})
    )
    assert AccessLink.objects.filter(revoked_at=None).count() == AccessLink.objects.count()


# --- what nobody has confirmed

TYPED = Person("Mallory Fake", OLD, "07700 900666")


@pytest.fixture
def strangers(world: World, found: Booking) -> Booking:
    """Beside a meeting that is the client's, one that somebody typed their address into."""
    lifecycle.prove(found, now=NOW)
    return book(world, START + DAY, person=TYPED)


def test_what_nobody_has_confirmed_is_asked_about_and_nothing_is_kept_before(
    desk: Browser, strangers: Booking
) -> None:
    page = text_of(correct(desk, _theirs_seen="", _theirs=[]))
    assert "Nothing is saved yet." in page
    assert "Mallory Fake, 07700 900666" in page
    assert "Wednesday 25 November 2026" in page
    assert "24 November" not in page
    assert Client.objects.get().email == OLD
    assert not OutgoingMail.objects.filter(kind="left_address").exists()


def test_what_is_not_said_to_be_theirs_stays_with_the_old_address(
    desk: Browser, found: Booking, strangers: Booking
) -> None:
    token = private_links.to_booking(strangers, NOW)
    shown = text_of(correct(desk, _theirs=[]))
    assert f"1 meeting to come was sent to {NEW}." in shown
    strangers.refresh_from_db()
    card = strangers.client
    assert (card.name, card.email, card.phone) == ("Mallory Fake", OLD, "07700 900666")
    assert (card.is_proven, strangers.is_proven, strangers.sequence) == (False, False, 0)
    true = Client.objects.get(email=NEW)
    assert list(true.bookings.all()) == [found]
    assert (true.name, true.phone) == ("Sam Okafor", "")
    # Whoever reads mail at the old address still has what came to them, and the other hears none.
    assert open_link(Browser(), token).status_code == 302
    about = about_booking(strangers.uid)
    assert set(OutgoingMail.objects.filter(about=about).values_list("to", flat=True)) == {
        OLD,
        strangers.therapist.email,
    }


def test_what_is_said_to_be_theirs_follows_and_is_confirmed_by_that(
    desk: Browser, strangers: Booking
) -> None:
    assert f"2 meetings to come were sent to {NEW}." in text_of(correct(desk))
    strangers.refresh_from_db()
    assert strangers.is_proven
    card = Client.objects.get()
    assert (card.name, strangers.called) == ("Sam Okafor", "Sam Okafor")
    assert card.consents.count() == 2


def test_one_that_came_meanwhile_is_asked_about_too(
    desk: Browser, world: World, strangers: Booking
) -> None:
    seen = str(strangers.pk)
    book(world, START + 2 * DAY, person=TYPED)
    page = text_of(correct(desk, _theirs_seen=seen, _theirs=[seen, "x", "²"]))
    assert "Are these bookings Sam Okafor’s?" in page
    assert page.count('name="_theirs"') == 2
    assert page.count("checked") == 1
    assert Client.objects.get().email == OLD


def test_going_back_shows_the_form_as_it_was_typed(desk: Browser, strangers: Booking) -> None:
    page = text_of(correct(desk, _theirs_seen="", _preview_back="1"))
    assert f'value="{NEW}"' in page
    assert Client.objects.get().email == OLD


def test_nothing_is_asked_where_only_the_name_is_changed(desk: Browser, strangers: Booking) -> None:
    page = text_of(correct(desk, OLD, name="Sam O.", _theirs_seen=""))
    assert "was changed successfully" in page
    assert Client.objects.get().name == "Sam O."


def test_another_therapists_unconfirmed_booking_is_neither_shown_nor_taken(
    desk: Browser, world: World, found: Booking
) -> None:
    lifecycle.prove(found, now=NOW)
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    theirs = replace(world, therapist=other, consultation=make_service(other))
    make_places(other)
    hidden = force_booking(theirs, START + DAY, client=found.client, contact_name="Kim Lee")
    page = text_of(correct(desk, _theirs_seen="", _theirs=[str(hidden.pk)]))
    assert "was sent to" in page
    hidden.refresh_from_db()
    assert (hidden.is_proven, hidden.client.email, hidden.client.name) == (False, OLD, "Kim Lee")


def test_a_press_that_waited_for_the_correction_confirms_nothing_of_the_clients(
    world: World, found: Booking, strangers: Booking
) -> None:
    """It had read the booking with the card that it was on before."""
    stale = Booking.objects.whole().get(pk=strangers.pk)
    found.client.email = NEW
    new_address(found.client, by=By.therapist(), now=NOW)
    Client.objects.filter(email=NEW).update(proven_at=None)
    stale.client.proven_at = None
    lifecycle.prove(stale, now=NOW)
    strangers.refresh_from_db()
    true = Client.objects.get(email=NEW)
    assert (strangers.is_proven, true.is_proven, true.consents.count()) == (False, False, 1)


def test_who_does_not_meet_them_corrects_nothing(world: World, found: Booking) -> None:
    stranger = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    found.client.email = NEW
    with pytest.raises(NotBookableError) as refused:
        new_address(found.client, by=By.therapist(stranger.user), now=NOW)
    assert refused.value.code == Code.NOT_YOUR_DIARY
    assert Client.objects.get().email == OLD


def test_who_meets_them_corrects_it_for_all_who_do(world: World, found: Booking) -> None:
    lifecycle.prove(found, now=NOW)
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    theirs = replace(world, therapist=other, consultation=make_service(other))
    make_places(other)
    force_booking(theirs, NOW + timedelta(days=9), client=found.client, proven_at=NOW)
    found.client.email = NEW
    told = new_address(found.client, by=By.therapist(other.user), now=NOW)
    assert told
    assert {one.therapist_id for one in told} == {world.therapist.pk, other.pk}
