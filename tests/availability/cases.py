"""Random practices to ask the oracle and the code about.

They are drawn in such a way that every rule matters, and that many times are offered. Whatever is
drawn can be stored: bookings never overlap, no date differs into nothing, a place has its format.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from tests.availability.oracle import (
    ANY,
    CONSULTATION,
    OTHER,
    OWN,
    OWN_CHANGES,
    SESSION,
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
)

T = TypeVar("T")

DAY = 24 * 60  # all is minutes here
FORMATS = ("online", "in_person", "walking")
ZONES = (UK_NAME, *OWN_CHANGES)  # the UK twice as often
# The hours in which clocks change, and others.
WALLS = (0, 30, 60, 75, 90, 105, 120, 135, 180, 540, 600, 1020, 1260, 1320, 1380)
# London (often), Fair Isle, New York, Kathmandu, Lord Howe; either side of the date line; where the
# sun never rises in winter, and where it never sets in November and never rises in late April.
SITES = (
    *((51.51, -0.13),) * 3,
    (59.53, -1.63),
    (40.78, -73.97),
    (27.7, 85.3),
    (-31.55, 159.08),
    (-16.8, 179.9),
    (52.0, -179.5),
    (78.22, 15.64),
    *((-84.0, -120.0),) * 2,
)

# --- how chances are taken: whatever shrinks, shrinks to the first choice and to no


class Chances(Protocol):
    """What is asked of a `random.Random`, or of hypothesis."""

    def randint(self, a: int, b: int, /) -> int: ...

    def choice(self, seq: Sequence[T], /) -> T: ...


class Drawn:
    """Chances that hypothesis takes, a number at a time, so that a failing case shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def randint(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def choice(self, seq: Sequence[T]) -> T:
        return seq[self.randint(0, len(seq) - 1)]


def chance(random: Chances, percent: int) -> bool:
    """So many in a hundred, in steps of five."""
    return random.randint(1, 20) > 20 - percent // 5


def usual(random: Chances, values: Sequence[int], low: int, high: int) -> int:
    """One of the values, mostly, or any number."""
    return random.randint(low, high) if chance(random, 25) else random.choice(values)


def maybe(random: Chances, percent: int, make: Callable[[], T]) -> T | None:
    return make() if chance(random, percent) else None


def several(random: Chances, most: int, make: Callable[[], T], percent: int = 65) -> list[T]:
    """Each with this chance after the one before."""
    made: list[T] = []
    while len(made) < most and chance(random, percent):
        made.append(make())
    return made


# --- hours


def walls(random: Chances) -> tuple[int, int]:
    if chance(random, 50):
        return 540, random.choice((1020, 780, 1200))
    if chance(random, 15):  # hours that adjoin those, or those of the night before
        return random.choice(((780, 900), (1020, 1140), (1320, DAY), (0, 120)))
    opens = usual(random, WALLS, 0, DAY - 2)
    length = usual(random, (60, 120, 180, 480), 1, DAY)
    return opens, min(opens + length, DAY)


def formats(random: Chances) -> tuple[str, ...]:
    if chance(random, 70):
        return FORMATS
    some = tuple(name for name in FORMATS if chance(random, 50))
    return some or (random.choice(FORMATS),)


def service(random: Chances, *, only_own: bool) -> str:
    """Whom hours are for; mostly the asked one, if it has only hours of its own."""
    often = OWN if only_own else ANY
    return random.choice((often, often, often, often, often, ANY, OWN, OTHER))


def weekly(random: Chances, *, only_own: bool) -> list[Row]:
    """Mostly a row or two on each day."""
    days = [day for day in range(7) for percent in (90, 30) if chance(random, percent)]
    return [row(random, day, service(random, only_own=only_own)) for day in days]


def row(random: Chances, day: int, whose: str) -> Row:
    first = maybe(random, 10, lambda: random.randint(-7, 2))
    last = maybe(random, 10, lambda: random.randint(max(0, first or 0), 7))
    return Row(day, *walls(random), formats(random), whose, first, last)


def different(random: Chances, *, only_own: bool) -> dict[int, list[Dated]]:
    days = several(random, 2, lambda: random.randint(-1, 3))
    return {
        day: [
            dated(random, service(random, only_own=only_own)) for _ in range(random.randint(1, 2))
        ]
        for day in days
    }


def dated(random: Chances, whose: str) -> Dated:
    return Dated(*walls(random), formats(random), whose, chance(random, 50))


# --- places and the gaps between them


def places(random: Chances, asked: str) -> list[Place]:
    """One to four, with hardly ever none of the asked format."""
    first = asked if chance(random, 95) else FORMATS[0]
    return [
        place(random, first),
        *several(random, 3, lambda: place(random, random.choice(FORMATS))),
    ]


def place(random: Chances, of_format: str) -> Place:
    return Place(of_format, maybe(random, 30, lambda: daylight(random)), not chance(random, 5))


def daylight(random: Chances) -> Daylight:
    return Daylight(*random.choice(SITES), usual(random, (0, 30, 60), 0, 120))


def gaps(random: Chances, known: list[Place], asked: str) -> list[Gap]:
    """Rows of the table, no two for the same, the asked format on at least one side of most."""
    rows = several(random, 8, lambda: gap_row(random, known, asked), 85)
    return list({found[:4]: found for found in rows}.values())


def gap_row(random: Chances, known: list[Place], asked: str) -> Gap:
    sides = [random.choice((asked, asked, *FORMATS)) for _ in range(2)]
    named = [of(random, known, side) if chance(random, 50) else None for side in sides]
    return Gap(
        sides[0],
        sides[1],
        named[0],
        named[1],
        usual(random, (15, 0, 30, 60, 90), 0, 240),
        chance(random, 40),
    )


def of(random: Chances, known: list[Place], wanted: str) -> int | None:
    """One of the places of a format, if there is any."""
    numbers = [number for number, found in enumerate(known) if found.format == wanted]
    return random.choice(numbers) if numbers else None


# --- the diary


def start(random: Chances) -> int:
    """A quarter of an hour of a day in or near the window, or any minute of it."""
    day = random.choice((0, 1, 2)) if chance(random, 75) else random.randint(-7, 9)
    return day * DAY + (random.randint(0, DAY - 1) if chance(random, 25) else _quarter(random))


def _quarter(random: Chances) -> int:
    return random.randint(32, 80) * 15


def minutes_of_meeting(random: Chances) -> int:
    return usual(random, (60, 50, 15, 90), 5, 180)


def taken(random: Chances, known: list[Place], asked: str) -> list[Taken]:
    """Meetings one after another, here and there; no two bookings overlap."""
    kept: list[Taken] = []
    for begin in several(random, 4, lambda: start(random), 80):
        at = begin
        for _ in range(random.choice((1, 2, 2, 3))):
            found = meeting(random, at, known, asked)
            if found.held or not any(overlap(found, other) for other in kept if not other.held):
                kept.append(found)
            at += found.length + random.choice((0, 10, 15, 30, 60))
    return kept


def meeting(random: Chances, begin: int, known: list[Place], asked: str) -> Taken:
    number = random.choice(range(len(known)))
    held = chance(random, 40)
    return Taken(
        begin,
        minutes_of_meeting(random),
        usual(random, (0, 0, 10, 15, 30), 0, 240),
        random.choice((SESSION, SESSION, CONSULTATION)),
        random.choice((asked, *FORMATS)) if held else known[number].format,
        None if held else number,
        held,
    )


def overlap(one: Taken, other: Taken) -> bool:
    return one.start < other.start + other.length and other.start < one.start + one.length


def elsewhere(random: Chances, met: list[Taken]) -> Elsewhere:
    """Anywhen, or soon after the start of another meeting."""
    begin = start(random)
    if met and chance(random, 50):
        begin = random.choice(met).start + random.choice((60, 0, 30, 90, 120))
    return Elsewhere(begin, minutes_of_meeting(random), random.choice(FORMATS))


def off(random: Chances) -> Off:
    return Off(start(random), usual(random, (60, 480, 1440), 1, 600))


# --- all of it


def cases(random: Chances) -> Case:
    """A practice and a client."""
    return with_diary(random, with_therapist(random, with_places(random, client(random))))


def client(random: Chances) -> Case:
    """What is asked for, of a practice without anything."""
    return Case(
        length=usual(random, (50, 15, 60), 5, 480),
        step=usual(random, (30, 60, 15), 5, 240),
        format=random.choice(FORMATS),
        gap=usual(random, (0, 10, 15), 0, 240),
        kind=random.choice((SESSION, CONSULTATION)),
        only_own_hours=chance(random, 15),
        notice_hours=usual(random, (0, 1, 12, 24), 0, 48),
        book_by=maybe(random, 30, lambda: usual(random, (1080, 1080, 480, 90), 0, DAY - 1)),
        horizon_days=random.choice((56, 56, 56, 28, 3, 2)),
        now=usual(random, (-DAY, -DAY, -6 * 60, 8 * 60, 30 * 60), -2 * DAY, 2 * DAY),
    )


def with_places(random: Chances, case: Case) -> Case:
    known = places(random, case.format)
    return replace(case, places=known, gaps=gaps(random, known, case.format))


def with_therapist(random: Chances, case: Case) -> Case:
    return replace(
        case,
        zone=random.choice(ZONES),
        weekly=weekly(random, only_own=case.only_own_hours),
        different=different(random, only_own=case.only_own_hours),
        bank_holidays_off=chance(random, 50),
        worked=sorted(set(several(random, 2, lambda: random.randint(-1, 3)))),
        day_cap=maybe(random, 50, lambda: random.choice((1, 1, 2, 3))),
        week_cap=maybe(random, 55, lambda: random.choice((1, 1, 2, 3))),
        in_a_row=maybe(random, 75, lambda: random.choice((1, 1, 2, 2, 3))),
        break_minutes=usual(random, (60, 30, 90, 120), 5, 120),
        early_days=random.choice((0, 0, 7, 14, 14)),
    )


def with_diary(random: Chances, case: Case) -> Case:
    met = taken(random, case.places, case.format)
    return replace(
        case,
        longest_session_horizon=longest(random, case, met),
        off=several(random, 2, lambda: off(random)),
        elsewhere=several(random, 3, lambda: elsewhere(random, met)),
        taken=met,
    )


def longest(random: Chances, case: Case, met: list[Taken]) -> int | None:
    """None only without any session; the asked service may be one."""
    has_sessions = any(kind == SESSION for kind in (case.kind, *(one.kind for one in met)))
    if not has_sessions and chance(random, 50):
        return None
    found = random.choice((56, 28, 28, 17, 15, 9))
    return max(found, case.horizon_days) if case.kind == SESSION else found


@st.composite
def drawn_cases(draw: st.DrawFn) -> Case:
    return cases(Drawn(draw))


CASES = drawn_cases()
