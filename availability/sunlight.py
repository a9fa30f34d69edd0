"""When it is light at a place on the map: sunrise and sunset as PyPI `astral` computes them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from astral import Observer, sun

from availability.intervals import Interval, merge

ONE_DAY = timedelta(days=1)


class Light(NamedTuple):
    """A place in degrees, and the seconds to keep after its sunrise and before its sunset."""

    latitude: float
    longitude: float
    margin: int


def nights(light: Light, span: Interval) -> list[Interval]:
    """Return the parts of `span` that are no daylight there, the margin counted as night."""
    dark = []
    begin = span[0]
    for rise, fall in merge(_days(light, span)):
        if begin < min(rise, span[1]):
            dark.append((begin, min(rise, span[1])))
        begin = max(begin, fall)
    return [*dark, (begin, span[1])] if begin < span[1] else dark


def _days(light: Light, span: Interval) -> Iterator[Interval]:
    """Yield the light of each day that the span touches; days that never get dark touch."""
    first = datetime.fromtimestamp(span[0], UTC).date() - ONE_DAY
    last = datetime.fromtimestamp(span[1], UTC).date() + ONE_DAY
    for number in range((last - first).days + 1):
        yield from daylight(light, first + timedelta(days=number))


@lru_cache(maxsize=8192)
def daylight(light: Light, day: date) -> tuple[Interval, ...]:
    """Return the daylight of one solar day there, less the margin: none in the polar night."""
    where = Observer(light.latitude, light.longitude)
    # By the sun's own clock, so that a day's sunrise comes before its sunset anywhere.
    zone = timezone(timedelta(hours=light.longitude / 15))
    midnight = datetime.combine(day, time(), zone)
    whole = ceil(midnight.timestamp()), ceil((midnight + ONE_DAY).timestamp())
    try:
        rise, fall = (f(where, day, tzinfo=zone).timestamp() for f in (sun.sunrise, sun.sunset))
    except ValueError:
        is_up = sun.elevation(where, sun.noon(where, day, tzinfo=zone)) > 0
        return (whole,) if is_up else ()
    first, last = ceil(rise) + light.margin, int(fall) - light.margin
    if rise < fall:
        return ((first, last),) if first < last else ()
    # Next to the midnight sun it sets after midnight, before it rises again.
    return tuple((a, b) for a, b in ((whole[0], last), (first, whole[1])) if a < b)
