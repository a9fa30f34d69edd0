"""The day of a run: the one on which it began, for all its processes, also once midnight is past.

What is asked for then is still what was prepared. Berlin's day is never behind the UK's.
"""

import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
NAME = "KICKS_BENCH_DAY"


def day_of(now: datetime) -> dict[str, str]:
    """Return what the environment of a run says that begins now."""
    return {NAME: now.astimezone(BERLIN).date().isoformat()}


def today() -> date:
    """Return the day of the run."""
    return date.fromisoformat(os.environ[NAME])


def next_monday() -> date:
    """Return the first day of the four weeks that are measured."""
    return today() + timedelta(days=7 - today().weekday())
