"""The zones that are offered: real towns, everybody's clock among them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from front.zones import REGIONS, ZONES, by_region
from prose.dates import UK

WEEKS = [datetime(2026, 9, 2, 12, tzinfo=UTC) + timedelta(weeks=n) for n in range(104)]


def clock(zone: ZoneInfo) -> tuple[timedelta | None, ...]:
    """How the zone's clock stands in each week of two years."""
    return tuple(week.astimezone(zone).utcoffset() for week in WEEKS)


def test_everybody_finds_a_town_with_their_own_clock() -> None:
    offered = {clock(ZoneInfo(name)) for name in ZONES} | {clock(UK)}
    everywhere = {name for name in available_timezones() if name.partition("/")[0] in REGIONS}
    assert [name for name in everywhere if clock(ZoneInfo(name)) not in offered] == []


def test_towns_are_offered_by_region_in_order_each_under_one_name() -> None:
    regions = by_region()
    assert [region for region, _ in regions] == list(REGIONS.values())
    for region, towns in regions:
        assert towns == sorted(towns, key=lambda pair: pair[1]), region
    names = [name for _, towns in regions for name, _ in towns]
    labels = [label for _, towns in regions for _, label in towns]
    assert set(names) == ZONES
    assert len(set(labels)) == len(labels) == len(ZONES)


def test_capitals_are_there_and_old_spellings_and_the_uk_are_not() -> None:
    known = {"Europe/Lisbon", "Europe/Oslo", "Asia/Kolkata", "America/Argentina/Buenos_Aires"}
    assert known <= ZONES
    old = {"Asia/Calcutta", "Europe/Kiev", "GB-Eire", "US/Eastern", "Etc/GMT+3", "UTC"}
    assert not ZONES & (old | {"Europe/London", "localtime", "Factory"})
