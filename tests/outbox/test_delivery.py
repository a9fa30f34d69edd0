"""Delivery to a real mail server on this machine, which refuses, hangs and dies."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.fernet import Fernet
from django.core import mail as sent
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from bookings.management.commands import send_due_mail
from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import queue
from tests.outbox.letters import age, letter, queued

State = OutgoingMail.State


RCPT = {
    "gone": "550 5.1.1 no such person",
    "full": "452 4.2.2 mailbox full",
    "relay": "554 5.7.1 Relay access denied",
}


class Sink:
    """A mail server: what the address's first word says, it does."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.connections: set[object] = set()

    async def handle_RCPT(  # noqa: N802, aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = RCPT.get(address.partition("@")[0])
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [to] = envelope.rcpt_tos
        if to.startswith("busy"):
            return "451 try again later"
        if to.startswith("hang"):
            await asyncio.sleep(30)
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.connections.add(session.peer)
        return "250 OK"


@pytest.fixture
def sink(settings: Settings, db: None) -> Iterator[Sink]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 0.3
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    controller.stop()


def test_a_mail_arrives_as_it_was_built(sink: Sink) -> None:
    queued(invite="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", invite_method="REQUEST", text="Zoë’s")
    assert delivery.send_due() == 1
    [wire] = sink.taken
    assert b"Zo\xc3\xab" in wire
    assert b'Content-Type: text/calendar; method="REQUEST"; charset="utf-8"\r\n' in wire
    assert wire.count(b"\r\n") == wire.count(b"\n")


def test_a_batch_leaves_through_one_connection_and_what_follows_a_refusal_through_another(
    sink: Sink,
) -> None:
    queue([letter() for _ in range(3)])
    assert (delivery.send_due(), len(sink.connections)) == (3, 1)
    early = -timedelta(hours=1)
    queue([letter(to="busy@example.com", wait=early), letter(), letter()])
    assert (delivery.send_due(), len(sink.connections)) == (2, 2)


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("busy@example.com", "SMTPDataError: 451 try again later"),
        ("full@example.com", "SMTPRecipientsRefused: 452 4.2.2 mailbox full"),
        ("relay@example.com", "SMTPSenderRefused: 554 5.7.1 Relay access denied"),
        ("hang@example.com", "SMTPServerDisconnected"),
    ],
)
def test_a_mail_that_fails_waits_and_holds_up_no_other(sink: Sink, to: str, error: str) -> None:
    early = -timedelta(hours=1)
    before, bad = queued(wait=2 * early), queued(to=to, wait=early)
    after = queued()
    begun = time.monotonic()
    assert delivery.send_due() == 2
    assert time.monotonic() - begun < 5
    for mail in (before, bad, after):
        mail.refresh_from_db()
    assert (before.state, after.state, bad.state) == (State.SENT, State.SENT, State.PENDING)
    assert bad.last_error.startswith(error)
    assert (bad.attempts, bad.lease_until, bad.sent_at) == (1, None, None)
    assert 50 < (bad.due_at - timezone.now()).total_seconds() <= 60
    assert delivery.send_due() == 0


def test_a_server_that_is_gone_is_tried_again_until_it_is_back(
    sink: Sink, settings: Settings
) -> None:
    mail = queued()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert delivery.send_due() == 0
    mail.refresh_from_db()
    assert mail.last_error.startswith("ConnectionRefusedError")
    settings.EMAIL_PORT = port
    age(mail)
    assert delivery.send_due() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (State.SENT, 2, "")
    assert mail.message_id.encode() in sink.taken[0]


def test_the_waits_double_up_to_two_hours_and_end_where_the_therapist_sees_it(sink: Sink) -> None:
    mail = queued(to="full@example.com")
    waits = []
    while mail.state == State.PENDING:
        age(mail)
        delivery.send_due()
        mail.refresh_from_db()
        waits.append(round((mail.due_at - timezone.now()).total_seconds() / 60))
    assert waits[:9] == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    assert set(waits[7:]) == {120}
    assert (mail.state, mail.attempts, len(waits)) == (State.FAILED, 18, 18)
    assert "452" in mail.last_error
    assert (mail.fate, mail.fate_reason) == ("bounced", "452 4.2.2 mailbox full")
    age(mail)
    assert delivery.send_due() == 0


