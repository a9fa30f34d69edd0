"""Putting mail into the outbox and taking it back."""

from datetime import timedelta

import pytest
from django.core import mail as sent
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import queue, withdraw
from tests.outbox.letters import letter, queued

pytestmark = pytest.mark.django_db
State = OutgoingMail.State


def test_the_same_notice_is_queued_once() -> None:
    queue([letter(key="a", subject="First")])
    queue([letter(key="a", subject="Second"), letter(key="b")])
    assert list(OutgoingMail.objects.order_by("key").values_list("key", flat=True)) == ["a", "b"]
    assert OutgoingMail.objects.get(key="a").subject == "First"


def test_the_key_is_unique_in_postgres_too() -> None:
    mail = queued()
    mail.pk, mail.message_id = None, "<other@kicks.example>"
    with pytest.raises(IntegrityError), transaction.atomic():
        mail.save()


def test_queueing_that_is_rolled_back_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        queue([letter()])
        raise RuntimeError
    assert not OutgoingMail.objects.exists()


def test_bodies_are_unreadable_in_the_table() -> None:
    mail = queued()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, html FROM outbox_outgoingmail")
        [(text, html)] = cursor.fetchall()
    assert "secret-token" not in text + html
    assert "See it" not in html
    assert "secret-token" in mail.text


@pytest.mark.parametrize("state", State)
def test_only_what_has_not_begun_to_leave_is_withdrawn(state: State) -> None:
    mail, other = queued(about="booking:1"), queued(about="booking:2")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state)
    assert withdraw("booking:1") == (state == State.PENDING)
    mail.refresh_from_db()
    other.refresh_from_db()
    assert mail.state == (State.WITHDRAWN if state == State.PENDING else state)
    assert other.state == State.PENDING


def test_a_withdrawn_mail_never_leaves() -> None:
    mail = queued()
    withdraw(mail.about)
    assert delivery.send_due() == 0
    assert sent.outbox == []


def test_mail_leaves_when_it_is_due_and_not_before() -> None:
    queued(due_at=timezone.now() + timedelta(hours=1))
    late, early = (
        queued(subject="late"),
        queued(subject="early", due_at=timezone.now() - timedelta(hours=3)),
    )
    assert delivery.send_due() == 2
    assert [m.subject for m in sent.outbox] == ["early", "late"]
    for mail in (late, early):
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.lease_until) == (State.SENT, 1, None)
        assert mail.sent_at is not None


def test_ringing_about_one_thing_sends_that_alone() -> None:
    mine, other = queued(about="booking:1"), queued(about="booking:2")
    assert delivery.send_due("booking:1") == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == (State.SENT, State.PENDING)


def test_more_than_a_batch_leaves_in_one_sweep() -> None:
    queue([letter() for _ in range(delivery.BATCH + 3)])
    assert delivery.send_due() == delivery.BATCH + 3


def test_the_sweep_looks_only_at_what_may_still_leave() -> None:
    """The planner must be able to use the partial index, whose condition the query repeats."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = OutgoingMail.objects.due().explain()
    assert "outbox_may_leave" in plan
