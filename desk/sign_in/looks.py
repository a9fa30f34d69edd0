"""Looking at a password: what takes time, one at a time, as long for a name that nobody has.

A look costs a third of a second of a core, by intent, and two at once are a slow site for
everybody: whoever comes while a place is taken is asked to try again. A name that nobody has costs
no hash at all, or guesses at made-up names would spend what is there for real ones: its look is
a wait for as long as a wrong password takes, in the same place, so that neither time nor
crowding tells which names there are.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

# How much longer than its hash a wrong look lasts: what its time differs by is lost in it.
MARGIN = 1.5
_place = Lock()


class _Calm:
    """How long a hash takes in this process when nothing disturbs it; None before the first."""

    seconds: float | None = None


class TakenError(Exception):
    """Somebody else's password is being looked at this very moment."""


@contextmanager
def one_at_a_time(patience: float) -> Iterator[None]:
    """Have the process's one place; raises TakenError where it is taken for so many seconds."""
    if not _place.acquire(timeout=patience):
        raise TakenError
    try:
        yield
    finally:
        _place.release()


def is_right(account: User | None, password: str) -> bool:
    """Whether it is the account's password; for none, wait as long as for a wrong one."""
    began = time.monotonic()
    if _is_hashed(account, password):
        return True
    time.sleep(max(0.0, began + MARGIN * (_Calm.seconds or 0.0) - time.monotonic()))
    return False


def _is_hashed(account: User | None, password: str) -> bool:
    """Hash where there is something to compare with, or to learn once how long that takes."""
    began = time.monotonic()
    if account is not None and account.is_active and account.has_usable_password():
        found = account.check_password(password)
    elif _Calm.seconds is None:
        make_password(password)
        found = False
    else:
        return False
    took = time.monotonic() - began
    _Calm.seconds = took if _Calm.seconds is None else min(took, _Calm.seconds)
    return found
