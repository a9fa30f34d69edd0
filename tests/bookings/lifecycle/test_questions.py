"""Who is asked to move a meeting, and doesn't answer: asked again, reminded, or let be."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from bookings import lifecycle
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent, Hold
from bookings.notices import reminders
from bookings.notices.summary import history
from clients.models import AccessLink
from outbox.models import OutgoingMail
from tests.bookings.notices.letters import one, text_of
from tests.bookings.refusals import therapist_is_told
from tests.factories import NOW, World, book, force_booking
from tests.pages import rows

THERAPIST, CLIENT = By.therapist(), By.client()
START = NOW + timedelta(days=2, hours=1)
OTHER = START + timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def asked(world: World) -> Booking:
    """A booking whose client has read that it should be moved to a time that is kept for them."""
    found = book(world, START)
    lifecycle.ask_to_move(found.pk, 0, OTHER, by=THERAPIST, reason="I’m away.", now=NOW)
    leave()
    found.refresh_from_db()
    return found


def leave() -> None:
    """All mail so far has left."""
    OutgoingMail.objects.update(state="sent")


def kinds() -> list[str]:
    waiting = OutgoingMail.objects.filter(state="pending").order_by("pk")
    return list(waiting.values_list("kind", flat=True))


def again(found: Booking, **facts: Any) -> Booking:
    said = {"by": THERAPIST, "reason": "Please.", "now": NOW + HOUR, **facts}
    return lifecycle.ask_again(found.pk, said.pop("seen", 0), **said)


def withdraw(found: Booking, **facts: Any) -> Booking:
    said = {"by": THERAPIST, "reason": "I’m back.", "now": NOW + HOUR, **facts}
    return lifecycle.withdraw_question(found.pk, said.pop("seen", 0), **said)


# --- asking again


def test_asking_again_mails_and_keeps_the_proposed_time_anew(asked: Booking) -> None:
    found = again(asked)
    assert kinds() == ["asked_again"]
    words = " ".join(text_of(one(found, "asked_again")).split())
    assert "I asked you to choose another time for our appointment" in words
    assert "Please." in words
    assert "Would Thursday 26 November 2026, 10am UK time suit you instead?" in words
    assert (found.asked_at, found.proposed_start, found.sequence) == (NOW + HOUR, OTHER, 0)
    assert Hold.objects.get(visitor=found.visitor).expires_at == START
    line = found.events.latest("pk")
    assert (line.action, line.reason) == ("asked", "Please.")
    assert "Thursday 26 November 2026, 10am UK time was proposed." in line.what.replace("\xa0", " ")


def test_a_proposed_time_that_is_gone_is_not_proposed_again(world: World, asked: Booking) -> None:
    Hold.objects.all().delete()
    force_booking(world, OTHER)
    found = again(asked)
    assert found.proposed_start is None
    words = " ".join(text_of(one(found, "asked_again")).split())
    assert "Please choose a time that suits you instead." in words
    assert "can’t be had any more" in found.events.latest("pk").what


def test_who_was_asked_without_a_time_is_asked_again_without_one(world: World) -> None:
    found = book(world, START)
    lifecycle.ask_to_move(found.pk, 0, None, by=THERAPIST, reason="", now=NOW)
    leave()
    assert "No time was proposed." in again(found).events.latest("pk").what


def test_asking_again_can_be_taken_back_and_the_question_stands_as_before(asked: Booking) -> None:
    found = again(asked)
    lifecycle.take_back(found.events.latest("pk").told_by, by=THERAPIST, now=NOW + HOUR)
    found.refresh_from_db()
    assert (found.asked_at, found.proposed_start) == (NOW, OTHER)
    assert kinds() == []


def test_nobody_is_asked_again_while_the_first_email_waits(world: World) -> None:
    found = book(world, START)
    lifecycle.ask_to_move(found.pk, 0, None, by=THERAPIST, reason="", now=NOW)
    with therapist_is_told(NotBookableError, match="leaves in a moment by itself"):
        again(found)


@pytest.mark.parametrize("verb", [again, withdraw])
def test_who_has_answered_is_neither_asked_nor_let_be(asked: Booking, verb: Any) -> None:
    to = Change(OTHER, asked.format, asked.place, 0)
    lifecycle.reschedule(asked.pk, to, by=CLIENT, now=NOW)
    before = rows()
    for seen, words in ((0, "has been changed meanwhile"), (1, "isn’t asked for another time")):
        with therapist_is_told(NotBookableError, match=words):
            verb(asked, seen=seen)
    assert rows() == before


# --- withdrawing


def test_withdrawing_frees_what_was_proposed_and_tells_whoever_read_the_question(
    asked: Booking,
) -> None:
    found = withdraw(asked)
    assert (found.asked_at, found.proposed_start, found.start) == (None, None, START)
    assert not Hold.objects.exists()
    assert kinds() == ["stays"]
    words = " ".join(text_of(one(found, "stays")).split())
    assert "You needn’t any more: I can make it after all, and it stays as it is." in words
    assert "I’m back." in words
    assert [line["what"] for line in history(found)] == [
        "Asked to move by me",
        "Question withdrawn by me",
    ]


def test_withdrawing_can_be_taken_back_while_its_email_waits(asked: Booking) -> None:
    found = withdraw(asked)
    key = found.events.latest("pk").told_by
    lifecycle.take_back(key, by=THERAPIST, now=NOW + HOUR)
    found.refresh_from_db()
    assert (found.asked_at, found.proposed_start) == (NOW, OTHER)
    assert Hold.objects.filter(visitor=found.visitor).exists()
    assert kinds() == []
    withdraw(asked)
    assert kinds() == ["stays"]


def test_a_question_that_has_not_left_is_withdrawn_and_nobody_hears_of_it(world: World) -> None:
    found = book(world, START)
    leave()
    lifecycle.ask_to_move(found.pk, 0, OTHER, by=THERAPIST, reason="", now=NOW)
    found = withdraw(found)
    assert kinds() == []
    assert history(found) == []
    assert lifecycle.way_back(found) is None
    # Nor does it leave when what comes later is taken back.
    gone = lifecycle.cancel(found.pk, by=THERAPIST, reason="", now=NOW)
    lifecycle.take_back(gone.events.latest("pk").told_by, by=THERAPIST, now=NOW)
    assert kinds() == []


def test_withdrawn_twice_each_time_they_are_told_of_what_they_read(asked: Booking) -> None:
    withdraw(asked)
    leave()
    lifecycle.ask_to_move(asked.pk, 0, None, by=THERAPIST, reason="", now=NOW + HOUR)
    assert withdraw(asked).asked_at is None
    assert kinds() == []


def test_a_question_that_is_asked_again_and_withdrawn_in_a_moment_is_told_to_who_read_the_first(
    asked: Booking,
) -> None:
    again(asked)
    withdraw(asked)
    assert kinds() == ["stays"]


def test_who_was_asked_at_a_new_address_is_told_there(world: World, asked: Booking) -> None:
    client = asked.client
    OutgoingMail.objects.filter(kind="asked_to_move").update(state="withdrawn")
    client.email = "new@example.com"
    lifecycle.new_address(client, by=THERAPIST, now=NOW, theirs=[asked.pk])
    leave()
    OutgoingMail.objects.filter(key=asked.events.get(action="asked").told_by).update(
        state="withdrawn"
    )
    withdraw(asked, seen=2)
    assert kinds() == ["stays"]


# --- reminders


def remind(found: Booking, hours: int) -> None:
    """Let the moment so many hours before the meeting be a minute ago, by the real clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE bookings_booking SET
                during = tstzrange(s, s + interval '15 minutes'),
                changed_at = s - interval '30 days',
                reminds_from = s - interval '30 days',
                asked_at = CASE WHEN asked_at IS NULL THEN NULL ELSE s - interval '20 days' END
            FROM (SELECT now() + (%s * interval '1 hour') - interval '1 minute' AS s) AS moment
            """,
            [hours],
        )
        cursor.execute("UPDATE clients_client SET reminders_from = now() - interval '60 days'")
        cursor.execute(
            "UPDATE availability_practice SET reminders_from = now() - interval '60 days'"
        )


def test_who_has_not_answered_is_reminded_of_the_question_and_not_of_the_meeting(
    asked: Booking,
) -> None:
    remind(asked, 24)
    assert reminders.queue_due() == 1
    assert reminders.queue_due() == 0
    mail = OutgoingMail.objects.get(kind="reminder")
    assert mail.unsubscribe_url
    assert mail.not_after == Booking.objects.get().start
    words = " ".join(text_of(one(asked, "reminder")).split())
    assert "I asked you to choose another time for our appointment" in words
    assert "Stop reminders" in words
    assert "we meet soon" not in words


def test_who_was_asked_after_the_moment_is_not_reminded_of_it_at_once(asked: Booking) -> None:
    remind(asked, 24)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_booking SET asked_at = now()")
    assert reminders.queue_due() == 0


def test_a_reminder_of_the_question_is_taken_back_with_it(asked: Booking) -> None:
    remind(asked, 24)
    reminders.queue_due()
    found = Booking.objects.get()
    withdraw(asked, now=found.start - HOUR)
    assert kinds() == ["stays"]
    assert AccessLink.objects.exists()
    assert BookingEvent.objects.latest("pk").action == "withdrawn"
