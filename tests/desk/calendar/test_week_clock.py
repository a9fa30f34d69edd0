"""Where an instant stands in a week's grid, above all in the weeks whose clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from desk.calendar.week_clock import Placed, WeekClock, Window, week_of

BACK = week_of(date(2026, 10, 25))  # its Sunday has 25 hours
FORWARD = week_of(date(2027, 3, 28))  # and this 23
USUAL = week_of(date(2026, 11, 25))


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def parts(clock: WeekClock, start: str, end: str) -> list[Placed]:
    return list(clock.parts((epoch(start), epoch(end))))


def test_a_week_begins_on_its_monday_and_has_seven_midnights() -> None:
    assert USUAL.monday == date(2026, 11, 23)
    assert USUAL.span == (epoch("2026-11-23T00:00"), epoch("2026-11-30T00:00"))
    assert (BACK.span[1] - BACK.span[0], FORWARD.span[1] - FORWARD.span[0]) == (
        7 * 86_400 + 3_600,
        7 * 86_400 - 3_600,
    )


def test_in_a_usual_week_a_meeting_stands_by_the_clock() -> None:
    assert parts(USUAL, "2026-11-25T10:00", "2026-11-25T10:50") == [Placed(3, 600, 650)]
    assert list(USUAL.unreal()) == []
    assert USUAL.hours == 24


def test_in_summer_the_grid_shows_the_uks_clock() -> None:
    july = week_of(date(2026, 7, 8))
    assert parts(july, "2026-07-08T09:00", "2026-07-08T09:50") == [Placed(3, 600, 650)]


def test_what_begins_or_ends_between_two_rows_fills_them_both() -> None:
    assert parts(USUAL, "2026-11-25T10:02", "2026-11-25T10:11") == [Placed(3, 600, 615)]


def test_a_meeting_over_midnight_has_a_part_on_either_day() -> None:
    assert parts(USUAL, "2026-11-25T23:40", "2026-11-26T00:30") == [
        Placed(3, 1420, 1440),
        Placed(4, 0, 30),
    ]


def test_what_ends_at_midnight_is_its_own_days_alone() -> None:
    assert parts(USUAL, "2026-11-25T22:00", "2026-11-26T00:00") == [Placed(3, 1320, 1440)]


def test_of_what_goes_on_into_another_week_only_the_weeks_own_is_shown() -> None:
    assert parts(USUAL, "2026-11-22T23:30", "2026-11-23T00:30") == [Placed(1, 0, 30)]
    assert parts(USUAL, "2026-11-29T23:30", "2026-11-30T00:30") == [Placed(7, 1410, 1440)]


def test_the_hour_that_comes_twice_has_rows_for_both() -> None:
    # 1:30am in summer time, and 1:30am an hour later.
    assert parts(BACK, "2026-10-25T00:30", "2026-10-25T00:45") == [Placed(7, 90, 105)]
    assert parts(BACK, "2026-10-25T01:30", "2026-10-25T01:45") == [Placed(7, 150, 165)]
    # Through both: two hours by the clock are three.
    assert parts(BACK, "2026-10-25T00:00", "2026-10-25T02:30") == [Placed(7, 60, 210)]
    labels = [BACK.hour_label(row) for row in range(5)]
    assert labels == ["12am", "1am", "1am again", "2am", "3am"]
    assert BACK.hours == 25


def test_the_other_days_of_that_week_say_that_they_have_it_once() -> None:
    unreal = list(BACK.unreal())
    assert [placed for placed, _ in unreal] == [Placed(day, 120, 180) for day in range(1, 7)]
    assert {text for _, text in unreal} == {"Only Sunday has this hour twice"}
    # What ends at 2am there doesn't reach over it.
    assert parts(BACK, "2026-10-21T00:00", "2026-10-21T01:00") == [Placed(3, 60, 120)]
    assert parts(BACK, "2026-10-21T09:00", "2026-10-21T09:50") == [Placed(3, 660, 710)]


def test_the_hour_that_is_missing_is_said_to_be() -> None:
    assert list(FORWARD.unreal()) == [
        (Placed(7, 60, 120), "The clocks go forward: there is no 1am")
    ]
    assert parts(FORWARD, "2027-03-28T00:30", "2027-03-28T01:00") == [Placed(7, 30, 60)]
    assert parts(FORWARD, "2027-03-28T01:00", "2027-03-28T01:50") == [Placed(7, 120, 170)]


@pytest.mark.parametrize("clock", [USUAL, BACK, FORWARD])
def test_the_hours_of_a_week_are_all_of_it_each_once(clock: WeekClock) -> None:
    cells = [cell for day in range(1, 8) for cell in clock.cells(day)]
    assert [a for a, _ in cells] + [clock.span[1]] == [clock.span[0], *(b for _, b in cells)]


def test_every_five_minutes_of_ten_years_have_rows_of_their_own_that_day() -> None:
    """No two moments of a day share a row, and what is later is lower, whatever the clocks do."""
    for number in range(530):
        clock = week_of(date(2020, 1, 6) + timedelta(weeks=number))
        if not (clock.back or clock.forward):
            continue
        for day in range(1, 8):
            begin, end = clock.day_span(day)
            rows = [clock.minute(instant) for instant in range(begin, end, 300)]
            assert rows == sorted(set(rows)), (clock, day)


def test_a_place_says_its_hours_from_the_top_of_what_is_drawn() -> None:
    window = Window(8, 20)
    assert window.at(Placed(2, 570, 620)) == "d2 h1 m30 u2 v20"
    # What lies over the edge is cut; what lies outside isn't drawn.
    assert window.at(Placed(2, 0, 1440)) == "d2 h0 m0 u12 v0"
    assert window.at(Placed(2, 0, 480)) == ""
    assert window.at(Placed(2, 1200, 1440)) == ""
