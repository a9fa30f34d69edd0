"""Half-open intervals of time, as pairs of epoch seconds: `(start, end)` holds start <= t < end.

Pure integers, no time zones, no Django: a page subtracts thousands of them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

Interval = tuple[int, int]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time, sorted, as intervals that neither overlap nor touch, none empty."""
    merged: list[Interval] = []
    begin = until = 0  # of the last one so far, which is in the list once the next one begins
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if begin == until or start > until:
            if begin < until:
                merged.append((begin, until))
            begin, until = start, end
        elif end > until:
            until = end
    return [*merged, (begin, until)] if begin < until else merged


def first_ending_after(merged: Sequence[Interval], instant: int) -> int:
    """Return the index of the first of the merged intervals that ends after `instant`."""
    return bisect_right(merged, instant, key=itemgetter(1))
