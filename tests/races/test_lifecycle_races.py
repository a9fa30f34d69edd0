"""Two who change the same diary at once: one after the other, and the books agree."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, connections, transaction

from availability.models import Service
from bookings import lifecycle, outcomes
from bookings.by import By
from bookings.errors import NotBookableError, SlotTakenError, WarnedError
from bookings.lifecycle import Change, Person, Request
from bookings.models import Booking, BookingEvent, Outcome
from bookings.notices import link_requests
from bookings.outcomes import Report
from bookings.signed_agreement import FactsChangedError, shown_facts
from chaos.evidence import overlaps
from chaos.machines import wait_until
from clients.models import AccessLink, Client
from outbox.models import OutgoingMail
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
    request_for,
)
from tests.races.together import somebody_waits, together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]

START = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
CLIENT, THERAPIST = By.client(), By.therapist()


def wants(practice: World, start: datetime = START, **facts: object) -> "partial[Booking]":
    return partial(lifecycle.book, request_for(practice, start, **facts), by=By.client(), now=NOW)


def book_elsewhere(request: Request) -> Booking | Exception:
    """Book on a connection of one's own, as another web process does."""
    try:
        return lifecycle.book(request, by=By.client(), now=NOW)
    except Exception as error:  # noqa: BLE001, the test asks what it was
        return error
    finally:
        connections.close_all()


def test_of_thirty_two_threads_one_books_and_each_other_hears_that_the_time_is_taken(
    practice: World,
) -> None:
    outcomes = together([wants(practice) for _ in range(32)])
    assert sum(isinstance(outcome, Booking) for outcome in outcomes) == 1
    assert [o for o in outcomes if not isinstance(o, Booking | SlotTakenError)] == []
    assert Booking.objects.count() == Client.objects.count() == 1
    assert OutgoingMail.objects.count() == 2


def test_times_that_overlap_without_being_equal_exclude_one_another(practice: World) -> None:
    practice.consultation.length_minutes = 45
    practice.consultation.save()
    starts = [START, START.replace(minute=30), START.replace(hour=11)]
    outcomes = together([wants(practice, start) for start in starts * 4])
    assert 1 <= sum(isinstance(outcome, Booking) for outcome in outcomes) <= 2
    assert overlaps() == 0


def test_one_request_sent_eight_times_at_once_is_one_booking_that_all_eight_get(
    practice: World,
) -> None:
    request = request_for(practice, START)
    outcomes = together([partial(lifecycle.book, request, by=By.client(), now=NOW)] * 8)
    assert {outcome.pk for outcome in outcomes if isinstance(outcome, Booking)} == {
        Booking.objects.get().pk
    }
    assert len(outcomes) == 8
    assert OutgoingMail.objects.count() == 2


def test_of_one_mailboxs_first_meetings_at_once_all_stand_and_all_but_one_are_marked(
    practice: World,
) -> None:
    """Whoever is first under the diary's lock is first; each that follows sees those before."""
    hours = range(9, 13)
    outcomes = together(
        [wants(practice, START.replace(hour=h), email=f"sam+{h}@example.com") for h in hours]
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Booking)]
    assert {booking.start.hour for booking in made} == set(hours)
    assert sorted(booking.is_repeat for booking in made) == [False, True, True, True]
    # None is let go by itself: nobody has shown yet that the mailbox is theirs.
    assert {booking.release_at for booking in made} == {None}


def test_of_two_diaries_at_once_a_client_is_booked_into_one(practice: World) -> None:
    """Neither diary's lock is in the other's way: the client's own is."""
    other = make_therapist(practice=practice.therapist.practice)
    make_places(other)
    make_hours(other)
    second = World(other, make_service(other), make_session(other), practice.notice)
    client = make_client(accepted_at=NOW, proven_at=NOW)
    person = Person(client.name, client.email, client=client)
    asked = [wants(world, person=person, service=world.session) for world in (practice, second) * 4]
    outcomes = together(asked)
    assert sum(isinstance(outcome, Booking) for outcome in outcomes) == 1
    assert all(isinstance(one, Booking | NotBookableError) for one in outcomes)
    assert Booking.objects.count() == 1


