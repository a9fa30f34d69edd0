"""The drill's mail server says what it did with each mail, and whether its sender lived on."""

import io
import json
import smtplib
import socket
from collections import Counter
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from bench.servers import free_port
from chaos.machines import wait_until
from chaos.sink import Sink

MAIL = "Message-ID: <{}>\r\nSubject: Hello\r\n\r\nHello\r\n"
Server = tuple[Sink, int, io.StringIO]


@pytest.fixture
def server() -> Iterator[Server]:
    notes = io.StringIO()
    sink = Sink(notes)
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield sink, controller.port, notes
    controller.stop()


def said(notes: io.StringIO) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in notes.getvalue().splitlines()]
    return [(line["what"], line["id"]) for line in lines]


def send(client: smtplib.SMTP, number: int) -> None:
    client.sendmail("robin@kicks.example", ["sam@example.com"], MAIL.format(number))


def test_a_sender_who_lives_is_told_from_one_who_died_after_the_mail_was_taken(
    server: Server,
) -> None:
    sink, port, notes = server
    sink.be_calm()
    with smtplib.SMTP("127.0.0.1", port) as client:
        send(client, 1)
        send(client, 2)
    with socket.create_connection(("127.0.0.1", port)):
        killed = smtplib.SMTP("127.0.0.1", port)
        send(killed, 3)
        assert killed.sock
        killed.sock.close()
    wait_until(lambda: ("taken", "<3>") in said(notes))
    assert said(notes) == [
        ("calm", ""),
        ("taken", "<1>"),
        ("went on", "<1>"),
        ("taken", "<2>"),
        ("went on", "<2>"),
        ("taken", "<3>"),
    ]


def test_it_refuses_three_in_ten(server: Server) -> None:
    sink, port, notes = server
    sink.hangs = 0.0
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(400):
            try:
                send(client, number)
            except smtplib.SMTPException:
                client.rset()
    found = Counter(what for what, _ in said(notes))
    assert 0.25 < found["refused"] / 400 < 0.35
    assert found["taken"] + found["refused"] == 400
