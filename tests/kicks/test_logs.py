"""What a process says of what goes wrong: nothing of anybody, however it goes wrong."""

import io
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser

from kicks import logs
from kicks.logs import HEAD_LINES, LINE_HEAD, LINE_TAIL, TAIL_LINES, Discreet, discreet
from staff.models import Role
from tests.desk.people.owners import somebody
from tests.factories import World, make_client
from tests.races.site import database_url

ROOT = Path(__file__).resolve().parents[2]
CANARY = "I feel blue"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ('"GET /b/Zm9vYmFy-_x/ HTTP/1.1" 200', '"GET /b/***/ HTTP/1.1" 200'),
        ("Not Found: /b/abc/cancel/", "Not Found: /b/***/cancel/"),
        ("https://book.example.org/b/abc?x=1", "https://book.example.org/b/***?x=1"),
        ("/book/ and /b/", "/book/ and /b/"),
    ],
)
def test_private_links_are_masked_in_logs(said: str, logged: str) -> None:
    assert discreet(said) == logged


def fail(cause: str) -> None:
    """Fail as Django does on a database error: one exception raised from another."""
    raise RuntimeError(cause) from ValueError(cause)


def test_a_database_error_is_logged_without_the_row() -> None:
    cause = 'null value in column "x"\nDETAIL:  Failing row contains (Sam, I feel\n\nblue).\n'
    with pytest.raises(RuntimeError) as caught:
        fail(cause)
    record = logging.LogRecord("django", logging.ERROR, __file__, 1, "%s", (cause,), None)
    record.exc_info = (caught.type, caught.value, caught.tb)
    line = Discreet("%(message)s").format(record)
    assert "Sam" not in line
    assert "blue" not in line
    assert 'null value in column "x"' in line
    assert "The above exception was the direct cause" in line
    assert "RuntimeError" in line


# --- what the database says


@pytest.mark.parametrize(
    "statement",
    [
        # A row that breaks a rule of the table; a value that breaks one of its type.
        f"INSERT INTO clients_client (name) VALUES ('{CANARY}')",  # noqa: S608, no input
        f"SELECT '{CANARY}'::int",
        f"SELECT '{CANARY}'::jsonb",
        f"SELECT '[{CANARY}'::tstzrange",
        f"SELECT '{{{CANARY}'::int[]",
        f"SELECT '{CANARY}'::timestamptz",
        f"SELECT 1 FROM nowhere WHERE x = '{CANARY}'",  # noqa: S608
        f"SELECT 1 WHERE '{CANARY}' ~ '('",
        f"DO $$ BEGIN RAISE 'refused' USING DETAIL = '{CANARY}', HINT = '{CANARY}'; END $$",
        f"SELECT 99999999999::int, '{CANARY}'",
    ],
)
def test_an_error_of_the_database_is_told_without_a_value(db: None, statement: str) -> None:
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert CANARY in statement
    told = discreet(f"django.db.utils.DataError: {caught.value}")
    assert CANARY not in told
    assert "DataError: " in told
    assert len(told) > len("django.db.utils.DataError: ") + 5


# --- what ends a process, a command, a thread

FAILS = """
import django
django.setup()
from django.db import connection
{what}
"""
STORES = f"connection.cursor().execute(\"INSERT INTO clients_client (name) VALUES ('{CANARY}')\")"  # noqa: S608
IN_A_THREAD = """
import threading
def store():
    {stores}
thread = threading.Thread(target=store)
thread.start()
thread.join()
"""
WARNS = f"import warnings; warnings.warn('\\nDETAIL: {CANARY}', stacklevel=1)"


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (STORES, "IntegrityError"),
        (IN_A_THREAD.format(stores=STORES), "IntegrityError"),
        (WARNS, "py.warnings"),
        ("raise ValueError('\\nDETAIL: " + CANARY + "')", "ValueError"),
    ],
    ids=["a process", "a thread", "a warning", "another error"],
)
def test_what_nobody_catches_is_printed_without_a_row(db: None, what: str, told: str) -> None:
    said = run("-c", FAILS.format(what=what))
    assert told in said
    assert CANARY not in said


