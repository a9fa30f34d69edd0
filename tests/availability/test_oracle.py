"""The oracle itself, against tables that were worked out by hand from docs/rules.md."""

from datetime import UTC, date, datetime
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.availability.cases import cases
from tests.availability.oracle import (
    CONSULTATION,
    OTHER,
    OWN,
    RULES,
    UK_NAME,
    Case,
    Dated,
    Daylight,
    Elsewhere,
    Gap,
    Off,
    Place,
    Row,
    Taken,
    Window,
    bookable,
    reasons,
    shown,
)

MONDAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # Sundays
ONLINE, WALKING = ("online",), ("walking",)
UK = ZoneInfo(UK_NAME)


def hours(opens: int, closes: int, weekday: int = 0, **facts: Any) -> Row:
    """Online, between hours of the clock."""
    return Row(weekday, opens * 60, closes * 60, facts.pop("formats", ONLINE), **facts)


MORNING = ["Mon 09:00", "Mon 10:00", "Mon 11:00"]


def ask(first: date = MONDAY, **facts: Any) -> Window:
    """An hour on Monday morning, from 9 to 12, online, unless told otherwise."""
    asked = {"length": 60, "step": 60, "format": "online", "places": [Place("online")]}
    return Window(Case(**{**asked, "weekly": [hours(9, 12)], **facts}), first)


def times(window: Window, place: int | None = None) -> list[str]:
    return [f"{datetime.fromtimestamp(at, UK):%a %H:%M}" for at in bookable(window, place)]


def why(window: Window, minutes: int, place: int = 0) -> set[str]:
    return set(reasons(window, int(window.at(minutes).timestamp()), place))


# --- hours


@pytest.mark.parametrize(
    ("row", "only_own", "offered"),
    [
        ({}, False, True),
        ({"formats": WALKING}, False, False),
        ({"service": OWN}, False, True),
        ({"service": OTHER}, False, False),
        ({}, True, False),
        ({"service": OWN}, True, True),
        ({"service": OTHER}, True, False),
    ],
)
def test_1_hours_count_by_format_and_service(
    row: dict[str, Any], *, only_own: bool, offered: bool
) -> None:
    window = ask(weekly=[hours(9, 12, **row)], only_own_hours=only_own)
    assert times(window) == (MORNING if offered else [])


AS_WELL = Dated(14 * 60, 15 * 60, ONLINE, adds=True)
INSTEAD = Dated(16 * 60, 17 * 60, ONLINE)
WALK_INSTEAD = Dated(16 * 60, 17 * 60, WALKING)


@pytest.mark.parametrize(
    ("dated", "weekly", "offered"),
    [
        ([], {}, [9, 10, 11]),
        ([INSTEAD], {}, [16]),
        ([WALK_INSTEAD], {}, []),  # it replaces online hours too
        ([AS_WELL], {}, [9, 10, 11, 14]),
        ([AS_WELL, WALK_INSTEAD], {}, [14]),
        ([], {"first": 0, "last": 0}, [9, 10, 11]),
        ([], {"first": 1}, []),
        ([], {"last": -1}, []),
    ],
)
def test_2_a_date_has_its_own_hours_or_those_of_its_weekday_and_what_comes_on_top(
    dated: list[Dated], weekly: dict[str, int], offered: list[int]
) -> None:
    window = ask(weekly=[hours(9, 12, **weekly)], different={0: dated})
    assert times(window) == [f"Mon {hour:02}:00" for hour in offered]


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ({}, ["Fri 11:00"]),
        ({"bank_holidays_off": True}, []),
        ({"bank_holidays_off": True, "worked": [0]}, ["Fri 11:00"]),
        ({"bank_holidays_off": True, "worked": [1]}, []),
        ({"bank_holidays_off": True, "different": {0: [AS_WELL]}}, ["Fri 14:00"]),
        ({"bank_holidays_off": True, "different": {0: [INSTEAD]}}, ["Fri 16:00"]),
    ],
)
def test_2_good_friday_is_kept_unless_it_is_worked_or_has_hours_entered(
    facts: dict[str, Any], offered: list[str]
) -> None:
    window = ask(date(2027, 3, 26), weekly=[hours(11, 12, weekday=4)], **facts)
    assert times(window) == offered


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 29)])
def test_2_christmas_boxing_days_substitute_and_easter_monday_are_bank_holidays(day: date) -> None:
    weekly = [hours(9, 10, weekday=day.weekday())]
    assert len(bookable(ask(day, weekly=weekly))) == 1
    assert bookable(ask(day, weekly=weekly, bank_holidays_off=True)) == []


