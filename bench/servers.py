"""The servers of a bench: the Procfile's web process under production settings, and their CPU."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean
from typing import NoReturn

import psutil
from cryptography.fernet import Fernet
from honcho.environ import parse_procfile

from bench.logs import last_lines

ROOT = Path(__file__).resolve().parent.parent
HOST = "book.example.org"
APP = "kicks.wsgi:application"
OPENING = 30  # seconds
WORKERS, THREADS = 2, 4


def production(database: str, broker: str, folder: Path) -> dict[str, str]:
    """Return the settings of a server behind one proxy; files that it makes go to `folder`."""
    return {
        "DJANGO_SETTINGS_MODULE": "kicks.settings",
        "DEBUG": "false",
        "SECRET_KEY": "only-for-the-bench-0123456789-abcdefghijklmnopqrstuvwxyz",
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "EMAIL_URL": (folder / "mail").as_uri(),
        "DEFAULT_FROM_EMAIL": f"bookings@{HOST}",
        "TRUSTED_PROXIES": "1",
        "STATIC_ROOT": str(folder / "static"),
        "WEB_WORKERS": str(WORKERS),
        "WEB_THREADS": str(THREADS),
        "RATE_LIMIT_FACTOR": "1000",  # the load comes from few addresses
    }


@dataclass(frozen=True)
class Server:
    """A web server, its log, and the database's first process (None where that is remote)."""

    port: int
    process: psutil.Process
    log: Path
    database: psutil.Process | None = None

    def fetch(self, path: str) -> str:
        """Return what it answers to one GET, as it comes from the proxy in front: a 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=OPENING)
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        if response.status != 200:
            self.fail(f"{path}: {response.status}")
        return text

    def fail(self, what: str) -> NoReturn:
        """End the run: say what is wrong, and what the server said last."""
        raise SystemExit(f"bench: {what}\n{last_lines(self.log)}")

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds so far: the app's and the database's."""
        return tree_cpu(self.process), tree_cpu(self.database) if self.database else 0.0


def tree_cpu(root: psutil.Process) -> float:
    """Return user and system seconds of a process and its children, those that ended included."""
    ended = root.cpu_times()
    total = ended.children_user + ended.children_system
    for process in (root, *root.children(recursive=True)):
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return float(total)


@contextmanager
def serving(
    application: str,
    environment: dict[str, str],
    log: Path,
    database: psutil.Process | None = None,
) -> Iterator[Server]:
    """Run the Procfile's web line for `application`, on a free port, until the block ends.

    The log is longer after a race: its losers are in it, one line each.
    """
    port = free_port()
    command = line("web").replace(APP, application)
    with started(command, {**environment, "HOST": "127.0.0.1", "PORT": str(port)}, log) as process:
        wait_for(port, log)
        yield Server(port, psutil.Process(process.pid), log, database)


def line(name: str) -> str:
    """Return the command of one of the Procfile's processes."""
    return str(parse_procfile((ROOT / "Procfile").read_text()).processes[name])


@contextmanager
def started(
    command: str, environment: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command line of the shell, with all that it starts, until the block ends.

    What they say is added to the log.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"],
            cwd=ROOT,
            env={**os.environ, **environment, "PATH": path},
            start_new_session=True,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # it is gone already, and all that it started
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=OPENING)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, log: Path) -> None:
    """Return when somebody listens on the port; end with that server's log if nobody does."""
    deadline = time.monotonic() + OPENING
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"bench: the server does not listen after {OPENING} s\n{last_lines(log)}")


@dataclass(frozen=True)
class Cost:
    """What one run cost: CPU in milliseconds an answer, or a mail."""

    app_ms: float
    db_ms: float
    per_second: float

    @property
    def cpu_ms(self) -> float:
        """The whole CPU."""
        return self.app_ms + self.db_ms

    def figures(self) -> dict[str, float]:
        """Return what the JSON keeps of it."""
        return {"app_ms": self.app_ms, "db_ms": self.db_ms, "per_second": self.per_second}


@dataclass(frozen=True)
class Answers(Cost):
    """What asking cost, with each answer's clock time in milliseconds."""

    ms: list[float]
    statuses: dict[int, int]


def joined(parts: list[Answers]) -> Answers:
    """Return runs of the same number of answers as one."""
    return Answers(
        app_ms=mean(part.app_ms for part in parts),
        db_ms=mean(part.db_ms for part in parts),
        per_second=mean(part.per_second for part in parts),
        ms=sorted(ms for part in parts for ms in part.ms),
        statuses=dict(sum((Counter(part.statuses) for part in parts), Counter())),
    )


@dataclass(frozen=True)
class Task:
    """One thing to ask of one server: the requests, each so many `times`."""

    name: str
    server: Server
    requests: list[str]
    times: int = 1
    expected: int = 200

    def require(self, answers: Answers) -> None:
        """End the run, with the server's log, unless each answer is what it should be."""
        if set(answers.statuses) != {self.expected}:
            self.server.fail(f"{self.name}: {answers.statuses}, not {self.expected} alone")

    def run(self, clients: int = 8) -> Answers:
        """Ask, with so many clients at once."""
        plan = {"port": self.server.port, "clients": clients, "times": self.times}
        before = self.server.cpu()
        run = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("load.py"))],
            input=json.dumps({**plan, "requests": self.requests}),
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            self.server.fail(f"{self.name}: the load ended early: {run.stderr}")
        app, database = (b - a for a, b in zip(before, self.server.cpu(), strict=True))
        said = json.loads(run.stdout)
        count = len(said["ms"])
        return Answers(
            app_ms=app * 1000 / count,
            db_ms=database * 1000 / count,
            per_second=count / said["seconds"],
            ms=sorted(said["ms"]),
            statuses={int(status): n for status, n in said["statuses"].items()},
        )
