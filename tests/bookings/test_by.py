"""Who acts decides what is asked, who is told and what the history says."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from bookings import lifecycle
from bookings.by import Actor, By
from bookings.errors import NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices.summary import history
from clients.models import Consent
from outbox.models import OutgoingMail
from tests.bookings.diaries import at
from tests.bookings.refusals import client_is_told
from tests.factories import NOW, World, book, request_for

pytestmark = pytest.mark.django_db
TEN = at("10:00")


def owner(world: World) -> User:
    return User.objects.get(pk=world.therapist.user_id)


def kinds() -> set[str]:
    return set(OutgoingMail.objects.unsent().values_list("kind", flat=True))


def test_what_the_therapist_books_is_theirs_on_record_and_told_to_the_client_alone(
    world: World,
) -> None:
    request = request_for(world, TEN, notice=None)
    made = lifecycle.book(request, by=By.therapist(owner(world)), now=NOW)
    line = made.events.get()
    assert (line.actor, line.user) == ("therapist", owner(world))
    assert kinds() == {"confirmation"}
    assert not Consent.objects.exists()


def test_a_client_who_is_new_books_only_with_a_privacy_notice(world: World) -> None:
    with client_is_told(NotBookableError, match="Booking isn’t open"):
        lifecycle.book(request_for(world, TEN, notice=None), by=By.client(), now=NOW)
    assert not Booking.objects.exists()


@pytest.mark.parametrize("actor", [Actor.THERAPIST, Actor.ASSISTANT, Actor.SYSTEM])
def test_the_practices_side_owes_no_fee_and_can_take_it_back(world: World, actor: Actor) -> None:
    made = book(world, TEN)
    made.terms = {"cancel_hours": 48, "late_fee": "20"}
    made.save()
    by = By(actor, owner(world))
    late = TEN - timedelta(hours=1)
    gone = lifecycle.cancel(made.pk, by=by, reason="I am ill.", now=late)
    assert not gone.late_fee
    assert kinds() == {"cancellation"}
    [back] = lifecycle.take_back(gone.events.latest("pk").told_by, by=by, now=late)
    assert not back.is_cancelled
    line = back.events.latest("pk")
    assert (line.actor, line.user, line.action) == (actor, owner(world), "undone")


@pytest.mark.parametrize(
    ("actor", "who"),
    [
        ("client", "you"),
        ("therapist", "me"),
        ("assistant", "my assistant"),
        ("system", "this site"),
    ],
)
def test_the_client_reads_who_changed_it(world: World, actor: str, who: str) -> None:
    made = book(world, TEN)
    to = Change(at("11:00"), made.format, made.place, 0)
    lifecycle.reschedule(made.pk, to, by=By(Actor(actor)), now=NOW)
    assert [line["what"] for line in history(made)] == [f"Changed by {who}"]


def test_who_sent_the_details_again_is_on_record_once_a_minute(world: World) -> None:
    made, by = book(world, TEN), By.therapist(owner(world))
    for _ in range(2):
        lifecycle.send_details(made.pk, by=by, now=NOW)
    line = made.events.get(action="sent")
    assert (line.actor, line.user) == ("therapist", owner(world))