@pytest.mark.parametrize(
    ("first", "opens", "closes", "points"),
    [
        (SPRING, 0, 150, [0, 30, 60]),  # 02:30 summer time is 90 minutes after midnight
        (SPRING, 0, 90, [0, 30]),  # 01:30 is skipped: the change, after 60 minutes
        (SPRING, 90, 150, [60]),
        (SPRING, 75, 105, []),
        (AUTUMN, 0, 90, [0, 30, 60]),  # the first 01:30
        (AUTUMN, 90, 150, [90, 120, 150, 180]),  # from the first to 02:30, after 210 minutes
    ],
)
def test_3_ends_in_a_skipped_hour_are_the_change_and_in_a_repeated_one_its_first_occurrence(
    first: date, opens: int, closes: int, points: list[int]
) -> None:
    window = ask(first, weekly=[Row(6, opens, closes, ONLINE)], length=15, step=30)
    assert window.grid(0) == [int(window.at(minutes).timestamp()) for minutes in points]


def test_3_hours_are_on_the_therapists_clock() -> None:
    assert times(ask(zone="America/New_York")) == ["Mon 14:00", "Mon 15:00", "Mon 16:00"]
    # Kathmandu is 5:45 ahead.
    assert times(ask(zone="Asia/Kathmandu")) == ["Mon 03:15", "Mon 04:15", "Mon 05:15"]


def test_4_a_start_is_a_number_of_steps_after_an_opening_and_ends_while_there_are_hours() -> None:
    window = ask(weekly=[hours(9, 11), hours(11, 13)], length=50, step=40)
    assert times(window) == [
        "Mon 09:00",
        "Mon 09:40",
        "Mon 10:20",  # runs to 11:10, into the next row
        "Mon 11:00",  # each row has its own grid
        "Mon 11:40",
    ]
    assert len(window.grid(0)) == 6
    assert why(window, 12 * 60 + 20) == {"hours"}
    assert why(window, 9 * 60 + 30) == {"hours"}


def test_4_rows_with_a_minute_between_them_or_of_another_format_are_not_joined() -> None:
    later = Row(0, 11 * 60 + 1, 13 * 60, ONLINE)
    for other in (later, hours(11, 13, formats=WALKING), hours(11, 13, service=OTHER)):
        window = ask(weekly=[hours(9, 11), other], length=50, step=40)
        assert "Mon 10:20" not in times(window)


def test_4_a_night_in_two_rows_is_one_night() -> None:
    window = ask(weekly=[hours(22, 24), hours(0, 2, weekday=1)], step=60, length=90)
    assert times(window) == ["Mon 22:00", "Mon 23:00", "Tue 00:00"]
    alone = ask(weekly=[hours(22, 24)], step=60, length=90)
    assert times(alone) == ["Mon 22:00"]


def test_a_start_is_offered_at_places_of_its_format_that_are_in_use() -> None:
    places = [Place("walking"), Place("online", in_use=False), Place("online")]
    window = ask(places=places)
    assert times(window) == times(window, 2) == MORNING
    assert times(window, 0) == times(window, 1) == []


# --- what else is in the diary


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"taken": [Taken(600, 60, 0, "session", "walking", 0)]}, "taken"),
        ({"taken": [Taken(600, 60, 0, "session", "walking", held=True)]}, "held"),
        ({"elsewhere": [Elsewhere(600, 60, "walking")]}, "elsewhere"),
        ({"off": [Off(600, 60)], "gap": 30}, "leave"),
    ],
)
def test_5_and_7_nothing_overlaps_and_what_only_touches_does_not(
    facts: dict[str, Any], reason: str
) -> None:
    window = ask(**facts)
    assert times(window) == ["Mon 09:00", "Mon 11:00"]
    assert why(window, 600) == {reason}
    assert reason in why(window, 541)
    assert reason in why(window, 659)


ONLINE_AT_1 = Taken(720, 60, 0, "session", "online", 1)
WALKING_AT_2 = Taken(720, 60, 0, "session", "walking", 2)
HELD = Taken(720, 60, 0, "session", "online", held=True)
TO_WALKING = Gap("online", "walking", None, None, 40)


def to_online(before: int | None, after: int | None, minutes: int) -> Gap:
    return Gap("online", "online", before, after, minutes)


