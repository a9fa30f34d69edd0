"""Somebody else acts between two statements of ours: a race that goes the same way each time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

LOCK = "pg_advisory_xact_lock"


@contextmanager
def meanwhile(words: str, act: Callable[[], object]) -> Iterator[None]:
    """Let `act` happen just before the first statement with these words; it must come.

    It writes in our transaction: where that is rolled back, so is this.
    """
    waiting = [act]

    def ask(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if waiting and words in sql:
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(ask):
        yield
    assert not waiting, f"no statement with {words}"
