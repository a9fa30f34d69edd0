"""Mail that is worthless from a moment on never leaves after it."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail as sent
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from outbox import delivery
from outbox.models import OutgoingMail, Sweep
from outbox.queue import queue
from tests.outbox.letters import age, letter, queued

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
SOON = timedelta(hours=1)


def sweep() -> int:
    return delivery.sweep(Sweep.By.SWEEPER)


def now_too_late(mail: OutgoingMail) -> None:
    """Let the moment pass."""
    OutgoingMail.objects.filter(pk=mail.pk).update(not_after=Now())


def outage(settings: Settings) -> Callable[[], None]:
    """Take the mail server away; return what brings it back."""
    backend, port = settings.EMAIL_BACKEND, settings.EMAIL_PORT
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    def back() -> None:
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = backend, port

    return back


def test_in_time_it_leaves_like_any_other() -> None:
    mail = queued(not_after=timezone.now() + SOON)
    assert sweep() == 1
    mail.refresh_from_db()
    assert mail.state == State.SENT


def test_a_reminder_delayed_by_an_outage_is_not_sent_after_the_start_and_other_mail_is(
    settings: Settings,
) -> None:
    reminder, other = queued(not_after=timezone.now() + SOON), queued()
    back = outage(settings)
    assert sweep() == 0
    now_too_late(reminder)
    back()
    age(reminder)
    age(other)
    assert sweep() == 1
    reminder.refresh_from_db()
    assert (reminder.state, reminder.attempts, reminder.lease_until) == (State.EXPIRED, 1, None)
    assert [message.to for message in sent.outbox] == [[other.to]]


def test_a_mail_that_becomes_worthless_between_the_claim_and_its_turn_is_not_sent() -> None:
    mail = queued(not_after=timezone.now() + SOON)
    claimed = next(delivery._claims())
    assert [one.pk for one in claimed] == [mail.pk]
    now_too_late(mail)
    assert list(delivery._deliver_all(claimed)) == [False]
    mail.refresh_from_db()
    assert (mail.state, mail.lease_until, sent.outbox) == (State.EXPIRED, None, [])


def test_a_try_that_would_come_too_late_is_not_waited_for(settings: Settings) -> None:
    mail = queued(not_after=timezone.now() + SOON)
    outage(settings)
    sweep()
    sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.due_at > timezone.now()) == (State.PENDING, True)
    now_too_late(mail)
    sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.due_at > timezone.now()) == (State.EXPIRED, True)


def test_the_prompt_way_sends_nothing_worthless_either() -> None:
    mail = queued(not_after=timezone.now())
    assert delivery.send_due(mail.about) == 0
    mail.refresh_from_db()
    assert (mail.state, sent.outbox) == (State.EXPIRED, [])


def test_what_a_sender_hands_over_is_left_to_it_until_its_lease_runs_out() -> None:
    mail = queued(not_after=timezone.now() + SOON)
    [claimed] = next(delivery._claims())
    assert delivery._begin(claimed)
    now_too_late(mail)
    sweep()
    mail.refresh_from_db()
    assert mail.state == State.SENDING
    age(mail)
    assert sweep() == 0
    mail.refresh_from_db()
    assert (mail.state, sent.outbox) == (State.EXPIRED, [])


def test_more_than_a_batch_of_worthless_mail_holds_up_no_other() -> None:
    past = timezone.now() - timedelta(minutes=1)
    queue([letter(not_after=past, wait=-timedelta(hours=1)) for _ in range(delivery.BATCH + 3)])
    queued()
    assert sweep() == 1


def test_what_ended_stays_as_it_ended() -> None:
    mails = {state: queued(not_after=timezone.now()) for state in State}
    for state, mail in mails.items():
        OutgoingMail.objects.filter(pk=mail.pk).update(state=state, lease_until=Now() + SOON)
    sweep()
    kept = dict(OutgoingMail.objects.values_list("pk", "state"))
    assert kept.pop(mails[State.PENDING].pk) == State.EXPIRED
    assert kept == {mail.pk: state for state, mail in mails.items() if state != State.PENDING}


def test_a_failed_mail_is_not_sent_again_once_it_is_worthless() -> None:
    queued(not_after=timezone.now())
    useful = queued(not_after=timezone.now() + SOON)
    OutgoingMail.objects.update(state=State.FAILED)
    assert delivery.send_again(OutgoingMail.objects.all()) == 1
    assert set(OutgoingMail.objects.filter(state=State.PENDING)) == {useful}


@pytest.mark.django_db(transaction=True)
def test_what_another_sweep_is_retiring_is_passed_over_not_waited_for() -> None:
    held, free = queued(not_after=timezone.now()), queued(not_after=timezone.now())
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM outbox_outgoingmail WHERE id = %s FOR UPDATE", [held.pk])
            locked.set()
            done.wait(10)
            cursor.execute("ROLLBACK")
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert locked.wait(10)
    sweep()
    done.set()
    other.join()
    states = dict(OutgoingMail.objects.values_list("pk", "state"))
    assert states == {held.pk: State.PENDING, free.pk: State.EXPIRED}
