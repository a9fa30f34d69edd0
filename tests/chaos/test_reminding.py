"""When a reminder is owed while the clock is wrong, and that each broken promise is found."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chaos.reminding import Arrival, Course, Simulated, Stretch, aims, owed_at, reminders

HOUR, DAY = 3600, 86_400
START = 100 * HOUR
LONG = Stretch(0, 200 * HOUR, 0)


def wrong(error: int, began: int, ended: int) -> Course:
    stretches = [Stretch(0, began, 0), Stretch(began, ended, error), Stretch(ended, 200 * HOUR, 0)]
    return Course("wrong", stretches)


def owed(course: Course) -> list[int | None]:
    """When the day's and the two hours' reminder are owed, in hours from the start."""
    found = [owed_at(one, course) for one in reminders("a", START)]
    return [None if at is None else (at - START) // HOUR for at in found]


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (Course("right", [LONG]), [-24, -2]),
        # It shows the moment an hour early, or an hour late.
        (wrong(HOUR, START - 30 * HOUR, START - 20 * HOUR), [-25, -2]),
        (wrong(-HOUR, START - 30 * HOUR, START - 20 * HOUR), [-23, -2]),
        # It jumps over the moment: then at once.
        (wrong(HOUR, START - 24 * HOUR - 60, START - 20 * HOUR), [-25, -2]),
        # It is mended after the moment: then.
        (wrong(-HOUR, START - 30 * HOUR, START - 23 * HOUR - 60), [-24, -2]),
        # Both have come: the later one counts. The other has its turn once the clock is right.
        (wrong(DAY, START - 25 * HOUR, START - 24 * HOUR - 60), [-24, -25]),
        # It skips the last two hours and the start.
        (wrong(-DAY, START - 3 * HOUR, START + HOUR), [-24, None]),
    ],
)
def test_it_is_owed_when_the_clock_first_shows_it(
    course: Course, expected: list[int | None]
) -> None:
    assert owed(course) == expected


def came(*arrivals: tuple[int, int]) -> list[Arrival]:
    return [Arrival("a", hours, at, at) for hours, at in arrivals]


PUNCTUAL = came((24, START - 24 * HOUR), (2, START - 2 * HOUR + 300))


def missed(arrivals: Sequence[Arrival]) -> list[str]:
    simulated = Simulated(Course("right", [LONG]), list(reminders("a", START)), arrivals, 1)
    return [aim for aim, _, met in aims([simulated]) if not met]


def test_reminders_in_time_meet_every_aim() -> None:
    assert missed(PUNCTUAL) == []


@pytest.mark.parametrize(
    ("arrivals", "aim"),
    [
        (PUNCTUAL[:1], "99% of reminders within 5 minutes of due"),
        (
            came((24, START - 24 * HOUR), (2, START - HOUR)),
            "99% of reminders within 5 minutes of due",
        ),
        ([*PUNCTUAL, PUNCTUAL[0]], "0 reminders twice"),
        ([*PUNCTUAL[:1], *came((2, START - 3 * HOUR))], "0 reminders before they are due"),
    ],
)
def test_each_broken_promise_is_found(arrivals: list[Arrival], aim: str) -> None:
    assert missed(arrivals) == [aim]


def test_after_the_start_is_found_by_either_clock() -> None:
    last = PUNCTUAL[-1]
    for arrival in (replace(last, at=START), replace(last, shown=START)):
        assert "0 reminders after the start" in missed([PUNCTUAL[0], arrival])
