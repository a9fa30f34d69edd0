"""How a date and a time are written for people: "Tuesday 3 March 2026, 2:30pm UK time".

What is shorter stands where the rest is said: a time in the list of its day. Only `own_time_label`
tells another clock's, to stand beside the UK's.
"""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
NBSP = "\N{NO-BREAK SPACE}"
# ASCII digits only, nothing before or after: datetime.fromisoformat would also take ISO weeks,
# missing dashes and other scripts' digits, and Django's own parser a trailing NUL.
_DAY = re.compile(r"\A([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_MINUTE = re.compile(r"\A([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2})\Z")


def parse_day(text: str) -> date | None:
    """Return the date of `YYYY-MM-DD`, or None for anything else.

    None also outside 2000 to 2199: no diary reaches there, and at the ends of Python's calendar
    the days beside it cannot be computed.
    """
    found = _DAY.match(text)
    if not found or not 2000 <= int(found[1]) < 2200:  # noqa: PLR2004, a year
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def parse_slot(text: str) -> datetime | None:
    """Return the instant, in UTC, of `YYYY-MM-DDTHH:MM` read as UK wall time, or None.

    In UTC, so that what is added to it is elapsed time and not time on the clock. None also for a
    wall time that a clock change skips or repeats: it names no one instant.
    """
    found = _MINUTE.match(text)
    day = parse_day(found[1]) if found else None
    if not found or not day or not (int(found[2]) < 24 and int(found[3]) < 60):  # noqa: PLR2004
        return None
    wall = datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), tzinfo=UK)
    sure = wall.utcoffset() == wall.replace(fold=1).utcoffset()
    return wall.astimezone(UTC) if sure else None


def slot_value(instant: datetime) -> str:
    """Write the instant as `parse_slot` reads it."""
    return instant.astimezone(UK).strftime("%Y-%m-%dT%H:%M")


def day_label(day: date, *, year: bool = True) -> str:
    """Write "Tuesday 3 March 2026"; the day and month never part at a line's end."""
    text = f"{day:%A} {day.day}{NBSP}{day:%B}"
    return f"{text} {day.year:04}" if year else text


def time_label(instant: datetime) -> str:
    """Write "2:30pm" or "6pm"."""
    return clock_label(instant.astimezone(UK).time())


def clock_label(wall: time) -> str:
    """Write a wall time as "2:30pm" or "6pm"."""
    minute = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minute}{'am' if wall.hour < 12 else 'pm'}"  # noqa: PLR2004, noon


def moment_label(instant: datetime) -> str:
    """Write "Tuesday 3 March 2026, 2:30pm UK time"."""
    return f"{day_label(instant.astimezone(UK).date())}, {time_label(instant)} UK time"


def span_label(start: datetime, end: datetime) -> str:
    """Write "10:30am to 10:45am UK time"."""
    return f"{time_label(start)} to {time_label(end)} UK time"


def when_label(start: datetime, end: datetime) -> str:
    """Write "Tuesday 3 March 2026, 10:30am to 10:45am UK time"."""
    return f"{day_label(start.astimezone(UK).date())}, {span_label(start, end)}"


def own_time_label(instant: datetime, zone: str) -> str:
    """Write "9:30am in New York", or "11:30pm Tue in Tokyo" where it is another day than in the UK.

    Nothing where the clock there says what the UK's says. The words are those of kicks.js; `zone`
    is an IANA name.
    """
    uk, own = instant.astimezone(UK), instant.astimezone(ZoneInfo(zone))
    if own.replace(tzinfo=None) == uk.replace(tzinfo=None):
        return ""
    weekday = "" if own.date() == uk.date() else f" {own:%a}"
    return f"{clock_label(own.time())}{weekday} in {town_label(zone)}"


def town_label(zone: str) -> str:
    """Write "New York" for "America/New_York"."""
    return zone.rpartition("/")[2].replace("_", " ")
