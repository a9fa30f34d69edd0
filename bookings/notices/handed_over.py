"""What a client reads beside the reason why a meeting ends: who would meet them instead."""

from collections.abc import Sequence
from datetime import datetime

from prose.dates import NBSP, moment_label


def with_offer(reason: str, name: str, starts: Sequence[datetime]) -> str:
    """Return the reason, and that `name` would meet them at these starts; alone if there is none.

    The new meetings are the client's to refuse: it says so.
    """
    if not starts:
        return reason
    each = "; ".join(moment_label(start).replace(NBSP, " ") for start in starts)
    when = f"{name} can meet you at the same time instead: {each}."
    one = "It has an email of its own." if len(starts) == 1 else "Each has an email of its own."
    return f"{reason}\n\n{when} {one} If that doesn’t suit you, cancel it there: it costs nothing."
