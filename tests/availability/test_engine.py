"""The starts that fit: by table, and against an oracle that tries every instant."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from availability import engine
from availability.engine import Ask
from availability.intervals import Interval


def ask(length: int = 50, step: int = 60, window: Interval = (0, 10_000)) -> Ask:
    return Ask(length=length, step=step, earliest=window[0], latest=window[1])


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


# --- what is forbidden


def test_a_forbidden_start_shifts_no_time_after_it() -> None:
    free = engine.starts([(0, 600)], [], ask(length=50, step=60))
    after = engine.starts([(0, 600)], [(30, 90)], ask(length=50, step=60))
    assert after == [start for start in free if start != 60]


def test_what_is_forbidden_is_forbidden_from_the_first_start_to_before_the_end() -> None:
    assert engine.starts([(0, 100)], [(20, 50)], ask(length=10, step=10)) == [
        *(0, 10),
        *(50, 60, 70, 80, 90),
    ]
    assert engine.starts([(0, 50)], [(21, 29)], ask(length=10, step=10)) == [0, 10, 20, 30, 40]


@pytest.mark.parametrize(
    ("before", "after", "free"),
    [
        (0, 0, [0, 10, 20, 80, 90]),
        (10, 0, [0, 10, 80, 90]),
        (0, 10, [0, 10, 20, 90]),
        (11, 11, [0]),
        (21, 21, []),
    ],
)
def test_the_starts_around_a_meeting_neither_overlap_it_nor_come_too_near_on_either_side(
    before: int, after: int, free: list[int]
) -> None:
    forbidden = engine.around(30, 80, 10, before, after)
    assert engine.starts([(0, 100)], [forbidden], ask(length=10, step=10)) == free


def test_a_meeting_may_end_as_the_other_begins_and_begin_as_it_ends() -> None:
    assert engine.around(50, 100, 50) == (1, 100)
    forbidden = [engine.around(50, 100, 50)]
    assert engine.starts([(0, 150)], forbidden, ask(length=50, step=50)) == [0, 100]


def test_what_lies_outside_the_hours_reaches_into_them() -> None:
    forbidden = [engine.around(-50, 0, 10, 10, 10), engine.around(100, 150, 10, 10, 10)]
    assert engine.starts([(0, 100)], forbidden, ask(length=10, step=10)) == list(range(10, 90, 10))


def test_the_order_in_which_it_is_given_does_not_matter() -> None:
    forbidden = [(120, 130), (0, 10), (125, 180)]
    found = engine.starts([(0, 250)], forbidden, ask())
    assert found == engine.starts([(0, 250)], forbidden[::-1], ask()) == [60, 180]


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
    assert engine.starts([(0, 300), (60, 120)], [(81, 140)], ask()) == [0, 60, 180, 240]


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
    assert engine.disjoint(sorted(openings)) is apart


# --- every point of the grid


def test_the_grid_goes_to_the_end_of_the_hours_whatever_fits_and_names_the_hours() -> None:
    morning, noon = (0, 100), (130, 200)
    assert list(engine.grid([noon, morning], ask(step=40))) == [
        (0, morning),
        (40, morning),
        (80, morning),  # too late to fit
        (130, noon),
        (170, noon),
    ]


def test_a_point_of_two_grids_is_named_with_each() -> None:
    assert list(engine.grid([(0, 100), (60, 100)], ask(length=10))) == [
        (0, (0, 100)),
        (60, (0, 100)),
        (60, (60, 100)),
    ]


def test_the_grid_keeps_to_the_window_at_both_ends() -> None:
    points = [start for start, _ in engine.grid([(0, 300)], ask(window=(60, 180)))]
    assert points == [60, 120, 180]


# --- against the oracle


def may_start(start: int, openings: list[Interval], forbidden: list[Interval], wanted: Ask) -> bool:
    """Say whether one start is right, straight from the words of the rules."""
    end = start + wanted.length
    if start < wanted.earliest or start > wanted.latest:
        return False
    if any(first <= start < after for first, after in forbidden):
        return False
    return any(a <= start and end <= b and (start - a) % wanted.step == 0 for a, b in openings)


# --- hours that adjoin


def test_a_meeting_may_begin_in_one_opening_and_go_on_into_the_next() -> None:
    found = list(engine.joined([(0, 90), (90, 180), (200, 300)], 50))
    assert found == [(0, 139), (90, 180), (200, 300)]
    assert engine.starts(found, [], ask(length=50, step=40)) == [0, 40, 80, 90, 130, 200, 240]


def test_no_grid_goes_on_into_the_next_opening() -> None:
    found = list(engine.joined([(0, 100), (100, 200)], 10))
    assert engine.starts(found, [], ask(length=10, step=70)) == [0, 70, 100, 170]


def test_openings_that_lie_in_one_another_are_joined_too() -> None:
    assert list(engine.joined([(0, 100), (20, 50), (60, 130)], 40)) == [
        (0, 130),
        (20, 89),
        (60, 130),
    ]


def test_no_more_openings_are_looked_at_than_tell_whether_one_adjoins() -> None:
    def openings() -> Iterator[Interval]:
        yield 0, 10
        yield 20, 30
        pytest.fail("another was looked at")

    assert next(engine.joined(openings(), 5)) == (0, 10)


def spans(longest: int) -> st.SearchStrategy[Interval]:
    return st.builds(
        lambda start, length: (start, start + length), st.integers(0, 120), st.integers(1, longest)
    )


ASKS = st.builds(
    Ask,
    length=st.integers(1, 40),
    step=st.integers(1, 40),
    earliest=st.integers(-5, 100),
    latest=st.integers(0, 200),
)
OPENINGS, FORBIDDEN = st.lists(spans(90), max_size=4), st.lists(spans(40), max_size=4)


@settings(max_examples=600, deadline=None)
@given(OPENINGS, FORBIDDEN, ASKS)
def test_exactly_the_starts_that_the_rules_allow_are_offered_in_order_and_once(
    openings: list[Interval], forbidden: list[Interval], wanted: Ask
) -> None:
    every = range(-10, 220)
    right = [start for start in every if may_start(start, openings, forbidden, wanted)]
    assert engine.starts(openings, forbidden, wanted) == right


@settings(max_examples=600, deadline=None)
@given(OPENINGS, FORBIDDEN, ASKS)
def test_the_first_start_is_the_first_of_all(
    openings: list[Interval], forbidden: list[Interval], wanted: Ask
) -> None:
    found = engine.starts(openings, forbidden, wanted)
    first = found[0] if found else None
    assert engine.first_start(sorted(openings), forbidden, wanted) == first


@settings(max_examples=200, deadline=None)
@given(OPENINGS, ASKS)
def test_what_fits_of_the_grid_is_what_is_offered_when_nothing_is_forbidden(
    openings: list[Interval], wanted: Ask
) -> None:
    points = engine.grid(openings, wanted)
    fitting = {start for start, opening in points if start + wanted.length <= opening[1]}
    assert engine.starts(openings, [], wanted) == sorted(fitting)


@settings(max_examples=300, deadline=None)
@given(
    spans(60), st.integers(1, 40), st.integers(0, 15), st.integers(0, 15), st.integers(-120, 240)
)
def test_the_starts_around_a_meeting_are_those_that_overlap_it_or_come_too_near(
    other: Interval, length: int, before: int, after: int, start: int
) -> None:
    first, end = engine.around(*other, length, before, after)
    apart = start + length + before <= other[0] or start >= other[1] + after
    assert (first <= start < end) is not apart


@settings(max_examples=600, deadline=None)
@given(OPENINGS, ASKS)
def test_joined_openings_offer_each_point_of_each_grid_that_ends_while_one_is_open(
    openings: list[Interval], wanted: Ask
) -> None:
    minutes = {minute for begin, end in openings for minute in range(begin, end)}
    points = {start for start, _ in engine.grid(openings, wanted)}
    right = [s for s in sorted(points) if minutes.issuperset(range(s, s + wanted.length))]
    found = list(engine.joined(sorted(openings), wanted.length))
    assert engine.starts(found, [], wanted) == right
    assert engine.first_start(found, [], wanted) == (right[0] if right else None)
