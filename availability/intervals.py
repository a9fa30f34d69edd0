"""Half-open intervals of time, as pairs of epoch seconds: `(start, end)` holds start <= t < end.

Pure integers, no time zones, no Django: a page subtracts thousands of them.
"""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time, sorted, as intervals that neither overlap nor touch, none empty."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def first_ending_after(merged: Sequence[Interval], instant: int, begin: int = 0) -> int:
    """Return the index of the first of the merged intervals that ends after `instant`.

    Walks on from `begin`, so that a caller who asks in rising order pays once for the whole list.
    """
    index = begin
    while index < len(merged) and merged[index][1] <= instant:
        index += 1
    return index
