"""Working time less busy time gives the starts that can be booked. Pure: no clock, zone or Django.

All times are epoch seconds (int), all lengths seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from availability.intervals import Interval, first_ending_after, merge


@dataclass(frozen=True, slots=True)
class Busy:
    """Time that nothing may overlap, and the time to keep free on either side of it."""

    start: int
    end: int
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be placed: its length, the grid, its own gap, and the window that clients have.

    `earliest` and `latest` bound the start, both inclusive.
    """

    length: int
    step: int
    gap: int
    earliest: int
    latest: int


def blocked(busy: Iterable[Busy], gap: int) -> list[Interval]:
    """Widen each busy time by the larger of the two neighbours' gaps, and merge.

    A busy time with a negative gap (leave, a repeated hour) is no neighbour: it is not widened.
    """
    widened = []
    for one in busy:
        room = max(one.gap, gap) if one.gap >= 0 else 0
        widened.append((one.start - room, one.end + room))
    return merge(widened)


def starts(openings: Sequence[Interval], busy: Iterable[Busy], ask: Ask) -> list[int]:
    """Return every start that fits, ascending.

    The grid is counted from the opening of the hours, not from the end of the last booking, so
    that one booking never shifts the times offered after it. Where openings overlap, the starts
    of each grid are offered, every instant once.
    """
    taken = blocked(busy, ask.gap)
    found: list[int] = []
    index = 0
    for opening in sorted(openings):
        index = first_ending_after(taken, opening[0], index)
        for run in _runs_in(opening, taken, index, ask):
            found.extend(run)
    return found if disjoint(openings) else sorted(set(found))


def _runs_in(opening: Interval, taken: Sequence[Interval], index: int, ask: Ask) -> Iterable[range]:
    """Yield the starts on the grid of one opening, those between two busy times as one range.

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
        yield range(start, min(last, taken[index][0] - ask.length) + 1, ask.step)
        start = _on_grid(taken[index][1], first, ask.step)


def _on_grid(instant: int, anchor: int, step: int) -> int:
    """Return the first grid point at or after `instant` (which is at or after `anchor`)."""
    return anchor + -(-(instant - anchor) // step) * step


def disjoint(intervals: Iterable[Interval]) -> bool:
    """Whether no two of them overlap."""
    return all(one[1] <= other[0] for one, other in pairwise(sorted(intervals)))
