"""A database server and a broker to hurt, each on a folder of its own: one can fall alone."""

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
from redis import Redis

from kicks import local_servers

PATIENCE = 30  # seconds
TICK = 0.02
GRACE = 30  # seconds for letting go of everything
# What Postgres makes of these: an end that rolls back what is open, or no goodbye at all, so that
# the next start recovers from the log.
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


@dataclass(frozen=True)
class Database:
    """PostgreSQL on a folder."""

    folder: Path

    def start(self) -> str:
        """Start it and return its address."""
        return local_servers.postgres(self.folder)

    def restart(self, how: signal.Signals) -> None:
        """Stop it in one of its ways and start it again; return when it takes connections."""
        pid = int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        process = psutil.Process(pid)
        process.send_signal(how)
        process.wait(timeout=PATIENCE)
        local_servers.release(self.folder)
        local_servers.postgres(self.folder)


@dataclass(frozen=True)
class Broker:
    """Valkey on a folder."""

    folder: Path

    def start(self) -> str:
        """Start it and return its address."""
        return local_servers.valkey(self.folder)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop it in its tracks: it takes connections and never says a word."""
        pid = self._pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Kill it, and start another afterwards."""
        os.kill(self._pid(), signal.SIGKILL)
        wait_until(lambda: not listening(self._socket()))
        try:
            yield
        finally:
            local_servers.release(self.folder)
            local_servers.valkey(self.folder)

    def flush(self) -> None:
        """Let it forget everything."""
        Redis.from_url(local_servers.valkey_address(self.folder)).flushall()

    def _pid(self) -> int:
        return int((self._socket().parent / "valkey.pid").read_text())

    def _socket(self) -> Path:
        return Path(unquote(urlsplit(local_servers.valkey_address(self.folder)).path))


@contextmanager
def machines(local: Path, limit: int) -> Iterator[tuple[Database, Broker]]:
    """Yield a database server and a broker of our own, each on its folder in an empty `local`.

    After `limit` seconds at most they are let go, by a TimeoutError.
    """
    shutil.rmtree(local, ignore_errors=True)
    folders = [local / name for name in ("data", "broker")]
    for folder in folders:
        folder.mkdir(parents=True)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(limit)
    try:
        yield Database(folders[0]), Broker(folders[1])
    finally:
        signal.alarm(GRACE)
        for folder in folders:
            local_servers.release(folder)
            shutil.rmtree(folder)
        signal.alarm(0)


def _give_up(*_: object) -> None:
    """Let go of everything; end at once if that takes too long."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(GRACE)
    raise TimeoutError("the run takes longer than it may")


def listening(address: Path | tuple[str, int]) -> bool:
    """Whether somebody takes connections there."""
    family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
    with socket.socket(family) as probe:
        return probe.connect_ex(str(address) if isinstance(address, Path) else address) == 0


def wait_until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Return once it is so; raises TimeoutError if it does not become so."""
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(TICK)
