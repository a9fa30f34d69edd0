"""What reaches a client whose mailbox or nights aren't safe, and in which words."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from availability.models import Practice
from bookings import lifecycle, outcomes
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices import dates_letter, link_requests, reminders
from bookings.outcomes import Report
from clients.models import Client
from outbox import delivery
from outbox.models import OutgoingMail
from tests.bookings.notices.letters import calendar_of, event_of, one, sent, text_of
from tests.clock import set_database_clock
from tests.factories import NOW, World, book, force_booking, make_client

pytestmark = pytest.mark.django_db
CLIENT, THERAPIST = By.client(), By.therapist()
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
# A week after NOW, early enough for one to be reminded of it in the night.
START = datetime(2026, 11, 30, 9, tzinfo=UTC)
SAM = "sam@example.com"


def due(at: datetime) -> int:
    """Look for reminders at that moment by the database's clock; return how many are queued."""
    set_database_clock(at)
    return reminders.queue_due()


def of_sam(start: datetime, world: World, **facts: object) -> Booking:
    """A meeting of a client who said how they can be reached."""
    sam = make_client(email=SAM, reminders_from=NOW - 7 * DAY, proven_at=NOW, **facts)
    return force_booking(world, start, client=sam, changed_at=NOW, proven_at=NOW)


def kinds(to: str = SAM) -> list[str]:
    return list(OutgoingMail.objects.filter(to=to).order_by("pk").values_list("kind", flat=True))


def test_a_reminder_waits_until_the_quiet_hours_end(world: World) -> None:
    of_sam(START, world, quiet_from=time(21), quiet_until=time(8))
    # The day before at 9am, and on the day at 7am, which has to wait an hour.
    assert [due(START - 24 * HOUR), due(START - 2 * HOUR), due(START - HOUR - MINUTE)] == [1, 0, 0]
    assert due(START - HOUR) == 1


def test_a_reminder_that_would_come_too_late_is_not_sent_in_the_night(world: World) -> None:
    of_sam(START, world, quiet_from=time(6, 30), quiet_until=time(9, 30))
    Practice.objects.update(reminder_hours=[2])
    assert [due(START - 2 * HOUR), due(START - MINUTE), due(START + HOUR)] == [0, 0, 0]


def test_a_reminder_that_a_server_puts_off_does_not_arrive_in_the_night(world: World) -> None:
    of_sam(START, world, quiet_from=time(21), quiet_until=time(8))
    due(START - 24 * HOUR)
    waiting = OutgoingMail.objects.get(kind="reminder")
    assert waiting.not_after == START.replace(day=29, hour=21)
    set_database_clock(START.replace(day=29, hour=21))
    assert delivery.send_due() == 0


def test_a_follow_up_waits_until_the_quiet_hours_end(world: World) -> None:
    held = of_sam(NOW - HOUR, world, quiet_from=time(8), quiet_until=time(18))
    seen = outcomes.last_line(held.pk)
    lifecycle.record(held.pk, Report("attended", "continue", seen=seen), by=THERAPIST, now=NOW)
    assert OutgoingMail.objects.get(kind="follow_up").due_at == NOW.replace(hour=18)


def test_nothing_that_the_practice_does_is_emailed_to_whom_it_may_not(world: World) -> None:
    found = of_sam(START, world, may_email=False)
    other = force_booking(world, START + DAY, client=found.client, proven_at=NOW)
    held = force_booking(world, NOW - HOUR, client=found.client, proven_at=NOW)
    to = Change(START + HOUR, found.format, found.place, 0)
    lifecycle.reschedule(found.pk, to, by=THERAPIST, now=NOW)
    lifecycle.tell_new_facts(found.pk, {"place_name": "Elsewhere"}, by=THERAPIST, now=NOW)
    lines = [
        lifecycle.cancel(one.pk, by=THERAPIST, reason="", now=NOW).events.latest("pk")
        for one in (found, other)
    ]
    lifecycle.tell_together(lines, "I’m ill.", NOW)
    Booking.objects.filter(pk=other.pk).update(late_fee=Decimal(30))
    lifecycle.waive_fee(other.pk, by=THERAPIST, now=NOW)
    seen = outcomes.last_line(held.pk)
    lifecycle.record(held.pk, Report("attended", "continue", seen=seen), by=THERAPIST, now=NOW)
    assert held.events.get().what.endswith("without an email")
    assert kinds() == []


def test_nobody_is_reminded_by_an_address_that_is_not_safe(world: World) -> None:
    found = of_sam(START, world)
    due(START - 24 * HOUR)
    Client.objects.update(may_email=False)
    assert due(START - 23 * HOUR) == 0
    assert OutgoingMail.objects.get(kind="reminder").state == "withdrawn"
    assert due(START - 2 * HOUR) == 0
    found.client.refresh_from_db()
    assert reminders.words(found, NOW) == ""


