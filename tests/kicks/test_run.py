"""`make run`: one command up, one signal down, one line when something is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.kicks.test_local_servers import using

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, "-m", "kicks.run"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **more}


@contextmanager
def running(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run everything against servers of its own; give the process and what it says once up."""
    with (
        using("postgres", tmp_path / ".local") as database,
        using("valkey", tmp_path / ".local") as broker,
    ):
        process = subprocess.Popen(
            RUN,
            cwd=ROOT,
            env=environment(PORT=str(free_port()), DATABASE_URL=database, REDIS_URL=broker),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process, said_until(process, "Ctrl-C stops everything.")
        finally:
            process.kill()
            process.communicate()


def said_until(process: "subprocess.Popen[str]", end: str) -> str:
    assert process.stdout is not None
    said = ""
    while end not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


def children(process: "subprocess.Popen[str]") -> dict[str, psutil.Process]:
    """Return the process of each name in the Procfile, once they are all there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(process.pid).children(recursive=True):
            words = " ".join(child.cmdline())
            match = re.search(r"granian|worker|beat|send_due_mail", words)
            if match:
                found.setdefault(match[0], child)
        if len(found) == 4:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_it_answers_and_a_signal_stops_every_process(tmp_path: Path) -> None:
    with running(tmp_path) as (process, said):
        site = re.search(r"Kicks +(http://127\.0\.0\.1:\d+)/", said)
        assert site
        with urllib.request.urlopen(f"{site[1]}/admin/login/", timeout=20) as answer:  # noqa: S310 ours
            assert answer.status == 200
        started = psutil.Process(process.pid).children(recursive=True)
        assert set(children(process)) == {"granian", "worker", "beat", "send_due_mail"}
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0
        assert not psutil.wait_procs(started, timeout=5)[1]


def test_when_one_process_stops_all_do_and_it_is_named(tmp_path: Path) -> None:
    with running(tmp_path) as (process, _):
        children(process)["send_due_mail"].kill()
        said, _err = process.communicate(timeout=20)
        assert process.returncode != 0
        assert "kicks: sweeper stopped (exit status -9), so everything did" in said


@pytest.mark.parametrize("other", [{}, {"DATABASE_URL": "postgresql://kicks@127.0.0.1:1/kicks"}])
def test_what_is_wrong_is_said_in_one_line(other: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(free_port() if other else taken.getsockname()[1])
        result = subprocess.run(
            RUN,
            cwd=ROOT,
            env=environment(PORT=port, REDIS_URL="redis://127.0.0.1:1/0", **other),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    expected = "the database does not answer" if other else f"port {port} is taken"
    assert result.returncode == 2
    assert result.stderr.startswith(f"kicks: {expected}")
    assert result.stderr.count("\n") == 1