def test_a_writer_who_forgot_the_lock_is_stopped_by_the_constraint(practice: World) -> None:
    """The row is not committed yet, so every look at the diary says that the time is free."""
    request = request_for(practice, START)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            force_booking(practice, START)
            outcome = pool.submit(book_elsewhere, request)
            wait_until(somebody_waits)
        assert isinstance(outcome.result(), SlotTakenError)
    assert Booking.objects.count() == 1
    assert not Client.objects.at(request.person.email).exists()


def test_the_victim_of_a_deadlock_hears_that_the_time_is_taken(practice: World) -> None:
    """Two who lock in opposite order: the other one is told to wait longer, so ours is chosen."""
    client = make_client()
    request = request_for(practice, START, email=client.email)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '20s'; SET LOCAL lock_timeout = '20s'")
            cursor.execute("SELECT 1 FROM clients_client WHERE id = %s FOR UPDATE", [client.pk])
            outcome = pool.submit(book_elsewhere, request)
            wait_until(somebody_waits)
            lifecycle.lock_diary(practice.therapist.pk, by=By.client())
        assert isinstance(outcome.result(), SlotTakenError)
    assert Booking.objects.count() == 0


def test_two_who_cancel_at_once_make_one_cancellation_and_one_mail(practice: World) -> None:
    booking = book(practice, START)
    calls = [
        partial(lifecycle.cancel, booking.pk, by=actor, reason="", now=NOW)
        for actor in (CLIENT, THERAPIST) * 4
    ]
    outcomes = together(calls)
    assert [o for o in outcomes if not (isinstance(o, Booking) and o.is_cancelled)] == []
    booking.refresh_from_db()
    assert booking.sequence == 1
    assert booking.events.filter(action=BookingEvent.Action.CANCELLED).count() == 1
    assert OutgoingMail.objects.filter(kind="cancellation").count() == 1
    assert OutgoingMail.objects.get(kind="cancellation").invite_method == "CANCEL"


def test_cancelling_while_others_want_the_time_leaves_at_most_one_booking(practice: World) -> None:
    old = book(practice, START)
    cancel = partial(lifecycle.cancel, old.pk, by=CLIENT, reason="", now=NOW)
    cancelled, *outcomes = together([cancel, *(wants(practice) for _ in range(8))])
    assert isinstance(cancelled, Booking)
    assert [o for o in outcomes if not isinstance(o, Booking | SlotTakenError)] == []
    winners = [o for o in outcomes if isinstance(o, Booking)]
    assert list(Booking.objects.holding()) == winners
    assert OutgoingMail.objects.filter(kind="cancellation").count() == 1
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1 + len(winners)


def moves_to(found: Booking, start: datetime) -> "partial[Booking]":
    change = Change(start, found.format, found.place, found.sequence)
    return partial(lifecycle.reschedule, found.pk, change, by=CLIENT, now=NOW)


def goes_on(found: Booking, start: datetime) -> "partial[Booking]":
    """The therapist's second press: all that speaks against the time was shown and accepted."""
    change = Change(start, found.format, found.place, found.sequence)
    with pytest.raises(WarnedError) as caught:
        lifecycle.reschedule(found.pk, change, by=THERAPIST, now=NOW)
    keys = caught.value.warned.keys
    return partial(lifecycle.reschedule, found.pk, change, by=THERAPIST, now=NOW, despite=keys)


def test_of_many_that_the_therapist_moves_outside_the_hours_to_one_time_one_gets_it(
    practice: World,
) -> None:
    made = [force_booking(practice, START + timedelta(hours=n)) for n in range(6)]
    evening = START.replace(hour=19)
    outcomes = together([goes_on(one, evening) for one in made])
    won = [one for one in outcomes if isinstance(one, Booking)]
    assert [(one.start, one.sequence) for one in won] == [(evening, 1)]
    assert {type(one) for one in outcomes if one not in won} == {SlotTakenError}
    assert overlaps() == 0


