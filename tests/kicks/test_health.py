"""The probes: whether the process lives, and whether the site keeps its promises."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from bookings import tasks
from outbox.models import OutgoingMail, Sweep
from tests.kicks.test_local_servers import using
from tests.outbox.letters import queued

HEALTH, READY = "/healthz", "/readyz"
LIMIT = 3  # seconds


@pytest.fixture
def broker(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A broker of the test's own; its pid file."""
    with using("valkey", tmp_path / ".local") as url:
        settings.REDIS_URL = url
        [pid_file] = Path(url.removeprefix("unix://")).parent.glob("valkey.pid")
        yield pid_file


@pytest.fixture
def frozen(broker: Path) -> Iterator[None]:
    """That broker, which takes connections and never says a word."""
    pid = int(broker.read_text())
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


@pytest.fixture
def swept(db: None) -> None:
    """Somebody looks after the mail."""
    tasks.sweep()


def ask(client: Client, expected: int) -> dict[str, Any]:
    answer = client.get(READY)
    assert answer.status_code == expected, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return found


def silent(**minutes: int) -> None:
    for by, ago in minutes.items():
        Sweep.objects.update_or_create(by=by, defaults={"at": Now() - timedelta(minutes=ago)})


def late_mail(error: str = "TimeoutError: timed out") -> None:
    queued(wait=-timedelta(minutes=12), to="sam@example.com", subject="A canary")
    OutgoingMail.objects.update(last_error=error)


# --- alive


def test_a_process_that_lives_says_so_without_the_database(client: Client) -> None:
    """No fixture gives this test a database: asking for one fails it."""
    answer = client.get(HEALTH)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("path", [HEALTH, READY])
def test_any_host_name_and_plain_http_are_answered_and_never_kept(
    client: Client, settings: Settings, path: str
) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["book.example.org"], True
    silent(sweeper=0)
    for host in ("127.0.0.1:8000", "10.0.0.7"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies
    # The control: any other page asks for a known host and for HTTPS.
    assert client.get("/", headers={"host": "10.0.0.7"}).status_code == 400
    assert client.get("/", headers={"host": "book.example.org"}).status_code == 301


@pytest.mark.parametrize("path", [HEALTH, READY])
def test_nothing_can_be_posted_to_a_probe(client: Client, path: str) -> None:
    assert client.post(path).status_code == 404


def test_a_probe_leaves_no_line_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client.get(HEALTH)
    assert caplog.text == ""


# --- ready


@pytest.mark.usefixtures("broker", "swept")
def test_all_is_well(client: Client) -> None:
    told = ask(client, 200)
    assert (told["status"], told["failing"], told["mail_waits_seconds"]) == ("ok", [], None)
    assert set(told["parts"]) == {"database", "broker", "mail", "sweeps"}
    assert set(told["parts"].values()) == {"ok"}
    assert set(told["swept_seconds_ago"]) == {"worker"}


@pytest.mark.usefixtures("swept")
def test_a_broker_that_is_gone_is_told_and_stops_nobody(client: Client) -> None:
    told = ask(client, 200)
    assert (told["status"], told["failing"]) == ("degraded", [])
    assert told["parts"]["broker"] == "degraded"


@pytest.mark.usefixtures("frozen", "swept")
def test_a_frozen_broker_is_not_waited_for(client: Client) -> None:
    begun = time.monotonic()
    told = ask(client, 200)
    assert time.monotonic() - begun < LIMIT
    assert told["parts"]["broker"] == "degraded"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "status", "sweeps"),
    [
        ({}, 503, "failing"),
        ({"sweeper": 6}, 503, "failing"),
        ({"sweeper": 4}, 200, "ok"),
        ({"sweeper": 4, "worker": 6}, 200, "degraded"),
        ({"sweeper": 6, "worker": 4}, 200, "degraded"),
    ],
)
def test_silence_is_noticed_within_five_minutes_and_a_deaf_worker_is_told(
    client: Client, minutes: dict[str, int], status: int, sweeps: str
) -> None:
    silent(**minutes)
    told = ask(client, status)
    assert told["parts"]["sweeps"] == sweeps
    assert told["failing"] == (["sweeps"] if status == 503 else [])
    assert set(told["swept_seconds_ago"]) == set(minutes)


@pytest.mark.usefixtures("swept")
def test_mail_that_is_stuck_is_told_and_nobody_is_named(client: Client) -> None:
    late_mail()
    answer = client.get(READY)
    assert answer.status_code == 503
    told = json.loads(answer.content)
    assert (told["status"], told["failing"]) == ("failing", ["mail"])
    assert 719 < told["mail_waits_seconds"] < 780
    for secret in (b"sam", b"canary", b"Timeout", b"postgres", b"valkey", b"/"):
        assert secret not in answer.content


@pytest.mark.usefixtures("swept")
def test_an_address_that_is_refused_is_the_therapists_business_and_no_outage(
    client: Client,
) -> None:
    late_mail("SMTPRecipientsRefused: {'sam@example.com': (550, b'no such person')}")
    assert ask(client, 200)["parts"]["mail"] == "ok"


@pytest.mark.usefixtures("transactional_db")
def test_a_database_that_is_gone_is_told_and_the_next_answer_finds_it_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent(sweeper=0)
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        begun = time.monotonic()
        told = ask(client, 503)
        assert time.monotonic() - begun < LIMIT
    assert told["failing"] == ["database"]
    assert (told["parts"]["mail"], told["parts"]["sweeps"]) == ("unknown", "unknown")
    assert (told["mail_waits_seconds"], told["swept_seconds_ago"]) == (None, {})
    assert ask(client, 200)["parts"]["database"] == "ok"


@pytest.mark.usefixtures("transactional_db")
def test_a_database_that_makes_us_wait_is_not_waited_for(client: Client) -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE outbox_sweep IN ACCESS EXCLUSIVE MODE")
            begun = time.monotonic()
            assert ask(client, 503)["failing"] == ["database"]
            assert time.monotonic() - begun < LIMIT
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    silent(sweeper=0)
    assert ask(client, 200)["failing"] == []


@pytest.mark.usefixtures("transactional_db")
def test_a_database_that_is_frozen_is_given_up_and_found_back(client: Client) -> None:
    silent(sweeper=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    running = threading.active_count()
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        told = ask(client, 503)
        assert time.monotonic() - begun < LIMIT
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (told["failing"], threading.active_count()) == (["database"], running)
    assert ask(client, 200)["parts"]["database"] == "ok"


@pytest.mark.usefixtures("transactional_db")
def test_a_database_that_lets_nobody_in_is_given_up(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    with socket.socket(socket.AF_UNIX) as mute, monkeypatch.context() as patch:
        mute.bind(str(tmp_path / ".s.PGSQL.5432"))
        mute.listen()
        patch.setitem(connection.settings_dict, "HOST", str(tmp_path))
        begun = time.monotonic()
        assert ask(client, 503)["failing"] == ["database"]
        assert time.monotonic() - begun < LIMIT + 1


@pytest.mark.usefixtures("swept")
def test_readiness_asks_one_question_and_sets_its_limit(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):  # begin, the limit, the question, end
        client.get(READY)
