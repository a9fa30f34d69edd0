"""Whose clock can stand beside the UK's: a city a zone, by part of the world.

The names come from `tzdata`'s zone.tab, which has one for each zone of each country and no
aliases: `zoneinfo.available_timezones()` has 200 more, from "GB-Eire" to "Asia/Calcutta".
"""

from importlib.resources import files
from itertools import groupby

from prose.dates import town_label

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
_UK = "Europe/London"


def _order(name: str) -> tuple[int, str]:
    return list(REGIONS).index(name.partition("/")[0]), town_label(name)


def _offered() -> frozenset[str]:
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    names = [row.split("\t")[2] for row in rows if not row.startswith("#")]
    known = (name for name in names if name.partition("/")[0] in REGIONS and name != _UK)
    return frozenset(name for name in known if name.count("/") == 1 or name == _CAPITAL)


ZONES = _offered()


def by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return `(region, [(name, town)])`, such as `("Africa", [("Africa/Accra", "Accra"), …])`."""
    groups = groupby(sorted(ZONES, key=_order), key=lambda name: name.partition("/")[0])
    return [(REGIONS[key], [(name, town_label(name)) for name in names]) for key, names in groups]
