"""How many passwords are really checked: counted where the hash is reckoned, in each process.

A byte is added to the file that ATTACK_HASHINGS names whenever a slow hash is reckoned, whoever
asks for it: an answer without one has tried no password.
"""

import os
from collections.abc import Callable
from typing import Any

SLOW = 10_000  # iterations: what is quicker checks no password
NAMED = "ATTACK_HASHINGS"


def counted(reckon: Callable[..., bytes]) -> Callable[..., bytes]:
    """Return the same, which adds a byte to the file for each slow hash."""
    file = os.open(os.environ[NAMED], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def reckoned(*arguments: Any, **named: Any) -> bytes:
        if any(isinstance(one, int) and one >= SLOW for one in (*arguments, *named.values())):
            os.write(file, b".")
        return reckon(*arguments, **named)

    return reckoned