@pytest.mark.parametrize(
    ("facts", "last", "first"),
    [
        ({"taken": [ONLINE_AT_1]}, "11:00", "13:00"),
        ({"taken": [ONLINE_AT_1._replace(gap=20)], "gap": 10}, "10:40", "13:20"),
        ({"taken": [ONLINE_AT_1], "gap": 10}, "10:50", "13:10"),
        (
            {"taken": [ONLINE_AT_1], "gap": 20, "gaps": [to_online(None, None, 30)]},
            "10:30",
            "13:30",
        ),
        (
            {"taken": [ONLINE_AT_1], "gap": 40, "gaps": [to_online(None, None, 30)]},
            "10:20",
            "13:40",
        ),
        # The format before and the one after; both ways.
        ({"taken": [WALKING_AT_2], "gaps": [TO_WALKING]}, "10:20", "13:00"),
        (
            {"taken": [WALKING_AT_2], "gaps": [TO_WALKING._replace(both_ways=True)]},
            "10:20",
            "13:40",
        ),
        ({"taken": [ONLINE_AT_1], "gaps": [TO_WALKING]}, "11:00", "13:00"),
        # From place 0, which is asked for, a row that names it counts, though it is smaller.
        (
            {"taken": [ONLINE_AT_1], "gaps": [to_online(None, None, 60), to_online(0, None, 20)]},
            "10:40",
            "14:00",
        ),
        # Two that name one place each: the larger. From 1 to 0 neither fits.
        (
            {"taken": [ONLINE_AT_1], "gaps": [to_online(0, None, 20), to_online(None, 1, 30)]},
            "10:30",
            "13:00",
        ),
        # An appointment elsewhere: of its format, at no place, of no service.
        ({"elsewhere": [Elsewhere(720, 60, "walking")], "gaps": [TO_WALKING]}, "10:20", "13:00"),
        (
            {
                "elsewhere": [Elsewhere(720, 60, "online")],
                "gaps": [to_online(0, 1, 90), to_online(0, None, 30)],
                "gap": 10,
            },
            "10:30",
            "13:10",
        ),
        # A hold has no place yet; the new meeting has.
        ({"taken": [HELD], "gaps": [to_online(None, 0, 30)]}, "11:00", "13:30"),
        ({"taken": [HELD], "gaps": [to_online(1, None, 30)]}, "11:00", "13:00"),
        ({"taken": [HELD._replace(gap=30)]}, "10:30", "13:30"),
    ],
)
def test_6_the_last_start_before_and_the_first_after_a_meeting_from_12_to_1(
    facts: dict[str, Any], last: str, first: str
) -> None:
    places = [Place("online"), Place("online"), Place("walking")]
    window = ask(weekly=[hours(9, 18)], step=10, places=places, **facts)
    found = times(window, 0)
    assert max(text for text in found if text < "Mon 12:00") == f"Mon {last}"
    assert min(text for text in found if text > "Mon 12:00") == f"Mon {first}"
    assert why(window, 720) <= {"taken", "held", "elsewhere"}  # no gap from what it overlaps


def test_6_the_gap_is_kept_from_every_meeting_and_not_only_from_the_nearest() -> None:
    walk = Taken(540, 60, 0, "session", "walking", 1)
    window = ask(
        weekly=[hours(9, 14)],
        step=30,
        places=[Place("online"), Place("walking")],
        taken=[walk, Taken(600, 30, 0, "session", "online", 0)],  # to 10:30
        gaps=[Gap("walking", "online", None, None, 60)],
    )
    assert times(window)[0] == "Mon 11:00"  # an hour after the walk
    assert why(window, 630) == {"gap"}


def test_8_no_meeting_overlaps_a_repeated_hour_of_the_therapists_or_the_uks_clock() -> None:
    night: dict[str, Any] = {"weekly": [Row(6, 0, 300, ONLINE)], "length": 50, "step": 30}
    # In the UK the hour from 01:00 happens at 60 and at 120 minutes after midnight.
    window = ask(AUTUMN, **night)
    refused = [minutes for minutes in range(0, 300, 30) if "clock" in why(window, minutes)]
    assert refused == [30, 60, 90, 120, 150]
    # New York's happens a week later, at 05:00 and 06:00 UTC.
    window = ask(date(2026, 11, 1), zone="America/New_York", **night)
    refused = [minutes for minutes in range(240, 480, 30) if "clock" in why(window, minutes)]
    assert refused == [270, 300, 330, 360, 390]


