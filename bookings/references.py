"""What people call a booking by."""

import secrets

# No vowels, no 0/O, 1/I: a reference can be read out and never spells a word.
ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"


def new_reference() -> str:
    """Return a short name for people, like KT-7Q4M92; it opens nothing."""
    return "KT-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
