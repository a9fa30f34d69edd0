"""Whose clock can stand beside the UK's, and how its time is written there: a city a zone.

The names come from `tzdata`'s zone.tab, which has one for each zone of each country and no
aliases: `zoneinfo.available_timezones()` has 200 more, from "GB-Eire" to "Asia/Calcutta".
"""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from itertools import groupby

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from prose.dates import UK, own_time_label, town_label

# By a name's first word, in the order in which they are offered. Antarctica has no towns.
REGIONS = {
    "Europe": "Europe",
    "America": "North and South America",
    "Africa": "Africa",
    "Asia": "Asia",
    "Australia": "Australia",
    "Pacific": "The Pacific",
    "Atlantic": "The Atlantic",
    "Indian": "The Indian Ocean",
}
# Names in three parts are towns whose clocks once differed from their neighbours'; this one is the
# capital that stands for them all.
_CAPITAL = "America/Argentina/Buenos_Aires"
_LONDON = "Europe/London"


def _order(name: str) -> tuple[int, str]:
    return list(REGIONS).index(name.partition("/")[0]), town_label(name)


def _offered() -> frozenset[str]:
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    names = [row.split("\t")[2] for row in rows if not row.startswith("#")]
    known = (name for name in names if name.partition("/")[0] in REGIONS and name != _LONDON)
    return frozenset(name for name in known if name.count("/") == 1 or name == _CAPITAL)


ZONES = _offered()


def by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return `(region, [(name, town)])`, such as `("Africa", [("Africa/Accra", "Accra"), …])`."""
    groups = groupby(sorted(ZONES, key=_order), key=lambda name: name.partition("/")[0])
    return [(REGIONS[key], [(name, town_label(name)) for name in names]) for key, names in groups]


def beside(words: str, moment: datetime, zone: str) -> SafeString:
    """Return `words`, which tell UK time, and the visitor's own time after them, never instead.

    Own time is that of the zone they chose. Where they chose none, the mark lets kicks.js write it
    from what the browser knows; without the mark it leaves the choice alone.
    """
    words = conditional_escape(words)
    if not zone:
        mark = int(moment.timestamp())
        return SafeString(f'<span data-uk-instant="{mark}">{words}</span>')
    own = own_time_label(moment, zone)
    after = f" <small>{conditional_escape(own)}</small>" if own else ""
    return SafeString(f"<span>{words}</span>{after}")


def clock_note(starts: Sequence[int], zone: str) -> str:
    """Go on from "All times are UK time": how the clock in the chosen zone compares that day."""
    if not zone:
        return ""
    moments = (datetime.fromtimestamp(start, UK) for start in starts)
    differs = any(own_time_label(moment, zone) for moment in moments)
    town = town_label(zone)
    return f", with the time in {town} below" if differs else f", and it’s the same time in {town}"
