"""Working time less forbidden starts gives the starts that can be booked. Pure: no clock or Django.

All times are epoch seconds (int), all lengths seconds. What a rule forbids is told as starts, not
as time: `(first, end)` forbids every start with first <= start < end. So a booking, a gap, a full
day and the dark are one kind of thing, to merge and to explain.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from sys import maxsize
from typing import NamedTuple

from availability.intervals import Interval, first_ending_after, merge


class Ask(NamedTuple):
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
    ordered = sorted(openings)
    found: list[int] = []
    for run in _runs(ordered, _taken(forbidden, ask), ask):
        found += run
    return found if disjoint(ordered) else sorted(set(found))


def first_start(
    openings: Iterable[Interval], forbidden: Iterable[Interval], ask: Ask
) -> int | None:
    """Return the first of `starts`, or None; looks no further than it must.

    The openings come by their start.
    """
    taken = _taken(forbidden, ask)
    first = None
    for opening in openings:
        if first is not None and opening[0] >= first:
            break
        run = next(_runs([opening], taken, ask), None)
        if run and (first is None or run[0] < first):
            first = run[0]
    return first


def joined(openings: Iterable[Interval], length: int) -> Iterator[Interval]:
    """Yield openings so that a meeting may begin in one and go on into those that adjoin it.

    Each is lengthened by as much as a meeting of `length` needs that begins at its very end, as
    far as there are hours: it keeps its own grid, and no grid goes on into the next. The openings
    come by their start, and none is looked at that isn't needed.
    """
    row: list[Interval] = []
    reach = -maxsize
    for opening in openings:
        if row and opening[0] > reach:
            yield from ((begin, min(end - 1 + length, reach)) for begin, end in row)
            row = []
        row.append(opening)
        reach = max(reach, opening[1]) if row[1:] else opening[1]
    yield from ((begin, min(end - 1 + length, reach)) for begin, end in row)


def grid(openings: Iterable[Interval], ask: Ask) -> Iterator[tuple[int, Interval]]:
    """Yield each point of each grid with its opening, those too late to fit included."""
    for opening in sorted(openings):
        for start in range(opening[0], opening[1], ask.step):
            if ask.earliest <= start <= ask.latest:
                yield start, opening


def _taken(forbidden: Iterable[Interval], ask: Ask) -> list[Interval]:
    """Return what is forbidden, and all that is outside of the window."""
    return merge([(-maxsize, ask.earliest), *forbidden, (ask.latest + 1, maxsize)])


def _runs(ordered: Iterable[Interval], taken: Sequence[Interval], ask: Ask) -> Iterator[range]:
    """Yield the starts on each opening's grid, those between two forbidden times as one range.

    A range costs the same however many starts it holds. What is taken last has no end.
    """
    length, step = ask.length, ask.step
    index, reached = 0, maxsize
    for anchor, end in ordered:
        if anchor < reached:  # the first opening, or one that overlaps the one before
            index = first_ending_after(taken, anchor)
        start, last, reached = anchor, end - length, end
        while start <= last:
            while taken[index][1] <= start:
                index += 1
            busy, free = taken[index]
            if busy > last:
                yield range(start, last + 1, step)
                break
            if start < busy:
                yield range(start, busy, step)
            # The first point of the grid at or after the instant from which it is free.
            start = anchor + -(-(free - anchor) // step) * step


def disjoint(ordered: Iterable[Interval]) -> bool:
    """Whether no two of them overlap, where each begins no earlier than the one before."""
    return all(one[1] <= other[0] for one, other in pairwise(ordered))
