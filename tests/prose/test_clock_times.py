"""Times of day as people type them."""

from datetime import time

import pytest

from prose.clock_times import is_end_of_day, names_two_times, read_clock

ARABIC_NINE = "9:00".translate(str.maketrans("0123456789", "".join(map(chr, range(0x660, 0x66A)))))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2pm", time(14)),
        ("2 PM", time(14)),
        ("2.30pm", time(14, 30)),
        ("2:30 p.m.", time(14, 30)),
        ("12pm", time(12)),
        ("12am", time()),
        ("12:15am", time(0, 15)),
        ("9:05", time(9, 5)),
        ("09.05", time(9, 5)),
        ("18.00", time(18)),
        ("1800", time(18)),
        ("930", time(9, 30)),
        ("18h30", time(18, 30)),
        ("18", time(18)),
        ("0", time()),
        ("09:00:30", time(9, 0, 30)),
        (" noon ", time(12)),
        ("midday", time(12)),
        ("midnight", time()),
    ],
)
def test_a_time_is_read_as_it_is_typed(typed: str, meant: time) -> None:
    assert read_clock(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("", "2", "12", "25", "24:00", "2400", "9:60", "13pm", "0am", "9:5", "1 2", "nine"),
        *("9:00\x00", "12345", "2pm3", "-9:00", "9::00", ARABIC_NINE, "09:00:61", "½", "9" * 400),
    ],
)
def test_what_names_no_time_for_sure_is_not_read(typed: str) -> None:
    assert read_clock(typed) is None


def test_the_end_of_a_day_is_no_time_of_it() -> None:
    for typed in ("24:00", "24.00", "2400", "24", "Midnight", "12am", "12 AM"):
        assert is_end_of_day(typed)
    assert not is_end_of_day("00:00")


def test_a_number_alone_may_be_before_noon_or_after() -> None:
    assert [names_two_times(typed) for typed in ("2", " 12 ", "0", "13", "2:00", "²", "two")] == [
        True,
        True,
        *[False] * 5,
    ]
