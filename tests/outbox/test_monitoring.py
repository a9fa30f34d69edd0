"""Whether mail is looked after: what the outbox says of itself."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail as sent
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from bookings import tasks
from bookings.management.commands import send_due_mail
from outbox import delivery, monitoring
from outbox.models import OutgoingMail, OutgoingMailQuerySet, Sweep
from outbox.queue import AT_ONCE, queue
from outbox.tasks import send_about
from tests.outbox.letters import letter, queued

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
MINUTE = timedelta(minutes=1)


def looked(**minutes_ago: int) -> None:
    """Say who looked last and when."""
    Sweep.objects.all().delete()
    for by, minutes in minutes_ago.items():
        Sweep.objects.create(by=by, at=Now() - minutes * MINUTE)


def failing(minutes: int, error: str = "TimeoutError: timed out") -> OutgoingMail:
    """A mail that is tried in vain for so long, and is due again later."""
    mail = queued(wait=timedelta(minutes=110))
    OutgoingMail.objects.filter(pk=mail.pk).update(
        attempts=5, failing_since=Now() - minutes * MINUTE, last_error=error
    )
    return mail


def minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span / MINUTE)


def test_nobody_ever_looked() -> None:
    queued(wait=-timedelta(days=1))
    seen = monitoring.look()
    assert (seen.silence, seen.is_unattended, seen.is_half_attended) == (None, True, False)


@pytest.mark.parametrize(
    ("ago", "unattended", "half"),
    [
        ({"sweeper": 4}, False, False),
        ({"worker": 4}, False, False),
        ({"sweeper": 6}, True, True),
        ({"sweeper": 6, "worker": 4}, False, True),
        ({"sweeper": 4, "worker": 4}, False, False),
        ({"sweeper": 6, "worker": 7}, True, True),
    ],
)
def test_silence_is_noticed_after_five_minutes(
    ago: dict[str, int], *, unattended: bool, half: bool
) -> None:
    looked(**ago)
    seen = monitoring.look()
    assert (seen.is_unattended, seen.is_half_attended) == (unattended, half)
    assert minutes(seen.silence) == min(ago.values())
    assert {by: minutes(silence) for by, silence in seen.silences.items()} == ago


@pytest.mark.parametrize(("waited", "late"), [(9, None), (11, 11)])
@pytest.mark.parametrize("state", ["pending", "sending"])
def test_mail_that_nobody_takes_is_late_after_ten_minutes(
    state: str, waited: int, late: int | None
) -> None:
    looked(sweeper=0)
    queued(wait=-waited * MINUTE)
    OutgoingMail.objects.update(state=state, lease_until=Now() + MINUTE)
    queued(wait=AT_ONCE)
    seen = monitoring.look()
    assert (minutes(seen.late), minutes(seen.stuck)) == (late, late)


def test_mail_that_is_tried_in_vain_is_late_however_far_off_its_next_try() -> None:
    looked(sweeper=0)
    failing(25)
    failing(12)
    assert minutes(monitoring.look().stuck) == 25


def test_a_real_outage_makes_mail_late(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queued()
    tasks.sweep()
    assert monitoring.look().late is None
    first = OutgoingMail.objects.get().failing_since
    assert first
    OutgoingMail.objects.update(due_at=Now(), failing_since=first - 20 * MINUTE)
    tasks.sweep()
    again = OutgoingMail.objects.get()
    assert (again.attempts, again.failing_since) == (2, first - 20 * MINUTE)
    assert minutes(monitoring.look().stuck) == 20
    OutgoingMail.objects.update(due_at=Now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.sweep()
    assert monitoring.look().late is None
    assert OutgoingMail.objects.get().failing_since is None


@pytest.mark.parametrize(
    "error", ["SMTPRecipientsRefused: 452 4.2.2 full", "SMTPDataError: 451 later"]
)
def test_one_address_that_is_refused_is_late_and_no_outage(error: str) -> None:
    looked(sweeper=0)
    failing(25, error)
    seen = monitoring.look()
    assert (minutes(seen.late), seen.stuck) == (25, None)
    failing(15)
    assert minutes(monitoring.look().stuck) == 15


def test_a_server_that_takes_none_of_our_mail_is_an_outage() -> None:
    looked(sweeper=0)
    failing(25, "SMTPSenderRefused: 554 5.7.1 Relay access denied")
    assert minutes(monitoring.look().stuck) == 25


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.WITHDRAWN, State.EXPIRED])
def test_what_will_not_leave_any_more_is_not_late(state: State) -> None:
    looked(sweeper=0)
    failing(25)
    OutgoingMail.objects.update(state=state)
    assert monitoring.look().late is None


@pytest.mark.parametrize(("days", "told"), [(1, True), (4, False)])
def test_a_mail_that_was_given_up_is_news_for_three_days(days: int, *, told: bool) -> None:
    looked(sweeper=0)
    queued(wait=-timedelta(days=days))
    OutgoingMail.objects.update(state=State.FAILED)
    assert monitoring.look().failed is told


def test_it_is_one_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    looked(sweeper=0, worker=6)
    with django_assert_num_queries(1):
        monitoring.look()


HISTORY = """
INSERT INTO outbox_outgoingmail (key, about, kind, "to", sender, subject, text, html, invite,
    invite_method, message_id, due_at, state, attempts, last_error)
