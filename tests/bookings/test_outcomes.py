"""After the meeting: who came, how a consultation ended, and the one mail that follows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape

from availability.models import Format
from bookings import lifecycle, outcomes
from bookings.by import By
from bookings.eligibility import may_book_sessions
from bookings.errors import NotBookableError
from bookings.follow_up_mails import SUBJECT
from bookings.models import Booking, FollowUp, Outcome
from bookings.notices.keys import about_booking, outcome_of
from bookings.outcomes import Report
from clients.models import AccessLink
from outbox.models import OutgoingMail
from tests.bookings.notices.letters import one, part, sent
from tests.bookings.notices.letters import text_of as words_of
from tests.bookings.refusals import therapist_is_told
from tests.factories import NOW, World, book, force_booking, make_client, make_therapist
from tests.outbox.letters import waits
from tests.pages import address, open_link, rows, text_of
from tests.pages import book as book_by_page

START = NOW + timedelta(days=1, hours=1)
AFTER = START + timedelta(minutes=20)
CAME, LATE, NO_SHOW = Booking.Attendance
CONTINUE, NOT_THE_FIT, THINK = Outcome
State = OutgoingMail.State


@pytest.fixture
def held(world: World) -> Booking:
    """A consultation that has been."""
    return book(world, START, email="sam@example.com")


def record(found: Booking, attendance: str = CAME, outcome: str = "", **facts: Any) -> Booking:
    """Record it as whoever has just opened the page would."""
    now, by = facts.pop("now", AFTER), By.therapist(facts.pop("user", None))
    fresh = {"seen": outcomes.last_line(found.pk), **facts}
    return lifecycle.record(found.pk, Report(attendance, outcome, **fresh), by=by, now=now)


def follow_ups(found: Booking) -> dict[str, str]:
    """The state of each follow-up, by its outcome."""
    queued = OutgoingMail.objects.filter(about=about_booking(found.uid), kind="follow_up")
    return {outcome_of(mail.key): mail.state for mail in queued}


def let_go(found: Booking, state: str = State.SENT) -> None:
    waiting = OutgoingMail.objects.filter(
        about=about_booking(found.uid), kind="follow_up", state="pending"
    )
    assert waiting.update(state=state) == 1


# --- recording


def test_who_came_is_kept_with_who_said_so_and_when(world: World, held: Booking) -> None:
    user = User.objects.get(pk=world.therapist.user_id)
    record(held, LATE, user=user)
    stored = Booking.objects.get()
    assert (stored.attendance, stored.outcome) == ("late", "")
    line = stored.events.get(action="recorded")
    assert (line.actor, line.user, line.at, line.what) == ("therapist", user, AFTER, "Came late")


def test_nothing_that_a_calendar_reads_is_touched(held: Booking) -> None:
    record(held, CAME, CONTINUE)
    stored = Booking.objects.get()
    assert (stored.sequence, stored.changed_at) == (0, NOW)
    assert stored.events.get(action="recorded").sequence == 0


@pytest.mark.parametrize("early", [timedelta(0), timedelta(minutes=3)])
def test_it_can_be_recorded_from_the_moment_it_begins(held: Booking, early: timedelta) -> None:
    with therapist_is_told(NotBookableError, match="hasn’t begun"):
        record(held, NO_SHOW, now=START - timedelta(microseconds=1))
    assert record(held, NO_SHOW, now=START + early).attendance == "no_show"


def test_of_a_cancelled_meeting_there_is_nothing_to_record(held: Booking) -> None:
    lifecycle.cancel(held.pk, by=By.client(), reason="", now=NOW)
    with therapist_is_told(NotBookableError, match="was cancelled"):
        record(held)
    assert Booking.objects.get().attendance == ""


def test_recording_again_replaces_it_and_adds_a_line(held: Booking) -> None:
    record(held, NO_SHOW)
    record(held, CAME, THINK, now=AFTER + timedelta(hours=1))
    stored = Booking.objects.get()
    assert (stored.attendance, stored.outcome) == ("attended", "think")
    lines = stored.events.filter(action="recorded").values_list("what", flat=True)
    assert list(lines) == ["No-show", "Attended. Think about it, with an email"]


@pytest.mark.parametrize("outcome", ["", *Outcome])
def test_saying_the_same_twice_is_saying_it_once(held: Booking, outcome: str) -> None:
    seen = outcomes.last_line(held.pk)
    record(held, CAME, outcome, seen=seen)
    before, due = rows(), OutgoingMail.objects.order_by("pk").values_list("key", "due_at")
    was = list(due)
    for sight in (seen, outcomes.last_line(held.pk)):
        record(held, CAME, outcome, seen=sight, now=AFTER + timedelta(minutes=1))
    assert (rows(), list(due)) == (before, was)


def test_whoever_saw_an_older_state_is_told_what_stands(held: Booking) -> None:
    seen = outcomes.last_line(held.pk)
    record(held, CAME, CONTINUE)
    before = rows()
    with therapist_is_told(NotBookableError, match=r"recorded now: Attended\. Continue\."):
        record(held, NO_SHOW, seen=seen)
    assert rows() == before
    assert Booking.objects.get().outcome == "continue"


@pytest.mark.parametrize("outcome", Outcome)
def test_who_did_not_come_and_a_session_have_no_outcome(
    world: World, held: Booking, outcome: str
) -> None:
    with therapist_is_told(NotBookableError, match="no outcome"):
        record(held, NO_SHOW, outcome)
    session = force_booking(world, NOW - timedelta(days=1), service=world.session)
    with therapist_is_told(NotBookableError, match="Only a consultation"):
        record(session, CAME, outcome)
    assert not Booking.objects.exclude(outcome="", attendance="").exists()


def test_postgres_keeps_an_outcome_without_a_meeting_out(held: Booking) -> None:
    for attendance in ("", "no_show"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Booking.objects.update(attendance=attendance, outcome="continue")


def test_a_session_is_recorded_without_a_mail(world: World) -> None:
    session = force_booking(world, NOW - timedelta(days=1), service=world.session)
    record(session, LATE)
    assert Booking.objects.get().attendance == "late"
    assert not OutgoingMail.objects.exists()


# --- who may book what


def test_continue_accepts_the_client_once(held: Booking) -> None:
    record(held, CAME, CONTINUE)
    held.client.refresh_from_db()
    assert held.client.accepted_at == AFTER
    record(held, LATE, CONTINUE, now=AFTER + timedelta(days=1))
    held.client.refresh_from_db()
    assert held.client.accepted_at == AFTER


@pytest.mark.parametrize(
    ("attendance", "outcome", "may"),
    [
        (CAME, "", True),
        (LATE, "", True),
        (CAME, CONTINUE, True),
        (CAME, THINK, True),
        (CAME, NOT_THE_FIT, False),
        (NO_SHOW, "", False),
    ],
)
def test_who_may_book_sessions_afterwards(
    held: Booking, attendance: str, outcome: str, *, may: bool
) -> None:
    assert may_book_sessions(held.client, AFTER)
    record(held, attendance, outcome)
    held.client.refresh_from_db()
    assert may_book_sessions(held.client, AFTER) == may


@pytest.mark.parametrize(("attendance", "outcome"), [(CAME, NOT_THE_FIT), (NO_SHOW, "")])
def test_a_slip_that_accepted_somebody_is_taken_back(
    held: Booking, attendance: str, outcome: str
) -> None:
    record(held, CAME, CONTINUE)
    record(held, attendance, outcome)
    held.client.refresh_from_db()
    assert held.client.accepted_at is None
    assert not may_book_sessions(held.client, AFTER)


def test_who_was_accepted_by_hand_stays_accepted(world: World) -> None:
    client = make_client(accepted_at=NOW)
    found = force_booking(world, NOW - timedelta(days=1), client=client)
    record(found, CAME, CONTINUE)
    record(found, CAME, NOT_THE_FIT)
    client.refresh_from_db()
    assert client.accepted_at == NOW


def test_a_consultation_that_was_missed_is_booked_anew_as_a_first(
    world: World, held: Booking
) -> None:
    again = book(world, START + timedelta(days=7), AFTER, email="sam@example.com")
    assert again.is_repeat
    lifecycle.cancel(again.pk, by=By.client(), reason="", now=AFTER)
    record(held, NO_SHOW)
    again = book(world, START + timedelta(days=7), AFTER, email="sam@example.com")
    assert (again.client, again.is_repeat) == (held.client, False)


def test_one_that_did_not_fit_is_booked_anew_as_a_second(world: World, held: Booking) -> None:
    record(held, CAME, NOT_THE_FIT)
    assert book(world, START + timedelta(days=7), AFTER, email="sam@example.com").is_repeat


# --- the mail


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_has_its_mail_which_waits_two_minutes(held: Booking, outcome: str) -> None:
    record(held, CAME, outcome)
    mail = OutgoingMail.objects.get(kind="follow_up")
    assert waits(mail.key) == 120
    assert (mail.to, mail.subject, mail.invite) == ("sam@example.com", SUBJECT, "")
    letter = one(held, "follow_up")
    for kind in ("text/plain", "text/html"):
        words = words_of(letter, kind).replace("&nbsp;", " ")
        assert "Hello Sam Okafor." in words
        assert "Robin Kicks" in words
        assert all(number in words for number in ("116 123", "111", "999"))
    assert part(letter, "text/plain").get_content_charset() == "utf-8"


def test_its_subject_tells_nothing_and_is_the_same_for_all(world: World) -> None:
    for n, outcome in enumerate(Outcome):
        found = book(world, START + timedelta(hours=n))
        record(found, CAME, outcome, now=AFTER + timedelta(hours=n))
    letters = [letter for letter in sent() if letter["Subject"] == SUBJECT]
    assert len(letters) == 3
    heads = {name: {letter[name] for letter in letters} for name in ("Subject", "From")}
    assert [len(values) for values in heads.values()] == [1, 1]


def test_continue_carries_a_private_link_that_books_a_session(
    client: Browser, world: World, held: Booking
) -> None:
    record(held, CAME, CONTINUE)
    text = OutgoingMail.objects.get(kind="follow_up").text
    [token] = re.findall(r"/b/([\w-]+)/", text)
    opened = open_link(client, token)
    assert opened["Location"] == reverse("book")
    page = client.get(address("details", world, slot="2026-11-25T10:00", service=world.session))
    assert f"You’re booking as <strong>{held.client.name}</strong>" in text_of(page)


def test_think_leads_to_the_page_that_mails_the_link_and_opens_nothing(held: Booking) -> None:
    links = AccessLink.objects.count()
    record(held, CAME, THINK)
    text = OutgoingMail.objects.get(kind="follow_up").text
    assert reverse("sessions") in text
    assert "/b/" not in text
    assert AccessLink.objects.count() == links


def test_not_the_right_fit_names_where_else_to_turn_and_has_no_link_to_book(held: Booking) -> None:
    links = AccessLink.objects.count()
    record(held, CAME, NOT_THE_FIT)
    mail = OutgoingMail.objects.get(kind="follow_up")
    for body in (mail.text, mail.html):
        assert "BACP" in body
        assert "UKCP" in body
        assert "/b/" not in body
        assert "/book/" not in body
    assert AccessLink.objects.count() == links


def test_the_therapists_own_words_are_sent_as_they_are(world: World, held: Booking) -> None:
    words = "Hi <b>there</b> & {{ settings.SECRET_KEY }}\nline two\n\nSecond {% now 'Y' %}"
    FollowUp.objects.create(therapist=world.therapist, outcome=THINK, subject="A word", body=words)
    record(held, CAME, THINK)
    letter = one(held, "follow_up")
    assert letter["Subject"] == "A word"
    assert words in words_of(letter).replace("\r\n", "\n")
    page = words_of(letter, "text/html")
    assert escape("Hi <b>there</b> & {{ settings.SECRET_KEY }}") + "<br>line two</p>" in page
    assert "<b>there" not in page


def test_each_therapist_has_the_words_from_the_first_day_and_changes_their_own_alone(
    world: World,
) -> None:
    other = make_therapist(practice=world.therapist.practice)
    FollowUp.objects.create(
        therapist=world.therapist, outcome=CONTINUE, subject="Mine", body="Come.", is_on=False
    )
    found = FollowUp.objects.of([world.therapist, other])
    told = [(one.therapist_id, one.outcome, one.subject, one.is_on) for one in found]
    assert told == [
        (world.therapist.pk, CONTINUE, "Mine", False),
        (world.therapist.pk, NOT_THE_FIT, SUBJECT, True),
        (world.therapist.pk, THINK, SUBJECT, True),
        *((other.pk, outcome, SUBJECT, True) for outcome in Outcome),
    ]
    assert all(one.paragraphs for one in found)


def test_one_therapist_has_one_mail_for_an_outcome(world: World) -> None:
    facts = {"therapist": world.therapist, "outcome": THINK, "subject": "a", "body": "b"}
    FollowUp.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.create(**facts)


@pytest.mark.parametrize("how", ["for good", "this time"])
def test_a_mail_that_is_switched_off_does_not_go_and_continue_still_accepts(
    world: World, held: Booking, how: str
) -> None:
    if how == "for good":
        FollowUp.objects.create(
            therapist=world.therapist, outcome=CONTINUE, subject="a", body="b", is_on=False
        )
    record(held, CAME, CONTINUE, with_mail=how == "for good")
    assert follow_ups(held) == {}
    assert held.events.get(action="recorded").what == "Attended. Continue, without an email"
    held.client.refresh_from_db()
    assert held.client.accepted_at == AFTER


def test_another_outcome_takes_the_waiting_mail_back_and_queues_its_own(held: Booking) -> None:
    record(held, CAME, CONTINUE)
    record(held, CAME, THINK)
    assert follow_ups(held) == {"continue": "withdrawn", "think": "pending"}
    record(held, NO_SHOW)
    assert follow_ups(held) == {"continue": "withdrawn", "think": "withdrawn"}


def test_an_outcome_that_comes_back_waits_anew_with_a_link_of_its_own(
    client: Browser, held: Booking
) -> None:
    record(held, CAME, CONTINUE)
    first = OutgoingMail.objects.get(kind="follow_up").text
    record(held, CAME, THINK)
    later = AFTER + timedelta(minutes=1)
    record(held, CAME, CONTINUE, now=later)
    assert follow_ups(held) == {"continue": "pending", "think": "withdrawn"}
    mail = OutgoingMail.objects.get(kind="follow_up", state="pending")
    assert waits(mail.key) == 120
    assert mail.text != first
    [token] = re.findall(r"/b/([\w-]+)/", mail.text)
    assert open_link(client, token).status_code == 302


def test_unticking_the_mail_takes_it_back_and_ticking_it_again_brings_it(held: Booking) -> None:
    record(held, CAME, THINK)
    record(held, CAME, THINK, with_mail=False)
    assert follow_ups(held) == {"think": "withdrawn"}
    record(held, CAME, THINK)
    assert follow_ups(held) == {"think": "pending"}
    assert held.events.filter(action="recorded").count() == 3


def test_a_mail_that_was_given_up_is_taken_back_too(held: Booking) -> None:
    record(held, CAME, CONTINUE)
    let_go(held, State.FAILED)
    record(held, CAME, NOT_THE_FIT)
    assert follow_ups(held) == {"continue": "withdrawn", "not_the_fit": "pending"}


@pytest.mark.parametrize("state", [State.SENDING, State.SENT])
def test_what_has_left_is_not_sent_twice_whatever_is_recorded(held: Booking, state: str) -> None:
    record(held, CAME, CONTINUE)
    let_go(held, state)
    record(held, CAME, NOT_THE_FIT)
    assert follow_ups(held) == {"continue": state, "not_the_fit": "pending"}
    record(held, CAME, CONTINUE)
    assert follow_ups(held) == {"continue": state, "not_the_fit": "withdrawn"}
    last = held.events.filter(action="recorded").last()
    assert last is not None
    assert last.what == "Attended. Continue, its email has left before"


def test_other_mail_about_the_booking_is_left_alone(held: Booking) -> None:
    before = dict(OutgoingMail.objects.values_list("kind", "state"))
    record(held, CAME, CONTINUE)
    record(held, NO_SHOW)
    after = dict(OutgoingMail.objects.exclude(kind="follow_up").values_list("kind", "state"))
    assert after == before


# --- what nobody else learns


@pytest.mark.parametrize(
    ("attendance", "outcome"), [(NO_SHOW, ""), *((LATE, outcome) for outcome in Outcome)]
)
def test_the_clients_page_and_calendar_file_are_the_same_bytes_before_and_after(
    client: Browser, world: World, attendance: str, outcome: str
) -> None:
    found = book_by_page(client, world)
    Booking.objects.update(during=(NOW - timedelta(hours=1), NOW - timedelta(minutes=45)))

    def shown() -> list[bytes]:
        pages = [client.get(reverse(n, args=[found.uid])).content for n in ("booking", "ics")]
        # The token of its form differs each time.
        return [re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page) for page in pages]

    before = shown()
    record(found, attendance, outcome, now=NOW)
    assert shown() == before
    words = before[0].decode()
    assert "What has changed" not in words


def test_what_did_change_is_still_told_beside_what_was_recorded(
    client: Browser, world: World
) -> None:
    found = book_by_page(client, world)
    to = lifecycle.Change(found.start, Format.WALKING, world.place(Format.WALKING), 0)
    lifecycle.reschedule(found.pk, to, by=By.therapist(), now=NOW)
    record(found, NO_SHOW, now=found.start)
    page = text_of(client.get(reverse("booking", args=[found.uid])))
    assert "Changed by me" in page
    assert "Recorded" not in page