def test_an_address_that_there_is_not_is_given_up_at_once_and_is_a_bounce(sink: Sink) -> None:
    mail, other = queued(to="gone@example.com"), queued()
    assert delivery.send_due() == 1
    mail.refresh_from_db()
    other.refresh_from_db()
    said = "SMTPRecipientsRefused: 550 5.1.1 no such person"
    assert (mail.state, mail.attempts, mail.last_error) == (State.FAILED, 1, said)
    assert (mail.fate, mail.fate_reason) == ("bounced", "550 5.1.1 no such person")
    assert mail.fate_at is not None
    assert (other.state, other.fate, other.fate_at) == (State.SENT, "", None)


def test_a_server_that_takes_no_mail_of_ours_says_nothing_of_the_address(sink: Sink) -> None:
    mail = queued(to="relay@example.com")
    OutgoingMail.objects.update(attempts=17)
    assert delivery.send_due() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.fate) == (State.FAILED, 18, "")


def test_a_failed_mail_can_be_sent_again(sink: Sink) -> None:
    mail, other = queued(), queued()
    OutgoingMail.objects.update(state=State.FAILED, attempts=18, last_error="x")
    OutgoingMail.objects.filter(pk=other.pk).update(state=State.SENT)
    assert delivery.send_again(OutgoingMail.objects.all()) == 1
    assert delivery.send_due() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (State.SENT, 1, "")


def test_a_mail_whose_key_is_lost_holds_up_no_other(sink: Sink, settings: Settings) -> None:
    own = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    lost = letter(key="lost", wait=-timedelta(hours=1))
    queue([lost])
    settings.FIELD_KEYS = own
    readable = queued()
    assert delivery.send_due() == 1
    readable.refresh_from_db()
    assert readable.state == State.SENT
    broken = OutgoingMail.objects.defer("text", "html").get(key="lost")
    assert (broken.state, broken.attempts) == (State.PENDING, 1)
    assert broken.last_error.startswith("UndecipherableError")


def test_a_mail_that_a_dead_sender_held_is_sent_under_the_same_message_id(sink: Sink) -> None:
    mail = queued()
    OutgoingMail.objects.update(state=State.SENDING, attempts=1, lease_until=Now() + delivery.LEASE)
    assert delivery.send_due() == 0
    age(mail)
    assert delivery.send_due() == 1
    assert mail.message_id.encode() in sink.taken[0]
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 2)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_sender_is_claiming_is_passed_over_not_waited_for(sink: Sink) -> None:
    held, free = queued(), queued()
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
    assert delivery.send_due() == 1
    done.set()
    other.join()
    free.refresh_from_db()
    assert free.state == State.SENT
    assert delivery.send_due() == 1


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_send_each_mail_once(sink: Sink) -> None:
    queue([letter() for _ in range(12)])
    counts: list[int] = []

    def sweep() -> None:
        counts.append(delivery.send_due())
        connection.close()

    senders = [threading.Thread(target=sweep) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sum(counts) == len(sink.taken) == 12


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_sweep_asks_eight_questions_and_two_for_each_mail(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    queue([letter() for _ in range(delivery.BATCH)])
    delivery.send_due()
    queue([letter() for _ in range(count)])
    with django_assert_num_queries(8 + 2 * count):
        delivery.send_due()


@pytest.mark.django_db
def test_the_command_sends_what_is_due_without_a_broker(capsys: pytest.CaptureFixture[str]) -> None:
    queued()
    call_command("send_due_mail")
    assert capsys.readouterr().out == "1 sent\n"
    assert len(sent.outbox) == 1


@pytest.mark.django_db
def test_mail_of_one_part_is_plain_text() -> None:
    queued(html="")
    delivery.send_due()
    [message] = sent.outbox
    assert not isinstance(message.message(), EmailMessage)
    assert message.message().get_content_type() == "text/plain"


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_outlives_a_database_that_goes_away(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    mail, backend = queued(), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.outbox.backends.DatabaseGone"
    send_due_mail._sweep()
    assert "the sweep will be tried again: InterfaceError" in caplog.text
    settings.EMAIL_BACKEND = backend
    close_old_connections()
    age(mail)
    send_due_mail._sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 2)


class ToldToStop(BaseEmailBackend):
    """Sends, while the process is told to stop."""

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        signal.raise_signal(signal.SIGTERM)
        return len(email_messages)


@pytest.mark.django_db(transaction=True)
def test_a_sweeper_that_is_told_to_stop_finishes_what_it_sends(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.ToldToStop"
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    mail = queued()
    try:
        call_command("send_due_mail", every=60)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    mail.refresh_from_db()
    assert mail.state == State.SENT
