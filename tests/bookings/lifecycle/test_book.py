"""The rules of booking and cancelling, and that each is one transaction."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.template import TemplateSyntaxError
from pytest_django.fixtures import Settings

from availability.models import Format, Place, Service, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.eligibility import has_met, may_book_sessions
from bookings.errors import Code, NotBookableError, SlotTakenError, TimeRefusedError
from bookings.lifecycle import Person
from bookings.models import Booking
from bookings.notices.keys import about_booking
from bookings.slots import free_starts
from clients.models import Client, Consent, PrivacyNotice
from front import refusals
from outbox.models import OutgoingMail
from tests.bookings.refusals import client_is_told
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_therapist,
    request_for,
)
from tests.pages import NOTHING, ONE_BOOKING, rows

START = NOW + timedelta(days=1, hours=1)
CLIENT, THERAPIST = By.client(), By.therapist()


def cancel(found: Booking, now: datetime = NOW, reason: str = "") -> Booking:
    return lifecycle.cancel(found.pk, by=CLIENT, reason=reason, now=now)


@pytest.fixture
def broken_mail(settings: Settings, tmp_path: Path) -> str:
    """A confirmation that cannot be rendered."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "confirmation.txt").write_text("{% nonsense %}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    return "confirmation"


def test_a_booking_writes_all_its_rows(world: World) -> None:
    found = book(world, START, note="I sleep badly")
    assert rows() == ONE_BOOKING
    event = found.events.get()
    assert (event.action, event.actor, event.at, event.sequence) == ("booked", "client", NOW, 0)
    assert (found.notice, found.proven_at) == (world.notice, None)
    assert (found.price, found.status, found.sequence) == (Decimal(0), "confirmed", 0)
    assert (found.start, found.end) == (START, START + timedelta(minutes=15))
    assert Booking.objects.get().note == "I sleep badly"


@pytest.mark.usefixtures("broken_mail")
def test_a_mail_that_cannot_be_written_leaves_no_booking(world: World) -> None:
    with pytest.raises(TemplateSyntaxError):
        book(world, START)
    assert rows() == NOTHING


def test_without_a_notice_to_agree_to_nothing_is_booked(world: World) -> None:
    PrivacyNotice.objects.all().delete()
    with client_is_told(NotBookableError, match="Booking isn’t open just now"):
        book(world, START)
    assert not Client.objects.exists()


def test_the_consent_names_the_version_that_was_shown(world: World) -> None:
    newer = PrivacyNotice.objects.create(version=2, published_on="2026-11-01", body="Less.")
    found = book(world, START, notice=newer)
    lifecycle.prove(found, now=NOW + timedelta(hours=1))
    consent = Consent.objects.get()
    assert (consent.notice.version, consent.given_at) == (2, NOW)


def test_the_price_is_the_one_at_booking(world: World) -> None:
    met = make_client(accepted_at=NOW)
    person = Person(met.name, met.email, client=met)
    found = book(world, START, service=world.session, person=person)
    world.session.price = Decimal(90)
    world.session.save()
    found.refresh_from_db()
    assert found.price == Decimal(75)


def test_whoever_returns_keeps_one_card_and_it_says_what_the_opened_mail_was_about(
    world: World,
) -> None:
    cancel(book(world, START, person=Person("Sam O", "sam@example.com", "07700 900123")))
    again = book(world, START, person=Person("Sam Okafor", "SAM@example.com"))
    card = Client.objects.get()
    assert (card.name, card.phone, card.proven_at) == ("Sam O", "07700 900123", None)
    assert (again.contact_name, again.contact_email) == ("Sam Okafor", "SAM@example.com")
    lifecycle.prove(again, now=NOW)
    card.refresh_from_db()
    assert (card.name, card.phone, card.email) == ("Sam Okafor", "07700 900123", "sam@example.com")
    assert (card.proven_at, card.consents.count()) == (NOW, 1)


@pytest.mark.parametrize("email", ["sam@example.com", "SAM@EXAMPLE.COM", "sam+2@example.com"])
def test_a_second_free_consultation_is_taken_and_marked(world: World, email: str) -> None:
    assert not book(world, START, email="Sam+1@example.com").is_repeat
    again = book(world, START + timedelta(days=1), email=email)
    assert (again.is_repeat, again.release_at, again.status) == (True, None, "confirmed")