def test_what_is_nothing_but_an_email_is_refused(world: World) -> None:
    found = of_sam(START, world, may_email=False)
    with pytest.raises(NotBookableError) as refused:
        lifecycle.send_details(found.pk, by=THERAPIST, now=NOW)
    assert refused.value.code == Code.NOT_BY_EMAIL
    with pytest.raises(NotBookableError) as refused:
        lifecycle.ask_to_move(found.pk, 0, None, by=THERAPIST, reason="", now=NOW)
    assert refused.value.code == Code.NOT_BY_EMAIL
    assert not found.is_asked_to_move


def test_what_they_do_on_the_site_themselves_is_answered(world: World) -> None:
    """They typed the address a moment ago, and without the answer they couldn't get back to it."""
    found = book(world, START, email=SAM)
    Client.objects.update(may_email=False)
    to = Change(START + HOUR, found.format, found.place, 0)
    lifecycle.reschedule(found.pk, to, by=CLIENT, now=NOW)
    lifecycle.cancel(found.pk, by=CLIENT, reason="", now=NOW)
    assert kinds() == ["confirmation", "moved", "cancellation"]


def test_a_stranger_who_types_the_address_has_nothing_else_told_there(world: World) -> None:
    """Anybody can type it and ask for links: whoever reads there learns of no other meeting."""
    met = of_sam(START - 2 * DAY, world, may_email=False)
    typed = book(world, START, email=SAM)
    assert typed.is_repeat
    assert "we’ve met before" not in text_of(one(typed, "confirmation"))
    link_requests.send(SAM, NOW)
    assert "links" not in kinds()
    Client.objects.filter(pk=met.client_id).update(may_email=True)
    link_requests.send(SAM, NOW)
    assert "links" in kinds()


TELLING = (
    "Kicks Therapy",
    "Fulham",
    "session",
    "consultation",
    "Samaritans",
    "Video room",
    "meet.example.org",
    "£",
    "I’m ill",
    "first conversation",
)


def test_neutral_words_say_when_and_nothing_else(world: World) -> None:
    found = of_sam(START, world, neutral_words=True)
    other = force_booking(world, START + DAY, client=found.client, proven_at=NOW)
    held = force_booking(world, NOW - HOUR, client=found.client, proven_at=NOW)
    due(START - 24 * HOUR)
    lifecycle.send_details(found.pk, by=THERAPIST, now=NOW)
    link_requests.send(SAM, NOW)
    lifecycle.ask_to_move(found.pk, 0, START + HOUR, by=THERAPIST, reason="I’m ill.", now=NOW)
    lifecycle.reschedule(
        found.pk,
        Change(START + 2 * HOUR, found.format, found.place, 0),
        by=THERAPIST,
        now=NOW,
        reason="I’m ill.",
    )
    seen = outcomes.last_line(held.pk)
    lifecycle.record(held.pk, Report("attended", "continue", seen=seen), by=THERAPIST, now=NOW)
    lines = [
        lifecycle.cancel(one.pk, by=THERAPIST, reason="I’m ill.", now=NOW).events.latest("pk")
        for one in (found, other)
    ]
    lifecycle.tell_together(lines, "I’m ill.", NOW)
    told = list(OutgoingMail.objects.filter(to=SAM).order_by("pk"))
    assert {mail.kind for mail in told} >= {
        *("reminder", "confirmation", "links", "asked_to_move", "moved", "follow_up"),
        "rearranged",
    }
    for mail in told:
        words = f"{mail.subject}\n{mail.sender}\n{mail.text}\n{mail.html}\n{mail.invite}"
        assert [word for word in TELLING if word.lower() in words.lower()] == [], mail.kind
        assert "Robin Kicks" in mail.sender


def test_of_several_dates_neutral_words_say_when_each_is(world: World) -> None:
    found = of_sam(START, world, neutral_words=True)
    other = force_booking(world, START + DAY, client=found.client, proven_at=NOW)
    told = dates_letter.booked_together([found, other], ["one", "two"], NOW)
    assert "Your appointments are booked" in told.text
    for words in (found.date_label, other.date_label, "/b/one/", "/b/two/"):
        assert words in told.text
    assert [word for word in TELLING if word.lower() in told.html.lower()] == []


def test_a_neutral_follow_up_without_a_link_has_nothing_to_say(world: World) -> None:
    held = of_sam(NOW - HOUR, world, neutral_words=True)
    seen = outcomes.last_line(held.pk)
    lifecycle.record(held.pk, Report("attended", "not_the_fit", seen=seen), by=THERAPIST, now=NOW)
    assert kinds() == []


def test_a_neutral_invite_names_the_therapist_alone(world: World) -> None:
    found = of_sam(START, world, neutral_words=True)
    lifecycle.send_details(found.pk, by=THERAPIST, now=NOW)
    [letter] = sent(found, kind="confirmation")
    event = event_of(calendar_of(letter))
    assert event["ORGANIZER"].params["CN"] == "Robin Kicks"
    assert str(event["SUMMARY"]) == "Appointment"
    assert "LOCATION" not in event
    # The practice's own name stands on the booking: what was agreed is not rewritten.
    found.refresh_from_db()
    assert found.organizer_name == ""
