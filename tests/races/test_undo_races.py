"""Taking back at the moment at which the mail leaves, or somebody else takes the time."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail as sent
from django.db.models.functions import Now

from bookings import lifecycle
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices.keys import about_booking
from outbox import delivery
from outbox.models import OutgoingMail
from tests.factories import NOW, World, book
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
START = NOW + timedelta(days=1, hours=1)
Calls = list[Callable[[], object]]
CLIENT, THERAPIST = By.client(), By.therapist()


def cancelled(practice: World) -> tuple[Booking, OutgoingMail]:
    """A booking that the therapist has cancelled, and the mail that waits with it."""
    found = book(practice, START)
    OutgoingMail.objects.update(state=OutgoingMail.State.SENT)
    lifecycle.cancel(found.pk, by=THERAPIST, reason="Ill.", now=NOW)
    return found, OutgoingMail.objects.get(about=about_booking(found.uid), kind="cancellation")


def test_either_the_client_is_told_or_it_is_undone(practice: World) -> None:
    for turn in range(10):
        sent.outbox.clear()
        found, mail = cancelled(practice)
        OutgoingMail.objects.filter(pk=mail.pk).update(due_at=Now())
        back = partial(lifecycle.take_back, mail.key, by=By.therapist(), now=NOW)
        send = partial(delivery.send_due, about_booking(found.uid))
        calls: Calls = [send, back, send, back] if turn % 2 else [back, send, back]
        outcomes = together(calls)
        undone = sum(isinstance(one, list) for one in outcomes)
        refused = [one for one in outcomes if isinstance(one, Exception)]
        assert [one for one in refused if not isinstance(one, NotBookableError)] == []
        found.refresh_from_db()
        mail.refresh_from_db()
        assert (undone, len(sent.outbox)) in {(1, 0), (0, 1)}
        assert found.is_cancelled == (not undone)
        assert mail.state == ("withdrawn" if undone else "sent")
        Booking.objects.filter(pk=found.pk).update(status="cancelled")


def test_a_time_that_others_want_is_given_once(practice: World) -> None:
    for _ in range(5):
        found, mail = cancelled(practice)
        back = partial(lifecycle.take_back, mail.key, by=By.therapist(), now=NOW)
        others = [partial(book, practice, START) for _ in range(3)]
        calls: Calls = [back, *others]
        outcomes = together(calls)
        lost = [one for one in outcomes if isinstance(one, Exception)]
        assert [one for one in lost if not isinstance(one, NotBookableError)] == []
        assert (len(lost), Booking.objects.holding().count()) == (3, 1)
        Booking.objects.filter(pk__gte=found.pk).update(status="cancelled")


def test_who_moves_what_is_being_cancelled_and_taken_back_loses_no_mail(practice: World) -> None:
    for _ in range(5):
        found, mail = cancelled(practice)
        there = Change(START + timedelta(hours=2), found.format, found.place, 2)
        calls: Calls = [
            partial(lifecycle.take_back, mail.key, by=By.therapist(), now=NOW),
            partial(lifecycle.reschedule, found.pk, there, by=CLIENT, now=NOW),
        ]
        outcomes = together(calls)
        refused = [one for one in outcomes if isinstance(one, Exception)]
        assert [one for one in refused if not isinstance(one, NotBookableError)] == []
        found.refresh_from_db()
        moved = found.start == there.start
        waiting = OutgoingMail.objects.filter(about=about_booking(found.uid), state="pending")
        assert waiting.filter(kind="moved").exists() == moved
        assert not waiting.filter(kind="cancellation").exists()
        Booking.objects.filter(pk=found.pk).update(status="cancelled")
