"""A time of day as people type it: "2pm", "18.00", "1800", "noon".

What names two times of day is read as neither: "2" may be in the morning or in the afternoon.
"""

import re
from datetime import time

_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2}))?)?"
    r" ?(?P<half>[ap]\.?m\.?)?",
)
_DIGITS = re.compile(r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2})")
_NAMED = {"noon": time(12), "midday": time(12), "12 noon": time(12), "midnight": time()}
_ENDS = {"24", "24:00", "24.00", "24:00:00", "2400", "midnight", "12am", "12 am", "12 midnight"}
NOON = 12


def read_clock(text: str) -> time | None:
    """Return the time of day that a text names, or None: what it doesn't name for sure, it doesn't.

    The end of a day is no time of that day: `is_end_of_day` knows it.
    """
    plain = _plain(text)
    if plain in _NAMED:
        return _NAMED[plain]
    found = _DIGITS.fullmatch(plain) or _CLOCK.fullmatch(plain)
    if found is None:
        return None
    parts = found.groupdict()
    hour, half = int(parts["hour"]), (parts.get("half") or "").replace(".", "")
    if not half and parts["minute"] is None and 0 < hour <= NOON:
        return None
    if half:
        if not 0 < hour <= NOON:
            return None
        hour = hour % NOON + (NOON if half == "pm" else 0)
    try:
        return time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0))
    except ValueError:
        return None


def is_end_of_day(text: str) -> bool:
    """Whether it names the midnight after a day, as the end of what ends then."""
    return _plain(text) in _ENDS


def names_two_times(text: str) -> bool:
    """Whether it may be before noon or after it: "2", and no more than that."""
    plain = _plain(text)
    return plain.isascii() and plain.isdecimal() and len(plain) <= 2 and 0 < int(plain) <= NOON  # noqa: PLR2004, digits of an hour


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
