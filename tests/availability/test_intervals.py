"""Half-open intervals: touching is not overlapping, and merging keeps the same time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.intervals import Interval, first_ending_after, merge

PAIRS = st.tuples(st.integers(0, 30), st.integers(0, 30))


def instants(intervals: list[Interval]) -> set[int]:
    return {t for start, end in intervals for t in range(start, end)}


@pytest.mark.parametrize(
    ("given_", "merged"),
    [
        ([], []),
        ([(3, 3)], []),
        ([(5, 2)], []),
        ([(0, 2), (2, 4)], [(0, 4)]),
        ([(0, 2), (3, 4)], [(0, 2), (3, 4)]),
        ([(6, 8), (0, 2)], [(0, 2), (6, 8)]),
        ([(0, 9), (2, 4)], [(0, 9)]),
        ([(0, 4), (2, 9), (3, 5)], [(0, 9)]),
    ],
)
def test_merging_joins_what_overlaps_or_touches_and_drops_what_is_empty(
    given_: list[Interval], merged: list[Interval]
) -> None:
    assert merge(given_) == merged


@given(st.lists(PAIRS, max_size=8))
def test_merging_keeps_exactly_the_same_instants_apart_and_in_order(pairs: list[Interval]) -> None:
    merged = merge(pairs)
    assert instants(merged) == instants(pairs)
    edges = [edge for interval in merged for edge in interval]
    assert edges == sorted(set(edges))


@pytest.mark.parametrize(
    ("instant", "index"), [(-1, 0), (0, 0), (1, 0), (2, 1), (3, 1), (5, 1), (6, 2), (9, 2)]
)
def test_the_first_interval_that_ends_after_an_instant_is_found(instant: int, index: int) -> None:
    assert first_ending_after([(0, 2), (4, 6)], instant) == index
