"""Ringing for a worker: what it is to do stands in Postgres, where a sweep finds it too."""

import logging
from functools import partial
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def ring_on_commit(task: Any, *told: str) -> None:
    """Ask a worker for a task once this transaction is committed.

    A broker that is gone or frozen costs the client the socket timeout and nothing else: the
    sweep finds what is to be done within a minute.
    """
    transaction.on_commit(partial(_ring, task, *told), robust=True)


def _ring(task: Any, *told: str) -> None:
    try:
        task.delay(*told)
    except Exception as error:  # noqa: BLE001, whatever the broker's client raises
        log.warning("the broker did not answer (%s); the sweep will send", type(error).__name__)
