"""Whoever sends mail, as in production: a worker, two beats, sweepers. And how they are killed.

What ends is started again, as by any supervisor: a worker whose child is killed while it is still
starting gives up by itself.
"""

import random
import shlex
import subprocess
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.servers import line, started

CHILDREN, SWEEPERS, BEATS = 2, 2, 2
EVERY = 3  # seconds between two looks of a sweeper

Process = subprocess.Popen[bytes]


@dataclass
class Senders:
    """The processes that send; `kills` are the moments at which one was killed."""

    environment: dict[str, str]
    folder: Path
    running: ExitStack
    kills: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start them all."""
        self._worker = self._start_worker()
        self._those_who_sweep = self.running.enter_context(ExitStack())
        own = f"python -m chaos.sweepers {SWEEPERS} {EVERY}"
        self._sweepers = self._start(own, "sweepers", self._those_who_sweep)
        for number in range(BEATS):
            name = f"beat{number}"
            schedule = shlex.quote(str(self.folder / name))
            self._start(f"{line('beat')} --schedule {schedule}", name, self.running)

    def _start_worker(self) -> Process:
        command = line("worker").replace("--concurrency 1", f"--concurrency {CHILDREN}")
        return self._start(command, "worker", self.running)

    def _start(self, command: str, name: str, until: ExitStack) -> Process:
        process = started(command, self.environment, self.folder / f"{name}.log")
        return until.enter_context(process)

    def look_after(self) -> None:
        """Start the worker again if it has ended."""
        if self._worker.poll() is not None:
            self._worker = self._start_worker()

    def kill_one(self, chance: random.Random) -> None:
        """Kill a sender, whatever it does just now."""
        victims = [one for parent in (self._worker, self._sweepers) for one in _children(parent)]
        for one in chance.sample(victims, min(1, len(victims))):
            self._kill(one)

    def kill_worker(self) -> None:
        """Kill the worker itself, and its children, who send."""
        children = _children(self._worker)
        self._worker.kill()
        for child in children:
            self._kill(child)

    def _kill(self, one: psutil.Process) -> None:
        with suppress(psutil.NoSuchProcess):
            one.kill()
            self.kills.append(time.monotonic())

    def stop_sweepers(self) -> None:
        """Leave the worker alone with the mail."""
        self._those_who_sweep.close()


def _children(parent: Process) -> list[psutil.Process]:
    try:
        return list(psutil.Process(parent.pid).children())
    except psutil.NoSuchProcess:
        return []
