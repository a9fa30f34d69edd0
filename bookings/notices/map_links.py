"""Addresses that open a place in somebody's own maps; nothing is asked of a map before a press.

They name a point or an address and nothing else: not the practice, nor that anybody meets there.
"""

from typing import NamedTuple
from urllib.parse import quote

Point = tuple[float, float]


class MapLink(NamedTuple):
    """A map by its name, and where it opens. `is_app`: it asks the phone which app to open."""

    name: str
    url: str
    is_app: bool = False


def map_links(point: Point | None, address: str) -> list[MapLink]:
    """Return a link for each map: by the point if it is known, else by the address; else none."""
    if point is None and not address:
        return []
    query = _query(point, address)
    return [
        MapLink("Apple Maps", f"https://maps.apple.com/?{_apple(point, address)}"),
        MapLink("Google Maps", f"https://www.google.com/maps/search/?api=1&query={query}"),
        MapLink("OpenStreetMap", map_url(point, address)),
        MapLink("Another app on this phone", _geo(point, address), is_app=True),
    ]


def map_url(point: Point | None, address: str) -> str:
    """Return the one link that a mail has: to the map that keeps nothing of who looks.

    Empty where nobody knows the place.
    """
    if point is None:
        return f"https://www.openstreetmap.org/search?query={quote(address)}" if address else ""
    north, east = _degrees(point)
    return f"https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=17/{north}/{east}"


def _apple(point: Point | None, address: str) -> str:
    """Apple drops a pin at `ll` if it is given what to call it."""
    return f"ll={_query(point, '')}&q=Meeting%20point" if point else f"q={quote(address)}"


def _query(point: Point | None, address: str) -> str:
    return ",".join(_degrees(point)) if point else quote(address)


def _geo(point: Point | None, address: str) -> str:
    """As RFC 5870 has it, with the query by which phones show a pin."""
    at = _query(point, "") if point else "0,0"
    return f"geo:{at}?q={_query(point, address)}"


def _degrees(point: Point) -> tuple[str, str]:
    """To five places, which is a metre."""
    north, east = point
    return f"{north:.5f}", f"{east:.5f}"
