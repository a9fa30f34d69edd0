"""No row of changes makes cancelling cheaper than it was, but for the first minutes."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from availability.models import Service
from bookings import lifecycle, policy
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent
from bookings.policy import Terms
from tests.bookings.fees import (
    CLIENT,
    FEE,
    HOUR,
    MINUTE,
    SECOND,
    START,
    THERAPIST,
    cancel,
    move,
)
from tests.factories import NOW, World, book, force_booking

NONE = Decimal(0)


# --- what stays due


def test_a_fee_is_not_escaped_by_a_free_move_first(demo: World) -> None:
    """46 hours before, cancelling costs £75: so it does after a move to eight weeks on."""
    moved = move(book(demo, START), START + timedelta(weeks=8), START - 46 * HOUR)
    assert (moved.late_fee, moved.fee_if_cancelled) == (NONE, FEE)
    gone = cancel(moved, START - 45 * HOUR)
    assert gone.fee_label == "£75"
    line = gone.events.get(action=BookingEvent.Action.CANCELLED)
    assert line.is_late


def test_who_comes_to_the_meeting_that_they_moved_owes_nothing_for_the_move(demo: World) -> None:
    moved = move(book(demo, START), START + timedelta(weeks=8), START - 46 * HOUR)
    assert moved.fee_label == ""


def test_what_is_paid_for_a_late_move_is_not_paid_again_for_cancelling(demo: World) -> None:
    moved = move(book(demo, START), START + timedelta(weeks=8), START - 23 * HOUR)
    assert (moved.late_fee, moved.fee_if_cancelled) == (FEE, NONE)
    assert cancel(moved, START - 22 * HOUR).late_fee == FEE


def test_a_move_in_good_time_leaves_nothing_due(demo: World) -> None:
    moved = move(book(demo, START), START + timedelta(weeks=8), START - 48 * HOUR)
    assert cancel(moved, START - 47 * HOUR).fee_label == ""


def test_changing_how_we_meet_keeps_nothing_due_that_was_not(demo: World) -> None:
    made = book(demo, START, format="walking")
    to = Change(START, "online", demo.place(), 0)
    changed = lifecycle.reschedule(made.pk, to, by=CLIENT, now=START - 46 * HOUR)
    assert (changed.late_fee, changed.fee_if_cancelled) == (NONE, NONE)


def test_what_stays_due_stays_so_through_further_moves_the_therapists_among_them(
    demo: World,
) -> None:
    made, now = book(demo, START), START - 46 * HOUR
    move(made, START + timedelta(weeks=4), now)
    move(made, START + timedelta(weeks=5), now, THERAPIST)
    moved = move(made, START + timedelta(weeks=8), now)
    assert moved.fee_if_cancelled == FEE
    assert cancel(moved, now).late_fee == FEE


def test_whom_the_therapist_asked_to_move_owes_nothing_for_what_they_moved_before(
    demo: World,
) -> None:
    made, now = book(demo, START), START - 46 * HOUR
    moved = move(made, START + timedelta(weeks=4), now)
    lifecycle.ask_to_move(made.pk, moved.sequence, None, by=THERAPIST, reason="Ill.", now=now)
    moved = move(made, START + timedelta(weeks=8), now)
    assert moved.fee_if_cancelled == 0
    assert cancel(moved, now).fee_label == ""


def test_whom_the_therapist_cancels_owes_nothing_and_taken_back_it_stands_as_it_stood(
    demo: World,
) -> None:
    now = START - 46 * HOUR
    moved = move(book(demo, START), START + timedelta(weeks=8), now)
    gone = cancel(moved, now, THERAPIST)
    assert gone.fee_label == ""
    key = gone.events.get(action=BookingEvent.Action.CANCELLED).told_by
    [back] = lifecycle.take_back(key, by=THERAPIST, now=now + SECOND)
    assert back.fee_if_cancelled == FEE


def test_what_an_old_release_cancelled_is_taken_back_with_what_is_due_now(demo: World) -> None:
    now = START - 46 * HOUR
    moved = move(book(demo, START), START + timedelta(weeks=8), now)
    line = cancel(moved, now, THERAPIST).events.get(action=BookingEvent.Action.CANCELLED)
    del line.was["fee_if_cancelled"]
    line.save()
    [back] = lifecycle.take_back(line.told_by, by=THERAPIST, now=now + SECOND)
    assert back.fee_if_cancelled == FEE


def test_a_booking_from_before_keeps_its_own_terms(demo: World) -> None:
    """No grace, and a move that costs nothing leaves nothing due."""
    terms = {"move_hours": 24, "cancel_hours": 48, "most_moves": None, "late_fee": "75.00"}
    old = force_booking(demo, START, terms=terms, created_at=START - 46 * HOUR)
    assert policy.terms_of(old) == Terms(24, 48, None, FEE)
    assert policy.late_fee(old, old.created_at + MINUTE) == FEE
    assert cancel(move(old, START + timedelta(weeks=8), START - 46 * HOUR), NOW).fee_label == ""


def test_a_term_of_a_later_release_is_no_trouble(demo: World) -> None:
    made = book(demo, START)
    Booking.objects.update(added_terms={**made.added_terms, "kindness": 7})
    assert policy.terms_of(Booking.objects.get()) == policy.terms_for(demo.consultation)


def test_the_release_before_reads_the_terms_that_it_knows(demo: World) -> None:
    assert book(demo, START).terms.keys() == {
        "move_hours",
        "cancel_hours",
        "most_moves",
        "late_fee",
    }


STARTS = [
    START + timedelta(days=7 * week + day, hours=hour)
    for week in range(6)
    for day in (-4, -2, 0)
    for hour in (0, 3)
]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    move_hours=st.sampled_from([0, 24, 72]),
    first=st.sampled_from(STARTS),
    acts=st.lists(st.tuples(st.integers(1, 100), st.sampled_from(STARTS)), min_size=1, max_size=5),
)
def test_no_row_of_moves_makes_cancelling_cheaper_than_it_was_at_any_of_them(
    demo: World, move_hours: int, first: datetime, acts: list[tuple[int, datetime]]
) -> None:
    with transaction.atomic():
        Service.objects.filter(pk=demo.consultation.pk).update(move_notice_hours=move_hours)
        made, now, highest = book(demo, first + HOUR / 2), NOW, Decimal(0)
        for hours, start in acts:
            now += hours * HOUR
            made.refresh_from_db()
            highest = max(highest, made.late_fee + policy.late_fee(made, now))
            if made.start <= now or start <= now or start == made.start:
                break
            move(made, start, now)
        made.refresh_from_db()
        if made.start > now:
            assert cancel(made, now).late_fee >= highest
        transaction.set_rollback(True)


# --- the first minutes


@pytest.mark.parametrize(
    ("after", "fee"),
    [(timedelta(0), ""), (30 * MINUTE, ""), (30 * MINUTE + SECOND, "£75")],
)
def test_undoing_is_free_in_the_first_minutes_after_booking(
    demo: World, after: timedelta, fee: str
) -> None:
    now = START - 20 * HOUR
    made = book(demo, START, now)
    gone = cancel(made, now + after)
    assert gone.fee_label == fee
    assert gone.events.get(action=BookingEvent.Action.CANCELLED).is_late == bool(fee)


def test_a_move_in_the_first_minutes_is_not_late_and_leaves_nothing_due(demo: World) -> None:
    now = START - 20 * HOUR
    moved = move(book(demo, START, now), START + timedelta(weeks=2), now + 30 * MINUTE)
    assert (moved.late_fee, moved.fee_if_cancelled) == (NONE, NONE)
    assert not moved.events.get(action=BookingEvent.Action.MOVED).is_late


def test_a_move_doesnt_begin_the_first_minutes_anew(demo: World) -> None:
    now = START - 20 * HOUR
    moved = move(book(demo, START, now), START + HOUR, now + 29 * MINUTE)
    assert cancel(moved, now + 31 * MINUTE).late_fee == FEE


def test_without_grace_it_is_late_from_the_moment_it_is_booked(demo: World) -> None:
    demo.consultation.grace_minutes = 0
    demo.consultation.save()
    now = START - 20 * HOUR
    assert cancel(book(demo, START, now), now).late_fee == FEE


def test_the_grace_is_a_setting_of_the_service(demo: World) -> None:
    assert policy.terms_for(demo.consultation).grace_minutes == 30
    demo.consultation.grace_minutes = 10
    assert policy.terms_for(demo.consultation).grace_minutes == 10
    assert policy.terms_for(demo.session).grace_minutes == 0  # nothing of it is ever late