def test_9_a_meeting_lies_in_the_light_of_its_place_less_the_margin() -> None:
    # London, 23 November 2026: the sun rises about 07:33 and sets about 16:00.
    places = [Place("online", Daylight(51.51, -0.13, 45)), Place("online")]
    window = ask(weekly=[hours(6, 18)], length=30, step=30, places=places)
    found = times(window, 0)
    assert (found[0], found[-1]) == ("Mon 08:30", "Mon 14:30")
    assert why(window, 8 * 60) == why(window, 15 * 60) == {"daylight"}
    assert len(times(window, 1)) == len(times(window)) == 24


@pytest.mark.parametrize(
    ("first", "offered"),
    [(date(2026, 12, 28), []), (date(2027, 4, 26), ["Mon 22:59", "Mon 23:29"])],
)
def test_9_where_the_sun_never_rises_is_no_light_and_where_it_never_sets_no_night(
    first: date, offered: list[str]
) -> None:
    # On Svalbard, whose midnight is three minutes before the UK's summer midnight.
    svalbard = Place("online", Daylight(78.22, 15.64, 60))
    weekly = [Row(0, 22 * 60 + 59, 23 * 60 + 59, ONLINE)]
    window = ask(first, weekly=weekly, length=30, step=30, places=[svalbard])
    assert times(window) == offered


# --- caps


def met(start: int, kind: str = "session", *, held: bool = False) -> Taken:
    return Taken(start, 60, 0, kind, "online", None if held else 0, held)


@pytest.mark.parametrize(
    ("taken", "offered"),
    [
        ([met(840)], MORNING),
        ([met(840), met(900)], []),
        ([met(840), met(900, held=True)], []),
        ([met(840), met(900, CONSULTATION)], MORNING),
        ([met(840), met(840 + 1440), met(840 - 1440)], MORNING),
    ],
)
def test_10_sessions_a_day_two_at_most(taken: list[Taken], offered: list[str]) -> None:
    assert times(ask(taken=taken, day_cap=2)) == offered
    assert times(ask(taken=taken, day_cap=2, kind=CONSULTATION)) == MORNING
    assert times(ask(taken=taken)) == MORNING


def test_10_a_day_is_the_therapists() -> None:
    weekly = [hours(9, 10), hours(9, 10, weekday=1)]
    window = ask(zone="America/New_York", weekly=weekly, day_cap=1, taken=[met(26 * 60)])
    assert times(window) == ["Tue 14:00"]  # the meeting at 2am on Tuesday is New York's Monday's
    assert why(window, 14 * 60) == {"day cap"}


@pytest.mark.parametrize(
    ("day", "offered"),
    [(-1, MORNING), (0, []), (6, []), (7, MORNING)],
)
def test_11_consultations_a_week_from_monday_one_at_most(day: int, offered: list[str]) -> None:
    taken = [met(840 + day * 1440, CONSULTATION), met(840, "session", held=True)]
    assert times(ask(kind=CONSULTATION, week_cap=1, taken=taken)) == offered
    assert times(ask(week_cap=1, taken=taken)) == MORNING


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        # Sessions from 12 to 1 and 2 to 3: a third within less than an hour and a half of them.
        ({}, [571, 989]),
        ({"kind": CONSULTATION, "in_a_row": 1}, [571, 989]),
        ({"kind": CONSULTATION}, []),
        ({"in_a_row": 3}, []),
        # An appointment from 3 to 4 goes on with the run and adds nothing to its sessions.
        ({"elsewhere": [Elsewhere(900, 60, "walking")]}, [571, 1049]),
        # So does a consultation that another visitor holds; leave doesn't.
        ({"taken": [met(720), met(840), met(900, CONSULTATION, held=True)]}, [571, 1049]),
        ({"off": [Off(900, 60)]}, [571, 989]),
        # From 11 to 5: a run ends with the longest of those so far.
        ({"elsewhere": [Elsewhere(660, 360, "walking")]}, [511, 1109]),
    ],
)
def test_12_sessions_in_a_row(facts: dict[str, Any], refused: list[int]) -> None:
    row: dict[str, Any] = {"in_a_row": 2, "break_minutes": 90, "taken": [met(720), met(840)]}
    window = ask(**{**row, **facts})
    found = [minutes for minutes in range(480, 1200) if "in a row" in why(window, minutes)]
    assert found == (list(range(refused[0], refused[1] + 1)) if refused else [])


def test_12_a_new_meeting_joins_the_runs_before_and_after_it() -> None:
    # From 8 to 9 and from 11 to 12. At 9 and at 10 it touches one and is an hour from the other.
    window = ask(step=30, in_a_row=2, break_minutes=60, taken=[met(480), met(660)])
    assert times(window) == ["Mon 09:00", "Mon 10:00"]
    assert why(window, 570) == {"in a row"}


