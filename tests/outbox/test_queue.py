"""Putting mail into the outbox and taking it back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as sent
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from outbox import delivery
from outbox.models import OutgoingMail, Sweep
from outbox.queue import AT_ONCE, queue, queue_again, revive, state_of, take_back, withdraw
from tests.outbox.letters import age, letter, queued, waits

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


def test_mail_that_a_sender_has_only_claimed_can_still_be_withdrawn() -> None:
    first, second = queued(about="booking:1"), queued(about="booking:2")
    batch = next(delivery._claims())
    assert [mail.pk for mail in batch] == [first.pk, second.pk]
    assert withdraw("booking:2") == 1
    assert list(delivery._deliver_all(batch)) == [True, False]
    second.refresh_from_db()
    assert (second.state, len(sent.outbox)) == (State.WITHDRAWN, 1)


def test_mail_that_is_being_handed_over_is_not_withdrawn() -> None:
    mail = queued()
    [claimed] = next(delivery._claims())
    assert delivery._begin(claimed)
    assert withdraw(mail.about) == 0
    mail.refresh_from_db()
    assert mail.state == State.SENDING


def test_mail_that_a_sender_died_over_is_withdrawn_and_not_sent_again() -> None:
    mail = queued()
    [claimed] = next(delivery._claims())
    assert delivery._begin(claimed)
    age(mail)
    assert withdraw(mail.about) == 1
    assert (delivery.send_due(), sent.outbox) == (0, [])


def test_mail_that_could_not_be_handed_over_when_it_was_withdrawn_is_not_tried_again() -> None:
    mail = queued()
    [claimed] = next(delivery._claims())
    assert delivery._begin(claimed)
    withdraw(mail.about)
    delivery._record_failure(claimed, OSError("refused for now"))
    assert delivery.sweep(Sweep.By.SWEEPER) == 0
    assert (age(mail).state, sent.outbox) == (State.EXPIRED, [])


def test_mail_that_a_sender_dies_over_after_it_was_withdrawn_is_not_sent_again() -> None:
    mail = queued()
    [claimed] = next(delivery._claims())
    assert delivery._begin(claimed)
    withdraw(mail.about)
    age(mail)
    assert delivery.send_due() == delivery.sweep(Sweep.By.SWEEPER) == 0
    mail.refresh_from_db()
    assert (mail.state, sent.outbox) == (State.EXPIRED, [])


def being_handed_over(**facts: Any) -> OutgoingMail:
    """A mail that a sender is handing over this moment, as the sender knows it."""
    queued(**facts)
    [claimed] = next(delivery._claims())
    assert delivery._begin(claimed)
    return claimed


@pytest.mark.parametrize("sweeps", [0, 1], ids=["at once", "after a sweep"])
def test_mail_that_was_leaving_when_it_was_withdrawn_is_revived_with_the_rest(sweeps: int) -> None:
    mail = being_handed_over(key="uid:0:confirmation")
    withdraw(mail.about)
    delivery._record_failure(mail, OSError("refused for now"))
    for _ in range(sweeps):
        delivery.sweep(Sweep.By.SWEEPER)
    revive("uid:0:", but="reminder")
    age(mail)
    assert (delivery.sweep(Sweep.By.SWEEPER), len(sent.outbox)) == (1, 1)


def test_a_follow_up_that_is_leaving_counts_as_gone_and_is_tried_again() -> None:
    mail = being_handed_over()
    take_back(mail.about, mail.kind)
    assert state_of(mail.key) == State.SENDING
    delivery._record_failure(mail, OSError("refused for now"))
    age(mail)
    assert (delivery.sweep(Sweep.By.SWEEPER), len(sent.outbox)) == (1, 1)


def test_what_one_sender_has_claimed_no_other_claims() -> None:
    mail = queued()
    [claimed] = next(delivery._claims())
    assert delivery.send_due() == 0
    OutgoingMail.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert delivery.send_due() == 1
    assert not delivery._begin(claimed)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 2)


def test_a_mail_whose_turn_came_late_has_its_whole_lease_to_leave_in() -> None:
    queued()
    [claimed] = next(delivery._claims())
    OutgoingMail.objects.update(lease_until=Now() + timedelta(seconds=1))
    assert delivery._begin(claimed)
    whole = Now() + delivery.LEASE - timedelta(seconds=10)
    assert OutgoingMail.objects.filter(lease_until__gt=whole).exists()


@pytest.mark.parametrize(
    ("meanwhile", "kept"),
    [("TakenOver", (State.SENDING, 2, None)), ("TakenBack", (State.WITHDRAWN, 1, None))],
)
def test_a_sender_that_was_taken_for_dead_leaves_the_mail_as_others_left_it(
    settings: Settings, meanwhile: str, kept: tuple[State, int, None]
) -> None:
    mail = queued()
    settings.EMAIL_BACKEND = f"tests.outbox.backends.{meanwhile}"
    delivery.send_due(mail.about)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.sent_at) == kept


def test_mail_leaves_when_it_is_due_and_not_before() -> None:
    queued(wait=timedelta(hours=1))
    late, early = (
        queued(subject="late"),
        queued(subject="early", wait=-timedelta(hours=3)),
    )
    assert delivery.send_due() == 2
    assert [m.subject for m in sent.outbox] == ["early", "late"]
    for mail in (late, early):
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.lease_until) == (State.SENT, 1, None)
        assert mail.sent_at is not None


@pytest.mark.parametrize("wrong_by", [-1, 1], ids=["an hour slow", "an hour fast"])
def test_mail_waits_by_the_databases_clock_whatever_the_web_servers_shows(wrong_by: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=wrong_by)):
        queue([letter(key="now", wait=AT_ONCE), letter(key="soon", wait=timedelta(minutes=2))])
        again = queued(key="again")
        take_back(again.about, again.kind)
        queue_again(letter(key="again", wait=timedelta(minutes=2)))
    assert [waits(key) for key in ("now", "soon", "again")] == [0, 120, 120]
    assert delivery.send_due() == 1


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
    plan = OutgoingMail.objects.due().order_by("due_at").explain()
    assert "outbox_may_leave" in plan


@pytest.mark.parametrize("state", State)
def test_taking_back_one_kind_leaves_what_has_left_and_every_other_kind(state: State) -> None:
    mail, other = (queued(about="booking:1", kind=kind) for kind in ("follow_up", "confirmation"))
    elsewhere = queued(about="booking:2", kind="follow_up")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state)
    take_back("booking:1", "follow_up")
    here = {State.PENDING, State.FAILED}
    assert state_of(mail.key) == (State.WITHDRAWN if state in here else state)
    assert state_of(other.key) == state_of(elsewhere.key) == State.PENDING


def test_what_was_taken_back_waits_anew_with_its_new_words_and_its_old_message_id() -> None:
    mail = queued(key="a", kind="follow_up", about="booking:1", subject="First")
    OutgoingMail.objects.update(attempts=18, last_error="451", failing_since=timezone.now())
    take_back("booking:1", "follow_up")
    later = timedelta(minutes=2)
    queue_again(letter(key="a", to="new@example.com", subject="New", text="Words", wait=later))
    again = OutgoingMail.objects.get()
    assert (again.state, again.attempts, again.last_error) == (State.PENDING, 19, "")
    assert (again.to, again.subject, again.text) == ("new@example.com", "New", "Words")
    assert (waits(again.key), again.failing_since) == (120, None)
    assert again.message_id == mail.message_id


@pytest.mark.parametrize("state", [one for one in State if one != State.WITHDRAWN])
def test_queueing_again_changes_nothing_of_what_waits_or_has_left(state: State) -> None:
    queued(key="a", subject="First")
    OutgoingMail.objects.update(state=state)
    queue_again(letter(key="a", subject="Second"))
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.subject) == (state, "First")


def test_a_key_that_was_never_used_is_queued_and_stands_nowhere_before() -> None:
    assert state_of("a") == ""
    queue_again(letter(key="a"))
    assert state_of("a") == State.PENDING


def test_a_mail_that_was_given_up_and_queued_again_has_its_tries_anew() -> None:
    mail = queued(key="a", kind="follow_up")
    OutgoingMail.objects.update(state=State.FAILED, attempts=delivery.MOST_ATTEMPTS)
    take_back(mail.about, "follow_up")
    queue_again(letter(key="a"))
    assert OutgoingMail.objects.get().attempts == 1


def test_who_claimed_a_mail_before_it_was_taken_back_does_not_send_the_new_one() -> None:
    mail = queued(key="a", kind="follow_up")
    batch = next(delivery._claims())
    take_back(mail.about, "follow_up")
    queue_again(letter(key="a", wait=timedelta(minutes=2)))
    assert list(delivery._deliver_all(batch)) == [False]
    assert (delivery.send_due(), sent.outbox) == (0, [])
    age(mail)
    assert delivery.send_due() == 1
