"""Working time less forbidden starts gives the starts that can be booked. Pure: no clock or Django.

All times are epoch seconds (int), all lengths seconds. What a rule forbids is told as starts, not
as time: `(first, end)` forbids every start with first <= start < end. So a booking, a gap, a full
day and the dark are one kind of thing, to merge and to explain.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from availability.intervals import Interval, first_ending_after, merge


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be placed: its length, the grid, and the window of the start, both inclusive."""

    length: int
    step: int
    earliest: int
    latest: int


def around(start: int, end: int, length: int, before: int = 0, after: int = 0) -> Interval:
    """Return the starts from which a meeting of `length` would meet `start` to `end`.

    Or come nearer than `before` its start, or than `after` its end.
    """
    return start - before - length + 1, end + after


def starts(openings: Sequence[Interval], forbidden: Iterable[Interval], ask: Ask) -> list[int]:
    """Return every start that fits, ascending.

    The grid is counted from the opening of the hours, not from the end of the last booking, so
    that one booking never shifts the times offered after it. Where openings overlap, the starts
    of each grid are offered, every instant once.
    """
    taken = merge(forbidden)
    found: list[int] = []
    index = 0
    for opening in sorted(openings):
        index = first_ending_after(taken, opening[0], index)
        for run in _runs_in(opening, taken, index, ask):
            found.extend(run)
    return found if disjoint(openings) else sorted(set(found))


def first_start(
    openings: Sequence[Interval], forbidden: Iterable[Interval], ask: Ask
) -> int | None:
    """Return the first of `starts`, or None; looks no further than it must."""
    taken = merge(forbidden)
    first = None
    index = 0
    for opening in sorted(openings):
        if first is not None and opening[0] >= first:
            break
        index = first_ending_after(taken, opening[0], index)
        run = next(filter(None, _runs_in(opening, taken, index, ask)), None)
        if run and (first is None or run[0] < first):
            first = run[0]
    return first


def grid(openings: Iterable[Interval], ask: Ask) -> Iterator[tuple[int, Interval]]:
    """Yield each point of each grid with its opening, those too late to fit included."""
    for opening in sorted(openings):
        for start in range(opening[0], opening[1], ask.step):
            if ask.earliest <= start <= ask.latest:
                yield start, opening


def _runs_in(opening: Interval, taken: Sequence[Interval], index: int, ask: Ask) -> Iterable[range]:
    """Yield the starts on the grid of one opening, those between two forbidden times as one range.

    A range costs the same however many starts it holds.
    """
    first, end = opening
    start = _on_grid(max(first, ask.earliest), first, ask.step)
    last = min(end - ask.length, ask.latest)
    while start <= last:
        index = first_ending_after(taken, start, index)
        if index == len(taken):
            yield range(start, last + 1, ask.step)
            return
        yield range(start, min(last + 1, taken[index][0]), ask.step)
        start = _on_grid(taken[index][1], first, ask.step)


def _on_grid(instant: int, anchor: int, step: int) -> int:
    """Return the first grid point at or after `instant` (which is at or after `anchor`)."""
    return anchor + -(-(instant - anchor) // step) * step


def disjoint(intervals: Iterable[Interval]) -> bool:
    """Whether no two of them overlap."""
    return all(one[1] <= other[0] for one, other in pairwise(sorted(intervals)))
