"""Several senders on one outbox, and one that is killed while it sends."""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from bench.servers import free_port
from chaos.machines import wait_until
from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import Letter, queue
from tests.races.site import Site
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]

MESSAGE_ID = re.compile(r"^Message-ID: (.+?)\r?$", re.MULTILINE)


def queue_letters(count: int) -> None:
    queue(
        [
            Letter(
                key=f"letter-{n}",
                about="booking:x",
                kind="confirmation",
                to="sam@example.com",
                sender="Kicks Therapy <hello@kicks.example>",
                subject="Your appointment",
                text="Hello",
                html="",
            )
            for n in range(count)
        ]
    )


def test_senders_at_work_together_send_each_mail_once(transactional_db: None) -> None:
    queue_letters(60)
    sent = together([delivery.send_due] * 4)
    assert sum(number for number in sent if isinstance(number, int)) == 60
    left = Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
    assert left == Counter(OutgoingMail.objects.values_list("message_id", flat=True))
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {("sent", 1)}


class Sink:
    """A mail server that reads a mail and says so only once it is `awake`."""

    def __init__(self) -> None:
        self.awake = Event()
        self.received: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802, theirs
        self.received += MESSAGE_ID.findall(envelope.content.decode())
        await asyncio.to_thread(self.awake.wait)
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    """The mail server and its port."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield sink, controller.port
    sink.awake.set()
    controller.stop()


@pytest.mark.real_time
def test_what_a_killed_sender_was_sending_goes_out_again_under_the_same_message_id(
    site: Site, transactional_db: None, sink: tuple[Sink, int], settings: Settings
) -> None:
    server, port = sink
    queue_letters(1)
    sender = site.manage("send_due_mail", EMAIL_URL=f"smtp://127.0.0.1:{port}")
    wait_until(lambda: bool(server.received))
    sender.kill()
    assert sender.wait() == -signal.SIGKILL
    server.awake.set()

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    row = OutgoingMail.objects.get()
    assert delivery.send_due() == 0, "its lease has not run out"
    OutgoingMail.objects.update(lease_until=Now())
    assert delivery.send_due() == 1

    assert server.received == [row.message_id] * 2
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutgoingMail.State.SENT, 2)
