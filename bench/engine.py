"""The pure engine alone, beside a merge without rules: in this process, from rows read once."""

import gc
import time
from collections.abc import Callable

from availability.diary import Diary
from bench import answers, diary
from bench.aims import Pairs

ROUNDS, TIMES = 25, 200
READ = ("service", "format", "span", "entered", "meetings")


def measure() -> Pairs:
    """Return the milliseconds of processor that the engine and the plain merge take, by round."""
    known, rows = answers.read(), answers.fetched(answers.reads())

    def ours() -> list[int]:  # a diary keeps what it has computed, so a new one each time
        return Diary(*(getattr(known, name) for name in READ)).starts()

    assert ours() == answers.plain(*rows) == diary.expected()
    assert len(diary.expected()) == diary.STARTS
    gc.collect()
    return [
        (_milliseconds(ours), _milliseconds(lambda: answers.plain(*rows))) for _ in range(ROUNDS)
    ]


def _milliseconds(ask: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        ask()
    return (time.process_time() - began) * 1000 / TIMES
