"""What keeps a start from being offered beside other meetings: overlap, gaps, leave."""

import pytest

from availability import engine
from availability.engine import Ask
from availability.intervals import Interval
from availability.rules import (
    CONSULTATION,
    SESSION,
    Gaps,
    Limit,
    Meeting,
    Rule,
    Wanted,
    near_meetings,
    over,
)

MINUTE = 60
ROOM, PARK, OTHER_ROOM = 1, 2, 3
INDOORS, OUTDOORS = "in_person", "walking"
NO_TABLE = Gaps()


def meeting(start: int, end: int, gap: int = 0, **facts: object) -> Meeting:
    """A booked session in the room; all in minutes."""
    fresh = {"format": INDOORS, "place": ROOM, "audience": SESSION}
    return Meeting(start * MINUTE, end * MINUTE, gap=gap, **{**fresh, **facts})  # type: ignore[arg-type]


def wanted(gap: int = 0, length: int = 10, place: int = ROOM, fmt: str = INDOORS) -> Wanted:
    return Wanted(length * MINUTE, gap, fmt, SESSION, place, light=None)


def free(
    meetings: list[Meeting],
    new: Wanted,
    gaps: Gaps = NO_TABLE,
    hours: Interval = (0, 100),
    leave: tuple[Interval, ...] = (),
) -> list[int]:
    """The starts that are left on a grid of ten minutes, or of the length if that is longer."""
    spans = [(begin * MINUTE, end * MINUTE) for begin, end in leave]
    found = [*near_meetings(meetings, new, gaps), *over(spans, Rule.LEAVE, new.length)]
    ask = Ask(new.length, max(new.length, 10 * MINUTE), hours[0] * MINUTE, hours[1] * MINUTE)
    opening = hours[0] * MINUTE, hours[1] * MINUTE
    starts = engine.starts([opening], [(first, end) for first, end, *_ in found], ask)
    return [start // MINUTE for start in starts]


# --- the gap of a service


@pytest.mark.parametrize(
    ("own", "theirs", "left"),
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
    own: int, theirs: int, left: list[int]
) -> None:
    assert free([meeting(30, 80, theirs)], wanted(own)) == left


def test_back_to_back_meetings_need_no_gap_when_neither_has_one() -> None:
    assert free([meeting(50, 100)], wanted(length=50), hours=(0, 150)) == [0, 100]


def test_a_booking_never_shifts_the_times_offered_after_it() -> None:
    everything = free([], wanted(), hours=(0, 600))
    left = free([meeting(65, 90)], wanted(), hours=(0, 600))
    assert left == [start for start in everything if start not in (60, 70, 80)]


def test_a_gap_reaches_in_from_a_booking_outside_the_hours() -> None:
    neighbours = [meeting(-50, 0, 10), meeting(100, 150, 10)]
    assert free(neighbours, wanted()) == list(range(10, 90, 10))


def test_leave_is_a_wall_and_no_neighbour_whatever_the_gap_of_the_meeting() -> None:
    assert free([], wanted(20, length=30), hours=(0, 90), leave=((30, 60),)) == [0, 60]


def test_the_gaps_of_two_bookings_may_leave_no_room_between_them() -> None:
    booked = [meeting(0, 30, 10), meeting(60, 90, 10)]
    assert free(booked, wanted(), hours=(0, 90)) == [40]
    assert free(booked, wanted(11), hours=(0, 90)) == []


def test_the_order_in_which_meetings_are_given_does_not_matter() -> None:
    booked = [meeting(120, 130), meeting(0, 10, 20), meeting(60, 70, 5)]
    left = free(booked, wanted(), hours=(0, 200))
    assert left == free(booked[::-1], wanted(), hours=(0, 200))
    assert left == [30, 40, 80, 90, 100, 110, *range(130, 200, 10)]


def test_a_gap_counts_against_every_meeting_and_not_the_nearest_alone() -> None:
    # The short one between leaves its own few minutes, the one before it still wants half an hour.
    booked = [meeting(0, 10, 40), meeting(20, 25)]
    assert free(booked, wanted(), hours=(0, 80)) == [50, 60, 70]


# --- the table of gaps

TO_PARK = ((INDOORS, None), (OUTDOORS, None), 20)


def test_the_table_counts_one_way_or_both() -> None:
    booked, walk = [meeting(30, 40)], wanted(place=PARK, fmt=OUTDOORS)
    assert free(booked, walk, Gaps([(*TO_PARK, False)])) == [0, 10, 20, 60, 70, 80, 90]
    assert free(booked, walk, Gaps([(*TO_PARK, True)])) == [0, 60, 70, 80, 90]


def test_of_the_table_and_both_services_the_largest_counts() -> None:
    table = Gaps([(*TO_PARK, False)])
    for theirs, own, left in (
        (5, 10, [0, 10, 60, 70, 80, 90]),
        (5, 30, [70, 80, 90]),
        (30, 5, [70, 80, 90]),
    ):
        new = wanted(own, place=PARK, fmt=OUTDOORS)
        assert free([meeting(30, 40, theirs)], new, table) == left


@pytest.mark.parametrize(
    ("rows", "minutes"),
    [
        ([(None, None, 20)], 20),
        ([(None, None, 20), (ROOM, None, 5)], 5),
        ([(None, None, 20), (None, PARK, 5)], 5),
        ([(ROOM, None, 10), (None, PARK, 15)], 15),
        ([(ROOM, None, 15), (None, PARK, 10)], 15),
        ([(ROOM, None, 10), (None, PARK, 15), (ROOM, PARK, 0)], 0),
        ([(OTHER_ROOM, None, 30), (None, ROOM, 30), (OTHER_ROOM, PARK, 30)], 0),
        ([(None, None, 20), (OTHER_ROOM, None, 30)], 20),
        ([], 0),
    ],
)
def test_the_row_that_names_more_places_counts_and_of_two_alike_the_larger(
    rows: list[tuple[int | None, int | None, int]], minutes: int
) -> None:
    table = Gaps(
        ((INDOORS, before), (OUTDOORS, after), minutes, False) for before, after, minutes in rows
    )
    assert table.minutes((INDOORS, ROOM), (OUTDOORS, PARK)) == minutes
    assert table.minutes((OUTDOORS, PARK), (INDOORS, ROOM)) == 0
    assert table.minutes((INDOORS, ROOM), (INDOORS, ROOM)) == 0


def test_of_a_row_and_the_way_back_of_another_the_larger_counts() -> None:
    there, back = (INDOORS, None), (OUTDOORS, None)
    for rows in (
        [(there, back, 20, True), (back, there, 30, False)],
        [(back, there, 30, False), (there, back, 20, True)],
    ):
        table = Gaps(rows)
        assert table.minutes(there, back) == 20
        assert table.minutes(back, there) == 30


def test_a_row_between_two_meetings_of_one_format_counts_from_place_to_place() -> None:
    table = Gaps([((INDOORS, ROOM), (INDOORS, OTHER_ROOM), 30, True)])
    booked = [meeting(30, 40)]
    assert free(booked, wanted(), table) == [0, 10, 20, 40, 50, 60, 70, 80, 90]
    assert free(booked, wanted(place=OTHER_ROOM), table) == [70, 80, 90]


@pytest.mark.parametrize(
    "nowhere",
    [
        Meeting(30 * MINUTE, 40 * MINUTE, INDOORS),  # an appointment
        meeting(30, 40, place=None, visitor="somebody"),  # a hold
    ],
)
def test_what_has_no_place_takes_the_rows_that_name_none(nowhere: Meeting) -> None:
    table = Gaps([((INDOORS, ROOM), (OUTDOORS, None), 30, False), (*TO_PARK, True)])
    assert free([nowhere], wanted(place=PARK, fmt=OUTDOORS), table) == [0, 60, 70, 80, 90]


# --- which rule it is


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (meeting(30, 40), Rule.TAKEN),
        (meeting(30, 40, audience=CONSULTATION), Rule.TAKEN),
        (meeting(30, 40, visitor="somebody"), Rule.HELD),
        (meeting(30, 40, audience=""), Rule.ELSEWHERE),
    ],
)
def test_what_overlaps_a_meeting_is_told_by_its_kind_and_what_is_near_it_as_the_gap(
    other: Meeting, rule: Rule
) -> None:
    [limit] = near_meetings([other], wanted(5), NO_TABLE)
    assert limit == Limit(15 * MINUTE + 1, 45 * MINUTE, rule, other)
    length = 10 * MINUTE
    told = {minute: limit.rule_at(minute * MINUTE, length) for minute in (16, 20, 21, 39, 40, 44)}
    assert told == {
        16: Rule.GAP,
        20: Rule.GAP,
        21: rule,
        39: rule,
        40: Rule.GAP,
        44: Rule.GAP,
    }


def test_leave_is_leave_wherever_it_is_met() -> None:
    [limit] = over([(30, 60)], Rule.LEAVE, 10)
    assert limit == Limit(21, 60, Rule.LEAVE, (30, 60))
    assert {limit.rule_at(start, 10) for start in (21, 59)} == {Rule.LEAVE}