# --- clients only


def test_13_the_notice_is_hours_that_pass_and_what_has_passed_is_named_alone() -> None:
    window = ask(now=540, notice_hours=2)
    assert times(window) == ["Mon 11:00"]
    assert [why(window, hour * 60) for hour in (9, 10, 11)] == [{"past"}, {"notice"}, set()]
    assert times(ask(now=540)) == ["Mon 10:00", "Mon 11:00"]
    # From 10pm to 9am are 12 hours when the clock goes back.
    weekly = [hours(9, 12, weekday=6)]
    assert times(ask(AUTUMN, weekly=weekly, now=-120, notice_hours=12))[0] == "Sun 09:00"
    assert times(ask(AUTUMN, weekly=weekly, now=-119, notice_hours=12))[0] == "Sun 10:00"


def test_13_until_six_the_day_before_is_of_the_uk() -> None:
    # Nine in Kathmandu is 03:15 in the UK, and six on Sunday evening is six hours before Monday.
    facts: dict[str, Any] = {
        "zone": "Asia/Kathmandu",
        "weekly": [hours(9, 10), hours(9, 10, 1)],
        "book_by": 1080,
    }
    assert times(ask(now=-360, **facts)) == ["Mon 03:15", "Tue 03:15"]
    assert times(ask(now=-359, **facts)) == ["Tue 03:15"]
    assert why(ask(now=-359, **facts), 195) == {"notice"}


def test_14_the_horizon_is_a_uk_day_and_existing_clients_come_first() -> None:
    daily = [hours(9, 10, weekday) for weekday in range(3)]
    known: dict[str, Any] = {
        "weekly": daily,
        "now": -1,
        "longest_session_horizon": 9,
    }  # it is still Sunday
    assert times(ask(horizon_days=2, **known)) == ["Mon 09:00", "Tue 09:00"]
    assert why(ask(horizon_days=2, **known), 2 * 1440 + 540) == {"horizon"}
    assert len(times(ask(early_days=7, **known))) == 3
    new: dict[str, Any] = {**known, "kind": CONSULTATION}
    assert len(times(ask(**new))) == 3
    assert times(ask(early_days=7, **new)) == ["Mon 09:00", "Tue 09:00"]
    assert times(ask(early_days=7, horizon_days=1, **new)) == ["Mon 09:00"]
    assert len(times(ask(early_days=7, **{**new, "longest_session_horizon": None}))) == 3


def test_15_the_public_page_shows_the_first_of_each_part_of_a_uk_day() -> None:
    def summer(text: str) -> int:
        return int(datetime.fromisoformat(f"2026-07-{text}").replace(tzinfo=UTC).timestamp())

    # Noon is at 11:00 UTC, 5pm at 16:00, and the next day begins at 23:00.
    given = ["01T09:00", "01T10:59", "01T11:00", "01T15:59", "01T16:00", "01T22:59", "01T23:00"]
    first = ["01T09:00", "01T11:00", "01T16:00", "01T23:00"]
    assert shown(map(summer, reversed(given))) == [summer(text) for text in first]
    assert shown([]) == []


# --- what it is asked about


def test_what_is_bookable_is_what_nothing_forbids_and_random_practices_meet_every_rule() -> None:
    random, met_with = Random(1), set[str]()  # noqa: S311 (not a secret)
    for _ in range(100):
        case = cases(random)
        window = random.choice(case.windows())
        for number, place in enumerate(case.places):
            why_not = {start: reasons(window, start, number) for start in window.grid(number)}
            met_with.update(*why_not.values())
            free = [start for start, found in why_not.items() if not found]
            assert bookable(window, number) == (free if place.in_use else [])
    assert met_with == set(RULES)


def test_random_practices_can_be_stored() -> None:
    random = Random(1)  # noqa: S311 (not a secret)
    for _ in range(300):
        case = cases(random)
        booked = sorted(entry for entry in case.taken if not entry.held)
        assert all(one.start + one.length <= two.start for one, two in pairwise(booked))
        assert all(entry.format == case.places[entry.place or 0].format for entry in booked)
        assert all(case.different.values())
        walls = [row[1:3] for row in case.weekly]
        walls += [row[:2] for rows in case.different.values() for row in rows]
        assert all(0 <= opens < closes <= 1440 for opens, closes in walls)
        assert len(set(case.worked)) == len(case.worked)