SELECT n, n, '', '', '', '', '', '', '', '', n, now() - n * interval '1 hour', 'sent', 1, ''
FROM generate_series(1, 5000) n; ANALYZE outbox_outgoingmail
"""


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (OutgoingMail.objects.late, "outbox_may_leave"),
        (OutgoingMail.objects.stuck, "outbox_may_leave"),
        (OutgoingMail.objects.failed_lately, "outbox_failed"),
        (OutgoingMail.objects.failed_lately, "outbox_came_back"),
        (OutgoingMail.objects.unwelcome, "outbox_came_back"),
        (OutgoingMail.objects.too_late, "outbox_may_leave"),
    ],
)
def test_a_long_history_is_not_read(asked: Callable[[], OutgoingMailQuerySet], index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HISTORY)
    assert index in asked().order_by().explain()


def test_each_mail_is_found_by_its_number_when_more_wait_than_postgres_knows_of(
    settings: Settings,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HISTORY)
    queue([letter(), letter(to="nobody"), letter(not_after=timezone.now() + MINUTE)])
    batch = delivery.claim()
    OutgoingMail.objects.filter(pk=batch[2].pk).update(not_after=Now())
    settings.EMAIL_BACKEND = "tests.outbox.backends.Choosy"
    with CaptureQueriesContext(connection) as asked:
        assert list(delivery._deliver_all(batch)) == [True, False, False]
    assert len(asked) == 6  # three begin: one is sent, one fails, one is retired
    for query in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = str(cursor.fetchall())
        assert "Index Scan using outbox_outgoingmail_pkey" in plan, plan


def written() -> tuple[int, int]:
    """How many mails this connection has changed, and how many of those without any index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = %s",
            [OutgoingMail._meta.db_table],
        )
        [(changed, quietly)] = cursor.fetchall()
    return changed, quietly


def test_a_claim_writes_to_no_index_however_long_they_are() -> None:
    queue([letter() for _ in range(delivery.BATCH)])
    changed, quietly = written()
    assert len(delivery.claim()) == delivery.BATCH
    assert written() == (changed + delivery.BATCH, quietly + delivery.BATCH)


# --- who leaves word


@pytest.mark.django_db(transaction=True)
def test_the_task_and_the_command_each_leave_word() -> None:
    tasks.sweep()
    assert set(monitoring.look().silences) == {"worker"}
    call_command("send_due_mail")
    assert set(monitoring.look().silences) == {"worker", "sweeper"}
    looked(worker=6, sweeper=6)
    send_due_mail._sweep()
    tasks.sweep()
    assert not monitoring.look().is_half_attended


def test_ringing_the_bell_is_not_looking() -> None:
    send_about(queued().about)
    assert monitoring.look().silences == {}
    assert len(sent.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_and_sweepers_at_once_send_each_mail_once_and_retire_the_rest() -> None:
    late = timezone.now() - MINUTE
    queue([letter() for _ in range(50)] + [letter(not_after=late) for _ in range(50)])
    start = threading.Barrier(6)
    counts: list[int] = []

    def run(by: Sweep.By) -> None:
        start.wait(10)
        counts.append(delivery.sweep(by))
        connection.close()

    sweeps = [threading.Thread(target=run, args=(by,)) for by in [*Sweep.By] * 3]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert (len(counts), sum(counts)) == (6, 50)
    ids = [message.extra_headers["Message-ID"] for message in sent.outbox]
    assert len(ids) == len(set(ids)) == 50
    ends = OutgoingMail.objects.values_list("state", "attempts")
    assert sorted(ends) == [(State.EXPIRED, 0)] * 50 + [(State.SENT, 1)] * 50
    assert set(monitoring.look().silences) == set(Sweep.By)


@pytest.mark.parametrize(("count", "questions"), [(0, 14), (1, 22), (3, 26)])
def test_a_sweep_asks_so_many_questions(
    django_assert_num_queries: DjangoAssertNumQueries, count: int, questions: int
) -> None:
    """Who asked, what is let go, reminders, what is too late, a claim, the word.

    With mail a claim and a word more, and two for each mail.
    """
    queue([letter() for _ in range(count)])
    with django_assert_num_queries(questions):
        tasks.sweep()


def test_a_look_through_the_outbox_goes_by_who_looked() -> None:
    assert str(Sweep(by=Sweep.By.SWEEPER)) == "sweeper"