def test_a_client_who_came_by_their_link_is_told_that_they_have_met(world: World) -> None:
    sam = book(world, START).client
    person = Person(sam.name, sam.email, client=sam)
    with client_is_told(NotBookableError, match="another consultation"):
        book(world, START + timedelta(days=1), person=person)
    assert rows() == ONE_BOOKING


def test_who_cancelled_may_book_the_free_consultation_anew(world: World) -> None:
    first = book(world, START, email="sam@example.com")
    assert has_met(world.therapist.pk, "sam+x@EXAMPLE.com")
    cancel(first)
    assert not has_met(world.therapist.pk, "sam@example.com")
    again = book(world, START, email="sam@example.com")
    assert (again.uid != first.uid, again.client) == (True, first.client)


def test_having_met_one_therapist_is_not_having_met_another(world: World) -> None:
    book(world, START, email="sam@example.com")
    other = make_therapist(practice=world.therapist.practice)
    assert not has_met(other.pk, "sam@example.com")


def test_sessions_are_for_those_who_were_accepted_or_have_come(world: World) -> None:
    new, accepted = make_client(), make_client(accepted_at=NOW)
    to_come, held, fell_through = make_client(), make_client(), make_client()
    force_booking(world, START, client=to_come)
    force_booking(world, NOW - timedelta(days=1), client=held)
    force_booking(world, NOW - timedelta(days=2), client=fell_through, status="cancelled")
    may = [may_book_sessions(c, NOW) for c in (new, accepted, to_come, held, fell_through)]
    assert may == [False, True, False, True, False]
    assert not may_book_sessions(accepted, NOW - timedelta(seconds=1))
    end_of_the_first = START + timedelta(minutes=15)
    assert not may_book_sessions(to_come, end_of_the_first - timedelta(seconds=1))
    assert may_book_sessions(to_come, end_of_the_first)


@pytest.mark.parametrize("known", [True, False])
def test_a_session_is_refused_to_who_has_not_been_met(world: World, *, known: bool) -> None:
    stranger = make_client()
    person = Person(stranger.name, stranger.email, client=stranger if known else None)
    stored = rows()
    with client_is_told(NotBookableError, match="to people I’ve already met"):
        book(world, START, service=world.session, person=person)
    assert rows() == stored


def test_the_same_key_finds_the_same_booking_even_when_the_time_has_gone(world: World) -> None:
    request = request_for(world, START)
    first = lifecycle.book(request, by=By.client(), now=NOW)
    later = lifecycle.book(request, by=By.client(), now=START + timedelta(days=3))
    assert later == first
    assert rows() == ONE_BOOKING


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (NOW - timedelta(days=3), "That time has passed"),
        (NOW + timedelta(hours=6), "I need 12 hours’ notice"),
        (NOW + timedelta(days=43, hours=1), "I take bookings for the next 42 days"),
        (START + timedelta(minutes=7), "That isn’t one of the times I can offer"),
        (START.replace(hour=3), "That isn’t one of the times I can offer"),
    ],
)
def test_a_rule_that_refuses_says_which(world: World, start: datetime, said: str) -> None:
    with client_is_told(TimeRefusedError, match=said):
        book(world, start)
    assert rows() == NOTHING


def test_a_format_that_the_service_does_not_have_is_refused(world: World) -> None:
    world.consultation.formats = [Format.ONLINE]
    world.consultation.save()
    with client_is_told(NotBookableError, match="I don’t offer that in this way") as refused:
        book(world, START, format=Format.WALKING)
    assert not isinstance(refused.value, TimeRefusedError)


def test_a_time_that_is_taken_is_named(world: World) -> None:
    book(world, START)
    with pytest.raises(SlotTakenError) as refused:
        book(world, START, format=Format.WALKING)
    said = refusals.words(refused.value).replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith("Tuesday 24 November 2026, 10am UK time has just been taken.")
    assert rows() == ONE_BOOKING


def test_a_cancelled_time_is_free_at_once(world: World) -> None:
    found = book(world, START)
    day = int(START.timestamp()), int(START.timestamp()) + 3600
    assert day[0] not in free_starts(world.consultation, Format.ONLINE, day, NOW)
    cancel(found)
    assert day[0] in free_starts(world.consultation, Format.ONLINE, day, NOW)
    assert book(world, START).start == START


