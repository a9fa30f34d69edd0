"""Entries of a day at the same time stand side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import attrgetter

from desk.calendar.entries import Entry

MOST = 3  # there is no room for more: the rest lies over the last


def side_by_side(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries of one day, each with its lane among those whose time it shares."""
    together: list[Entry] = []
    until = 0
    for entry in sorted(entries, key=attrgetter("placed")):
        if together and entry.placed.first >= until:
            yield from _in_lanes(together)
            together = []
        until = max(until, entry.placed.last) if together else entry.placed.last
        together.append(entry)
    yield from _in_lanes(together)


def _in_lanes(together: list[Entry]) -> list[Entry]:
    ends: list[int] = []  # of the last in each lane
    lanes = []
    for entry in together:
        first, last = entry.placed.first, entry.placed.last
        lane = next((n for n, end in enumerate(ends) if end <= first), len(ends))
        ends[lane : lane + 1] = [last]
        lanes.append(min(lane + 1, MOST))
    most = min(len(ends), MOST)
    return [
        replace(entry, lane=lane, lanes=most) for entry, lane in zip(together, lanes, strict=True)
    ]
