"""Whoever writes a booking asks again whose diary it is, whatever page asked before."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from bookings import leave, lifecycle
from bookings.by import Actor, By
from bookings.errors import Code, DecisionRefusedError, NotBookableError
from bookings.leave import Decided, Decision
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.outcomes import Report
from staff.models import Role, StaffMember
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_therapist,
    make_user,
    request_for,
)
from tests.pages import rows

pytestmark = pytest.mark.django_db
TEN = NOW + timedelta(days=1, hours=1)
HOUR = timedelta(hours=1)


def changed(world: World) -> Booking:
    """A booking whose last change can be taken back."""
    made = book(world, TEN)
    return lifecycle.cancel(made.pk, by=By.therapist(), reason="I am ill.", now=NOW)


# Each verb: the booking that it is about, and how somebody does it.
VERBS: dict[str, tuple[Callable[[World], Booking], Callable[[Booking, By], Any]]] = {
    "ask to move": (
        lambda world: book(world, TEN),
        lambda one, by: lifecycle.ask_to_move(one.pk, 0, None, by=by, reason="Ill.", now=NOW),
    ),
    "cancel": (
        lambda world: book(world, TEN),
        lambda one, by: lifecycle.cancel(one.pk, by=by, reason="Ill.", now=NOW),
    ),
    "record": (
        lambda world: force_booking(world, NOW - HOUR),
        lambda one, by: lifecycle.record(one.pk, Report("attended"), by=by, now=NOW),
    ),
    "reschedule": (
        lambda world: book(world, TEN),
        lambda one, by: lifecycle.reschedule(
            one.pk, Change(TEN + HOUR, one.format, one.place, 0), by=by, now=NOW
        ),
    ),
    "send details": (
        lambda world: book(world, TEN),
        lambda one, by: lifecycle.send_details(one.pk, by=by, now=NOW + HOUR),
    ),
    "take back": (
        changed,
        lambda one, by: lifecycle.take_back(one.events.latest("pk").told_by, by=by, now=NOW),
    ),
    "tell new facts": (
        lambda world: force_booking(world, TEN),
        lambda one, by: lifecycle.tell_new_facts(one.pk, {"organizer_name": "New"}, by=by, now=NOW),
    ),
    "waive the fee": (
        lambda world: force_booking(world, TEN, late_fee=30),
        lambda one, by: lifecycle.waive_fee(one.pk, by=by, now=NOW),
    ),
}


def strangers(world: World) -> list[User]:
    """Whoever may not change the first therapist's diary."""
    other = make_therapist(practice=world.therapist.practice)
    left = make_user(Role.OWNER)
    left.is_active = False
    demoted = world.therapist.user
    StaffMember.objects.filter(user=demoted).delete()
    return [
        other.user,
        make_user(Role.THERAPIST),
        make_user(Role.ASSISTANT, other),
        make_user(None),
        User.objects.get(pk=demoted.pk),
        left,
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_change_a_diary_writes_nothing_in_it(world: World, verb: str) -> None:
    make, do = VERBS[verb]
    made = make(world)
    stored, before = rows(), Booking.objects.values().get()
    for stranger in strangers(world):
        for actor in (Actor.THERAPIST, Actor.ASSISTANT, Actor.SYSTEM):
            with pytest.raises(NotBookableError) as refusal:
                do(made, By(actor, stranger))
            assert refusal.value.code == Code.NOT_YOUR_DIARY
    assert (rows(), Booking.objects.values().get()) == (stored, before)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", [*Role, "superuser"])
def test_who_may_change_it_does(world: World, verb: str, role: str) -> None:
    make, do = VERBS[verb]
    made, before = make(world), rows()["BookingEvent"]
    do(made, By.therapist(keeper(world, role)))
    assert rows()["BookingEvent"] == before + 1


def keeper(world: World, role: str) -> User:
    """Somebody in that role who keeps the first therapist's diary, or helps to."""
    if role == "superuser":
        return User.objects.create_superuser("owner")
    if role == Role.THERAPIST:
        return User.objects.get(pk=world.therapist.user_id)
    return make_user(Role(role), world.therapist)


def test_nobody_is_booked_into_a_diary_that_is_another_therapists(world: World) -> None:
    asked = replace(request_for(world, TEN), key=uuid.uuid4())
    for stranger in strangers(world):
        with pytest.raises(NotBookableError, match="not your diary"):
            lifecycle.book(asked, by=By.therapist(stranger), now=NOW)
    assert not Booking.objects.exists()
    by = By.assistant(make_user(Role.ASSISTANT, world.therapist))
    assert lifecycle.book(asked, by=by, now=NOW).events.get().actor == Actor.ASSISTANT


def test_a_leave_decides_nothing_for_a_colleagues_clients(world: World) -> None:
    made = book(world, TEN)
    for decision in (Decision.CANCEL, Decision.PROPOSE):
        for stranger in strangers(world):
            with pytest.raises(DecisionRefusedError) as refusal, transaction.atomic():
                leave.apply(
                    [Decided(made.pk, decision, 0)],
                    by=By.therapist(stranger),
                    reason="I am away.",
                    now=NOW,
                )
            assert refusal.value.code == Code.NOT_YOUR_DIARY
    made.refresh_from_db()
    assert not (made.is_cancelled)
    assert not (made.asked_at)


def test_an_assistant_who_is_taken_off_a_diary_is_refused_from_then_on(world: World) -> None:
    made, assistant = book(world, TEN), make_user(Role.ASSISTANT, world.therapist)
    world.therapist.assistants.remove(assistant)
    with pytest.raises(NotBookableError, match="not your diary"):
        lifecycle.cancel(made.pk, by=By.assistant(assistant), reason="Ill.", now=NOW)