def test_cancelling_is_recorded_and_repeating_it_changes_nothing(world: World) -> None:
    found = book(world, START)
    later = NOW + timedelta(hours=2)
    assert cancel(found, later, "I am ill").sequence == 1
    again = lifecycle.cancel(found.pk, by=THERAPIST, reason="Mine", now=later)
    assert (again.sequence, again.changed_at, again.status) == (1, later, "cancelled")
    booked, gone = found.events.all()
    assert (booked.action, gone.action) == ("booked", "cancelled")
    assert (gone.actor, gone.reason, gone.at, gone.sequence) == ("client", "I am ill", later, 1)


def test_who_cancelled_in_admin_is_on_record(world: World) -> None:
    found, user = book(world, START), User.objects.get(pk=world.therapist.user.pk)
    lifecycle.cancel(found.pk, by=By.therapist(user), reason="Ill", now=NOW)
    event = found.events.last()
    assert event is not None
    assert (event.actor, event.user) == ("therapist", user)


def test_cancelling_withdraws_what_has_not_left_and_keeps_what_has(world: World) -> None:
    found = book(world, START)
    other = book(world, START + timedelta(days=1))
    OutgoingMail.objects.filter(about=about_booking(found.uid), kind="confirmation").update(
        state="sent"
    )
    cancel(found)
    states = dict(
        OutgoingMail.objects.filter(about=about_booking(found.uid)).values_list("kind", "state")
    )
    assert states == {
        "confirmation": "sent",
        "therapist_new": "withdrawn",
        "cancellation": "pending",
        "therapist_cancelled": "pending",
    }
    assert set(other_states(other)) == {"pending"}


def other_states(found: Booking) -> list[str]:
    return list(
        OutgoingMail.objects.filter(about=about_booking(found.uid)).values_list("state", flat=True)
    )


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=14), timedelta(days=5)])
def test_a_meeting_that_has_begun_cannot_be_cancelled(world: World, late: timedelta) -> None:
    found = book(world, START)
    stored = rows()
    with client_is_told(NotBookableError, match="already begun"):
        cancel(found, START + late)
    found.refresh_from_db()
    assert (found.status, rows()) == ("confirmed", stored)


def test_a_meeting_can_be_cancelled_until_the_moment_it_begins(world: World) -> None:
    assert cancel(book(world, START), START - timedelta(microseconds=1)).is_cancelled


def test_a_booking_on_either_side_of_a_clock_change_keeps_its_hour(world: World) -> None:
    now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    summer = book(world, datetime(2026, 10, 23, 9, tzinfo=UTC), now)
    winter = book(world, datetime(2026, 10, 26, 10, tzinfo=UTC), now)
    assert summer.time_label == winter.time_label == "10am to 10:15am UK time"


def test_every_booking_has_a_uid_and_a_reference_of_its_own(world: World) -> None:
    made = [book(world, START + timedelta(minutes=30 * n)) for n in range(3)]
    assert len({b.uid for b in made} | {b.idempotency_key for b in made}) == 6
    assert all(isinstance(b.uid, uuid.UUID) for b in made)
    assert len({b.reference for b in made}) == 3


def test_what_went_off_the_list_is_not_booked(world: World) -> None:
    world.therapist.services.update(is_active=False)
    with client_is_told(NotBookableError, match="I no longer offer that"):
        book(world, START)
    assert rows() == NOTHING


def close(world: World) -> None:
    Therapist.objects.filter(pk=world.therapist.pk).update(is_closed_to_new=True)


CHANGED_MEANWHILE: dict[str, tuple[Callable[[World], object], Code]] = {
    "the service": (lambda _: Service.objects.update(is_active=False), Code.NO_LONGER_OFFERED),
    "its place": (lambda _: Place.objects.all().delete(), Code.NO_LONGER_OFFERED),
    "who may come": (close, Code.CLOSED_TO_NEW),
    "the notice": (lambda _: PrivacyNotice.objects.all().delete(), Code.NO_PRIVACY_NOTICE),
}


@pytest.mark.parametrize("what", CHANGED_MEANWHILE)
def test_what_a_process_keeps_books_nothing_that_has_changed_since(what: str, world: World) -> None:
    change, code = CHANGED_MEANWHILE[what]
    lifecycle.book(request_for(world, START), by=By.client(), now=NOW)  # all of it is kept then
    request = request_for(world, START + timedelta(hours=2))
    Booking.objects.all().delete()
    Consent.objects.all().delete()
    change(world)
    with pytest.raises(NotBookableError) as refused:
        lifecycle.book(request, by=By.client(), now=NOW)
    assert refused.value.code == code
    assert not Booking.objects.exists()
