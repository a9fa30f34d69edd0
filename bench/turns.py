"""Programs that wait for their turn, so that only their work is measured and not their start.

A number comes by stdin: take a turn with so many mails. The answer is the processor time that it
took, in seconds. They end with their stdin.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Process = subprocess.Popen[str]


def take_turns(work: Callable[[int], object]) -> None:
    """Do the work whenever it is asked for: what such a program does."""
    for line in sys.stdin:
        began = time.process_time()
        work(int(line))
        print(time.process_time() - began, flush=True)


@dataclass(frozen=True)
class Crew:
    """Several of one such program."""

    processes: list[Process]

    def turn(self, mails: int) -> float:
        """Let all take a turn at once, with so many mails between them.

        Return the seconds of their processor time.
        """
        for process in self.processes:
            assert process.stdin
            process.stdin.write(f"{mails // len(self.processes)}\n")
            process.stdin.flush()
        answers = [process.stdout.readline() for process in self.processes if process.stdout]
        if not all(answers):
            raise SystemExit("bench: a program ended before its turn was over")
        return sum(map(float, answers))


@contextmanager
def crew(size: int, *command: str, **environment: str) -> Iterator[Crew]:
    """Run so many of `python -m <command>` until the block ends."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(size)
    ]
    try:
        yield Crew(processes)
    finally:
        for process in processes:
            process.communicate()