@pytest.mark.real_time
def test_a_command_that_fails_prints_no_row(transactional_db: None, tmp_path: Path) -> None:
    """As a migration or a sweep would: any command, started as a person or a server starts it."""
    make_client(name=CANARY)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clients_client ADD CONSTRAINT fails CHECK (false) NOT VALID")
    try:
        script = f"UPDATE clients_client SET phone = '1' WHERE name = '{CANARY}'"  # noqa: S608
        shell = f'from django.db import connection; connection.cursor().execute("{script}")'
        said = run("manage.py", "shell", "--no-imports", "--command", shell)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE clients_client DROP CONSTRAINT fails")
    assert "IntegrityError" in said
    assert 'violates check constraint "fails"' in said
    assert "Failing row" not in said
    assert "+" not in said.partition("DETAIL")[2]


def run(*arguments: str) -> str:
    """What a process of ours prints, on either stream."""
    environment = {"DJANGO_SETTINGS_MODULE": "kicks.settings", "DATABASE_URL": database_url()}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**environment, "PATH": "/usr/bin:/bin", "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_an_end_that_somebody_asked_for_is_told_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    logs.print_discreetly(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert capsys.readouterr().err == "KeyboardInterrupt\n"


def test_whoever_minds_threads_already_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"version": 1, "incremental": True}
    before = sys.excepthook
    monkeypatch.setattr(threading, "excepthook", minded := lambda args: None)
    logs.configure(config)
    assert threading.excepthook is minded
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    logs.configure(config)
    assert threading.excepthook is logs._print_of_thread
    sys.excepthook = before
    logging.captureWarnings(capture=False)


def test_the_error_of_a_thread_is_told_unless_it_was_asked_to_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for error in (SystemExit(), ValueError(f"\nDETAIL: {CANARY}")):
        logs._print_of_thread(
            threading.ExceptHookArgs((type(error), error, None, threading.current_thread()))
        )
    assert capsys.readouterr().err == "ValueError: "


# --- what is refused


@pytest.mark.parametrize("host", ["evil.example", "a b", "x" * 300])
def test_a_foreign_host_is_one_line_of_the_log(
    client: Browser,
    world: World,
    printed: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    host: str,
) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400
    said = printed.getvalue()
    assert said.count("\n") == 1
    assert "ERROR django.security.DisallowedHost Invalid HTTP_HOST header" in said
    assert "Traceback" not in said + capsys.readouterr().err


LONG = "x" * 5000


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/", "headers": {"host": LONG}},
        {"path": "/", "headers": {"host": f"{LONG}.example:99999"}},
        {"path": f"/{LONG}/"},
        {"path": f"/{LONG}/", "headers": {"host": LONG, "user-agent": LONG, "referer": LONG}},
        {"path": "/embed/", "method": LONG},
        {"path": f"/admin/{'%F0%9F%8C%8A' * 900}/"},
        {"path": f"/?{LONG}={LONG}", "headers": {"host": "evil.example"}},
        {"path": "/book/", "method": "POST", "headers": {"cookie": f"a={LONG}", "origin": LONG}},
        {"path": "/book/", "method": "POST", "headers": {"x-forwarded-for": LONG}},
        {"path": "/csp-reports/", "method": "POST", "data": f'{{"{LONG}": 1}}'},
    ],
    ids=lambda asked: f"{asked.get('method', '')[:5]} {asked['path'][:14]} {[*asked]}",
)
def test_whatever_is_sent_a_line_of_the_log_stays_short(
    world: World, printed: io.StringIO, asked: dict[str, Any]
) -> None:
    method, path = asked.pop("method", "GET"), asked.pop("path")
    Browser(enforce_csrf_checks=True).generic(
        method, path, content_type="application/x-www-form-urlencoded", **asked
    )
    for line in printed.getvalue().splitlines():
        assert len(line.encode()) < 1200, line[:200]


