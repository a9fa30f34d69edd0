"""The starts that fit: by table, and against an oracle that tries every instant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from availability import engine
from availability.engine import Ask, Busy
from availability.intervals import Interval

WALL = -1


def ask(length: int = 50, step: int = 60, gap: int = 0, window: Interval = (0, 10_000)) -> Ask:
    return Ask(length=length, step=step, gap=gap, earliest=window[0], latest=window[1])


# --- the grid


def test_the_grid_is_counted_from_the_opening_and_not_from_the_clock() -> None:
    assert engine.starts([(7, 200)], [], ask()) == [7, 67, 127]


def test_the_last_meeting_may_end_when_the_hours_end() -> None:
    assert engine.starts([(0, 110)], [], ask()) == [0, 60]
    assert engine.starts([(0, 109)], [], ask()) == [0]


def test_a_length_as_long_as_the_hours_fits_once_and_a_longer_one_never() -> None:
    assert engine.starts([(0, 50)], [], ask()) == [0]
    assert engine.starts([(0, 49)], [], ask()) == []


def test_a_step_bigger_than_the_length_leaves_time_between() -> None:
    assert engine.starts([(0, 300)], [], ask(length=10, step=100)) == [0, 100, 200]


def test_a_step_smaller_than_the_length_offers_starts_that_exclude_one_another() -> None:
    assert engine.starts([(0, 60)], [], ask(length=50, step=5)) == [0, 5, 10]


def test_without_hours_nothing_is_offered() -> None:
    assert engine.starts([], [], ask()) == []


# --- what is busy


def test_a_booking_never_shifts_the_times_offered_after_it() -> None:
    free = engine.starts([(0, 600)], [], ask(length=50, step=60))
    after = engine.starts([(0, 600)], [Busy(65, 90)], ask(length=50, step=60))
    assert after == [start for start in free if start != 60]


def test_back_to_back_meetings_need_no_gap_when_neither_has_one() -> None:
    assert engine.starts([(0, 150)], [Busy(50, 100)], ask(length=50, step=50)) == [0, 100]


@pytest.mark.parametrize(
    ("own", "theirs", "free"),
    [
        (0, 0, [0, 10, 20, 80, 90]),
        (10, 0, [0, 10, 90]),
        (0, 10, [0, 10, 90]),
        (10, 5, [0, 10, 90]),
        (5, 10, [0, 10, 90]),
        (11, 0, [0]),
        (0, 21, []),
    ],
)
def test_the_gap_is_the_larger_of_both_and_is_kept_before_and_after(
    own: int, theirs: int, free: list[int]
) -> None:
    around = [Busy(30, 80, theirs)]
    assert engine.starts([(0, 100)], around, ask(length=10, step=10, gap=own)) == free


def test_a_gap_reaches_in_from_a_booking_outside_the_hours() -> None:
    neighbours = [Busy(-50, 0, 10), Busy(100, 150, 10)]
    assert engine.starts([(0, 100)], neighbours, ask(length=10, step=10)) == list(range(10, 90, 10))


def test_leave_is_a_wall_and_no_neighbour_whatever_the_gap_of_the_meeting() -> None:
    assert engine.starts([(0, 90)], [Busy(30, 60, WALL)], ask(length=30, step=30, gap=20)) == [
        0,
        60,
    ]


def test_the_gaps_of_two_bookings_may_leave_no_room_between_them() -> None:
    busy = [Busy(0, 30, 10), Busy(60, 90, 10)]
    assert engine.starts([(0, 90)], busy, ask(length=10, step=10)) == [40]
    assert engine.starts([(0, 90)], busy, ask(length=10, step=10, gap=11)) == []


def test_the_order_in_which_busy_time_is_given_does_not_matter() -> None:
    busy = [Busy(120, 130), Busy(0, 10), Busy(60, 70)]
    assert engine.starts([(0, 200)], busy, ask()) == engine.starts([(0, 200)], busy[::-1], ask())


def test_what_is_blocked_is_merged_after_it_is_widened() -> None:
    assert engine.blocked([Busy(50, 60, 5), Busy(10, 20, 5), Busy(28, 40, 0)], 3) == [
        (5, 43),
        (45, 65),
    ]


# --- the window that clients have


@pytest.mark.parametrize(
    ("window", "free"),
    [
        ((60, 180), [60, 120, 180]),
        ((61, 180), [120, 180]),
        ((60, 179), [60, 120]),
        ((61, 119), []),
        ((60, 60), [60]),
        ((180, 60), []),
    ],
)
def test_the_earliest_and_the_latest_start_are_both_offered(
    window: Interval, free: list[int]
) -> None:
    assert engine.starts([(0, 600)], [], ask(window=window)) == free


def test_the_latest_start_bounds_the_beginning_and_not_the_end() -> None:
    assert engine.starts([(0, 600)], [], ask(length=300, window=(0, 60))) == [0, 60]


# --- several openings


def test_each_opening_has_its_own_grid() -> None:
    assert engine.starts([(0, 100), (130, 200)], [], ask()) == [0, 130]


def test_no_meeting_runs_over_from_one_opening_into_one_that_touches_it() -> None:
    assert engine.starts([(0, 90), (90, 180)], [], ask(length=50, step=20)) == [
        0,
        20,
        40,
        90,
        110,
        130,
    ]


def test_overlapping_openings_offer_the_starts_of_each_grid_in_order_and_each_start_once() -> None:
    assert engine.starts([(0, 200), (30, 200), (0, 120)], [], ask()) == [0, 30, 60, 90, 120, 150]


def test_an_opening_inside_a_longer_one_does_not_end_it() -> None:
    assert engine.starts([(0, 300), (60, 120)], [Busy(130, 140)], ask()) == [0, 60, 180, 240]


@pytest.mark.parametrize(
    ("openings", "apart"),
    [
        ([], True),
        ([(0, 5), (5, 9)], True),
        ([(5, 9), (0, 5)], True),
        ([(0, 6), (5, 9)], False),
        ([(0, 9), (2, 3), (9, 12)], False),
    ],
)
def test_openings_that_touch_are_apart_and_those_that_share_time_are_not(
    openings: list[Interval], apart: object
) -> None:
    assert engine.disjoint(openings) is apart


# --- against the oracle


def may_start(start: int, openings: list[Interval], busy: list[Busy], wanted: Ask) -> bool:
    """Say whether one start is right, straight from the words of the rules."""
    end = start + wanted.length
    if start < wanted.earliest or start > wanted.latest:
        return False
    if not any(a <= start and end <= b and (start - a) % wanted.step == 0 for a, b in openings):
        return False
    for other in busy:
        apart = 0 if other.gap == WALL else max(other.gap, wanted.gap)
        if start - other.end < apart and other.start - end < apart:
            return False
    return True


def spans(longest: int) -> st.SearchStrategy[Interval]:
    return st.builds(
        lambda start, length: (start, start + length), st.integers(0, 120), st.integers(1, longest)
    )


ASKS = st.builds(
    Ask,
    length=st.integers(1, 40),
    step=st.integers(1, 40),
    gap=st.integers(0, 15),
    earliest=st.integers(-5, 100),
    latest=st.integers(0, 200),
)
BUSY = st.builds(lambda span, gap: Busy(span[0], span[1], gap), spans(30), st.integers(WALL, 15))


@settings(max_examples=600, deadline=None)
@given(st.lists(spans(90), max_size=4), st.lists(BUSY, max_size=4), ASKS)
def test_exactly_the_starts_that_the_rules_allow_are_offered_in_order_and_once(
    openings: list[Interval], busy: list[Busy], wanted: Ask
) -> None:
    every = range(-10, 220)
    right = [start for start in every if may_start(start, openings, busy, wanted)]
    assert engine.starts(openings, busy, wanted) == right
