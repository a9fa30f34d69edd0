"""A server that runs while somebody uses it, however its users come and go.

Each user holds a shared lock on a file until it ends; the kernel lets go of it even after kill -9,
so there is no list of process numbers to go stale. A keeper (this file, run as a script) waits for
the exclusive lock on the same file. It gets it when nobody uses the server, and stops the server.

Forked children share their parent's lock: they keep a server alive and never stop it. Nothing but
the standard library is imported here, so that a keeper is small and starts at once.
"""

import atexit
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30  # seconds for a server to stop before it is told more firmly
TICK = 0.02

_held: dict[Path, int] = {}  # the users' locks of this process, by file
_keepers: dict[Path, subprocess.Popen[bytes]] = {}  # those that this process started


@dataclass(frozen=True)
class Shared:
    """One server: `locks` is the beginning of its lock files' names."""

    locks: Path
    socket: Path
    pid_file: Path  # there as long as the server is, and longer if it was killed
    stop_signal: int

    def hold(self, bring_up: Callable[[], None]) -> None:
        """Use the server until this process ends; `bring_up` starts it if it does not run.

        One process at a time is in `bring_up`, and none while the server is being stopped.
        """
        if self._users in _held:
            return
        lock = _lock(self._users, fcntl.LOCK_SH)
        starting = _lock(self._file("start"), fcntl.LOCK_EX)
        try:
            bring_up()
            self._see_to_a_keeper()
        except BaseException:
            os.close(lock)
            raise
        finally:
            os.close(starting)
        _held[self._users] = lock

    def release(self) -> None:
        """Stop using the server; return when it has stopped, or when others use it."""
        lock = _held.pop(self._users, None)
        if lock is None:
            return
        os.close(lock)
        while not self._stop_if_unused():
            time.sleep(TICK)
        if (keeper := _keepers.pop(self._users, None)) is not None:
            with suppress(subprocess.TimeoutExpired):  # it stays on where others use the server
                keeper.wait(timeout=1)

    def listening(self) -> bool:
        """Say whether the server is there, be it frozen."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
        return True

    def keep(self) -> None:
        """Be the keeper: wait until nobody uses the server, then stop it."""
        lock = _lock(self._users, fcntl.LOCK_EX)
        self._stop()
        os.close(lock)

    @property
    def _users(self) -> Path:
        return self._file("users")

    def _file(self, purpose: str) -> Path:
        return self.locks.with_name(f"{self.locks.name}.{purpose}")

    def _see_to_a_keeper(self) -> None:
        """Start a keeper unless there is one; it inherits the lock that says so."""
        lock = _try_lock(self._file("keeper"), fcntl.LOCK_EX)
        if lock is None:
            return
        told = [str(self.locks), str(self.socket), str(self.pid_file), str(int(self.stop_signal))]
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, *told],
            cwd="/",
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C in the terminal is not for the keeper
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(lock)
        outlives(keeper)
        _keepers[self._users] = keeper

    def _stop_if_unused(self) -> bool:
        """Return False while the keeper is at it."""
        if (lock := _try_lock(self._users, fcntl.LOCK_EX)) is not None:
            self._stop()
            os.close(lock)
            return True
        if (lock := _try_lock(self._users, fcntl.LOCK_SH)) is not None:
            os.close(lock)  # the lock is shared by others: theirs to stop
            return True
        return False

    def _stop(self) -> None:
        """Stop the server and return when it has put its things away."""
        if not self.listening():
            return  # by now its number may be somebody else's
        for number in (self.stop_signal, signal.SIGQUIT, signal.SIGKILL):
            deadline = time.monotonic() + PATIENCE
            with suppress(OSError, ValueError, IndexError):  # it has gone by itself
                pid = int(self.pid_file.read_text().split()[0])
                os.kill(pid, number)
                os.kill(pid, signal.SIGCONT)  # a test may have left it frozen
            while time.monotonic() < deadline:
                if not self.pid_file.exists():
                    return
                time.sleep(TICK)


def outlives(process: "subprocess.Popen[bytes]") -> None:
    """Let a child run on when this process ends, as the keeper and its server do.

    Python would warn of it, once all is over and nobody can say that it is meant.
    """
    atexit.register(setattr, process, "returncode", 0)


def _lock(path: Path, kind: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor


def _try_lock(path: Path, kind: int) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


if __name__ == "__main__":
    _locks, _socket, _pid_file, _signal = sys.argv[1:]
    Shared(Path(_locks), Path(_socket), Path(_pid_file), int(_signal)).keep()