def test_a_line_keeps_its_beginning_and_its_end() -> None:
    """An access line ends with its status, an error with what it was."""
    line = Discreet("%(message)s").format(record_of(f'"GET /{LONG} HTTP/1.1" 404'))
    assert line.startswith('"GET /xxx')
    assert line.endswith('xxx HTTP/1.1" 404')
    assert "characters left out" in line
    whole = "x" * (LINE_HEAD + LINE_TAIL)
    assert Discreet("%(message)s").format(record_of(whole)) == whole


def test_an_error_of_many_lines_keeps_the_first_and_the_last() -> None:
    line = Discreet("%(message)s").format(record_of("\n".join(map(str, range(10_000)))))
    lines = line.splitlines()
    assert len(lines) == HEAD_LINES + 1 + TAIL_LINES
    assert lines[HEAD_LINES].strip() == "… 9700 lines left out …"
    assert (lines[0], lines[-1]) == ("0", "    9999")


def record_of(words: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, __file__, 1, "%s", (words,), None)


def test_what_ends_a_process_is_told_in_short_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.print_discreetly(ValueError, ValueError(LONG), None)
    said = capsys.readouterr().err
    assert said.startswith("ValueError: xxx")
    assert len(said) < 1000


def test_moments_are_utc_and_say_so() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "said", (), None)
    record.created, record.msecs = 1792890030.25, 250.0  # 01:00:30, the second time, in London
    line = Discreet("%(asctime)s %(message)s").format(record)
    assert line == "2026-10-25T01:00:30.250Z said"


FORGED = "2026-11-30 09:00:00,000 INFO staff.security_events security: left by user 1"


@pytest.mark.parametrize("ends", ["%0A", "%0D%0A", "%E2%80%A8", "%C2%85", "%1B[2K"])
def test_an_address_forges_no_line(
    client: Browser, world: World, printed: io.StringIO, ends: str
) -> None:
    assert client.get(f"/x{ends}{FORGED}").status_code == 404
    assert printed.getvalue().splitlines()[1:] == []
    assert "\x1b" not in printed.getvalue()


def test_an_error_that_quotes_somebody_forges_no_line() -> None:
    """Whatever an error says stands behind a margin, where no record begins."""
    for words in (
        f"\n{FORGED}",
        f"\r\n{FORGED}",
        f"\N{LINE SEPARATOR}{FORGED}",
        f"\x1b[1A{FORGED}",
    ):
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "said: %s", (words,), None)
        error = ValueError(words)
        record.exc_info = (ValueError, error, None)
        lines = Discreet("%(message)s").format(record).splitlines()
        assert all(line.startswith("    ") for line in lines[1:])
        assert lines[0].startswith("said: ")
        assert not any(line.startswith("2026") for line in lines)


@pytest.mark.parametrize("path", ["/admin/people/", "/admin/staff/securityevent/"])
def test_a_page_that_is_refused_is_a_line_of_the_log(
    client: Browser, world: World, printed: io.StringIO, path: str
) -> None:
    client.force_login(somebody(Role.ASSISTANT))
    assert client.get(path).status_code == 403
    assert f"WARNING django.request Forbidden (Permission denied): {path}" in printed.getvalue()


def test_a_form_that_cannot_be_read_is_one_line_of_the_log(
    client: Browser, world: World, printed: io.StringIO
) -> None:
    client.post("/book/link/", {f"field{n}": "" for n in range(500)})
    assert printed.getvalue().count("\n") == 1


def test_an_error_of_ours_is_told_with_where_it_is(
    world: World, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("front.views.home.home_page", None)
    assert Browser(raise_request_exception=False).get("/").status_code == 500
    assert "Traceback" in printed.getvalue()


@pytest.mark.parametrize("name", ["_granian", "celery.task", "multiprocessing", "granian.access"])
def test_what_servers_log_goes_the_same_way(name: str) -> None:
    own = [one for one in logging.getLogger(name).handlers if type(one) is logging.StreamHandler]
    [handler] = own
    assert isinstance(handler.formatter, Discreet)
    assert not logging.getLogger(name).propagate
