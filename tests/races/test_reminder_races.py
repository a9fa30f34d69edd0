"""Several who remind at once, and one who cancels meanwhile."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from bookings.notices import reminders
from bookings.notices.keys import about_booking
from clients.models import Client
from outbox.models import OutgoingMail
from tests.factories import NOW, World, force_booking, make_client
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
LONG_AGO = NOW - timedelta(days=365)


def soon(practice: World, hours: int = 1) -> Booking:
    """A meeting that is to be reminded of now, today."""
    type(practice.therapist.practice).objects.update(reminders_from=LONG_AGO)
    client = make_client(reminders_from=LONG_AGO)
    start = timezone.now() + timedelta(hours=hours)
    return force_booking(practice, start, client=client, changed_at=LONG_AGO)


def cancel(meeting: Booking) -> int:
    client = By.client()
    return lifecycle.cancel(meeting.pk, by=client, reason="", now=timezone.now()).sequence


def test_sweeps_at_once_remind_of_each_meeting_once(practice: World) -> None:
    meetings = [soon(practice, hours) for hours in range(1, 21)]
    found = together([reminders.queue_due] * 6)
    assert [one for one in found if not isinstance(one, int)] == []
    abouts = OutgoingMail.objects.values_list("about", flat=True)
    assert sorted(abouts) == sorted(about_booking(meeting.uid) for meeting in meetings)


def test_a_meeting_cancelled_while_sweeps_remind_is_never_reminded_of(practice: World) -> None:
    for _ in range(20):
        meeting = soon(practice)
        sweep = partial(reminders.queue_due)
        outcomes = together([sweep, partial(cancel, meeting), sweep])
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        left = OutgoingMail.objects.filter(about=about_booking(meeting.uid), kind="reminder")
        assert set(left.values_list("state", flat=True)) <= {"withdrawn"}


def correct(meeting: Booking) -> int:
    client, now = Client.objects.get(pk=meeting.client_id), timezone.now()
    client.email = client.mailbox = f"new-{client.email}"
    theirs = [meeting.pk]  # which nobody confirmed, but the therapist says so
    return len(lifecycle.new_address(client, by=By.therapist(), now=now, theirs=theirs) or [])


def test_an_address_corrected_while_sweeps_remind_hears_nothing_more(practice: World) -> None:
    for hours in range(1, 21):
        meeting = soon(practice, hours)
        was = meeting.client.email
        sweep = partial(reminders.queue_due)
        outcomes = together([sweep, partial(correct, meeting), sweep])
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        left = OutgoingMail.objects.filter(to=was).exclude(kind="left_address")
        assert set(left.values_list("state", flat=True)) <= {"withdrawn"}
        told = OutgoingMail.objects.filter(to=f"new-{was}", state="pending")
        assert [mail.kind for mail in told] == ["confirmation"]


def test_without_the_rows_lock_the_same_sweep_reminds_of_what_is_being_cancelled(
    practice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: who looks without the lock sees the booking as it stood."""
    meeting = soon(practice)
    unlocked = reminders.DUE.replace("FOR NO KEY UPDATE OF b SKIP LOCKED", "")

    for query, queued in ((reminders.DUE, 0), (unlocked, 1)):
        monkeypatch.setattr(reminders, "DUE", query)
        with transaction.atomic():
            cancel(meeting)
            assert together([reminders.queue_due]) == [queued]
            transaction.set_rollback(True)