def test_of_twelve_who_move_to_one_time_one_gets_it_and_the_others_keep_theirs(
    practice: World,
) -> None:
    made = [force_booking(practice, START + timedelta(hours=n)) for n in range(1, 7)]
    made += [force_booking(practice, START + timedelta(days=1, hours=n)) for n in range(6)]
    outcomes = together([moves_to(one, START) for one in made])
    won = [one for one in outcomes if isinstance(one, Booking)]
    assert [(one.start, one.sequence) for one in won] == [(START, 1)]
    assert {type(one) for one in outcomes if one not in won} == {SlotTakenError}
    kept = Booking.objects.exclude(pk=won[0].pk).values_list("pk", "during", "sequence")
    assert set(kept) == {(one.pk, one.during, 0) for one in made if one.pk != won[0].pk}
    assert overlaps() == 0


def test_a_move_and_a_cancellation_at_once_leave_one_of_the_two(practice: World) -> None:
    for number in range(8):
        made = force_booking(practice, START + timedelta(days=number))
        later = made.start + timedelta(hours=2)
        cancel = partial(lifecycle.cancel, made.pk, by=THERAPIST, reason="", now=NOW)
        together([moves_to(made, later), cancel])
        made.refresh_from_db()
        # The cancellation always holds; a move that came first is in the history.
        assert made.is_cancelled
        assert made.sequence == made.events.count()


def test_of_many_who_record_one_meeting_at_once_one_is_kept_and_one_mail_waits(
    practice: World,
) -> None:
    found = force_booking(practice, NOW - timedelta(hours=1))
    seen = outcomes.last_line(found.pk)
    reports = [Report("attended", outcome, seen=seen) for outcome in Outcome]
    answers = together(
        [
            partial(lifecycle.record, found.pk, report, by=By.therapist(), now=NOW)
            for report in reports * 4
        ]
    )
    found.refresh_from_db()
    # The same said twice is said once: only who says something else is refused.
    kept = [one.outcome for one in answers if isinstance(one, Booking)]
    assert set(kept) == {found.outcome}
    assert len(kept) == 4
    assert [o for o in answers if not isinstance(o, Booking | NotBookableError)] == []
    assert found.events.count() == 1
    waiting = OutgoingMail.objects.filter(kind="follow_up")
    assert [mail.state for mail in waiting] == ["pending"]
    accepted = Client.objects.filter(accepted_at=NOW).count()
    assert accepted == (found.outcome == Outcome.CONTINUE)


def test_of_many_workers_who_answer_who_asked_for_links_one_does_and_the_links_open(
    practice: World,
) -> None:
    clients = [make_client(email=f"sam{n}@example.com") for n in range(5)]
    for n, client in enumerate(clients):
        force_booking(practice, NOW + timedelta(days=n + 1), client=client)
        link_requests.ask(client.email, NOW)
    assert sum(one for one in together([link_requests.answer] * 8) if isinstance(one, int)) == 5
    mails = OutgoingMail.objects.filter(kind="links")
    assert len(mails) == 5
    for mail in mails:
        [token] = re.findall(r"/b/([\w-]+)/", mail.text)
        assert AccessLink.objects.opened_by(token, NOW)
    assert AccessLink.objects.count() == 5


def test_a_price_that_changes_while_the_press_waits_for_the_diary_books_nothing(
    practice: World,
) -> None:
    shown = shown_facts(
        practice.consultation, practice.place(), START, practice.notice.version, NOW
    )
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lifecycle.lock_diary(practice.therapist.pk, by=By.client())
            pressed = pool.submit(book_elsewhere, request_for(practice, START, shown=shown))
            wait_until(somebody_waits)
            Service.objects.filter(pk=practice.consultation.pk).update(price=20)
        refusal = pressed.result()
    assert isinstance(refusal, FactsChangedError)
    assert refusal.now.price == "20.00"
    assert Booking.objects.count() == 0
