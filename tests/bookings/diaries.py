"""Asking a diary what is free, in the UK's wall times: `at("10:30")`, `["10:30", "11:00"]`."""

import re
from datetime import date, datetime, time

import pytest

from availability import walltime
from availability.intervals import Interval
from availability.models import Format, Place, Service
from bookings import slots
from bookings.errors import TimeRefusedError
from front import refusals
from prose.dates import UK
from tests.factories import NOW

DAY = date(2026, 11, 25)  # a Wednesday


def at(text: str, day: date = DAY) -> datetime:
    """The instant at which the UK's clocks show the text."""
    return datetime.combine(day, time.fromisoformat(text), UK)


def whole(first: date = DAY, last: date | None = None) -> Interval:
    """The UK days from the first to the last."""
    return walltime.whole_days(first, last or first, UK)


def free(
    service: Service,
    fmt: str = Format.ONLINE,
    day: date = DAY,
    now: datetime = NOW,
    visitor: str = "",
) -> list[str]:
    """The starts of one UK day that are offered."""
    found = slots.free_starts(service, fmt, whole(day), now, visitor=visitor)
    return [f"{walltime.utc(start).astimezone(UK):%H:%M}" for start in found]


def is_free(service: Service, start: datetime, fmt: str = Format.ONLINE) -> bool:
    """Whether a booking would get the time."""
    try:
        slots.require_free(service, fmt, start, NOW)
    except TimeRefusedError:
        return False
    return True


def refusal(  # noqa: PLR0913, who asks for what, when and where
    service: Service,
    start: datetime,
    fmt: str = Format.ONLINE,
    now: datetime = NOW,
    place: Place | None = None,
    visitor: str = "",
) -> str:
    """What somebody reads who asks for a time that must be refused."""
    with pytest.raises(TimeRefusedError) as caught:
        slots.require_free(
            service, fmt, start, now, place=place.pk if place else None, visitor=visitor
        )
    return refusals.words(caught.value)


def times_shown(page: str) -> list[str]:
    """The times that a page of the second step lets one choose, like "2026-11-25T10:30"."""
    return re.findall(r'name="slot" value="([^"]+)"', page)


def counts_shown(page: str) -> dict[str, int]:
    """How many free times the strip says that a day has, by the day."""
    found = re.findall(r'day=(\d{4}-\d\d-\d\d)"[^>]*><span>.*?<small>(\d+)<', page)
    return {day: int(count) for day, count in found}
