"""Where a place lies on our own drawing of South West London: no map service is asked.

The drawing (templates/front/_area.svg) is true to scale: its seven bridges lie within 85 metres
of where they are, its stations within 120. The roads are led by hand by these and into one
another, and have no names: they show somebody who knows the area where they are. What the drawing
doesn't reach has no map, rather than a wrong one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bookings.notices.map_links import Point

# Degrees to the units of the drawing, of which one is 8.4 metres both ways: fitted to its bridges.
EAST, EAST_AT = 8272.19, 2198.84
SOUTH, SOUTH_AT = -13243.69, 682093.77
# The drawing's own size, and how much of it a map shows: 2.5 by 1.9 kilometres.
WIDTH, HEIGHT = 929.0, 739.0
SEEN_WIDTH, SEEN_HEIGHT = 300.0, 224.0
# A letter is about so wide, and a line so high, in the units of the drawing.
LETTER, LINE = 6.4, 14.0
BIG = 1.25  # the place's own name beside the others'
# What is not said so near the pin would be written over it.
NEAR = 16.0

# Stations that people come by, by degrees north and east.
STATIONS: dict[str, Point] = {
    "Barnes": (51.4671, -0.2421),
    "Barnes Bridge": (51.4719, -0.2526),
    "Barons Court": (51.4905, -0.2139),
    "Clapham Junction": (51.4642, -0.1703),
    "Earl’s Court": (51.4915, -0.1934),
    "East Putney": (51.4590, -0.2112),
    "Fulham Broadway": (51.4804, -0.1950),
    "Gloucester Road": (51.4945, -0.1829),
    "Hammersmith": (51.4933, -0.2244),  # between its two
    "Imperial Wharf": (51.4750, -0.1828),
    "Parsons Green": (51.4753, -0.2011),
    "Putney": (51.4613, -0.2165),
    "Putney Bridge": (51.4682, -0.2090),
    "Ravenscourt Park": (51.4942, -0.2359),
    "South Kensington": (51.4941, -0.1738),
    "Wandsworth Town": (51.4610, -0.1881),
    "West Brompton": (51.4872, -0.1954),
    "West Kensington": (51.4905, -0.2065),
}
# Parks and water, where their names may stand.
AREAS: tuple[tuple[str, Point], ...] = (
    ("Barnes Common", (51.4684, -0.2437)),
    ("Battersea Park", (51.4793, -0.1571)),
    ("Bishop’s Park", (51.4723, -0.2172)),
    ("Brompton Cemetery", (51.4851, -0.1908)),
    ("Holland Park", (51.5020, -0.2039)),
    ("Hurlingham Park", (51.4673, -0.2010)),
    ("Putney Heath", (51.4525, -0.2286)),
    ("River Thames", (51.4799, -0.2247)),
    ("River Thames", (51.4633, -0.2034)),
    ("River Thames", (51.4799, -0.1751)),
    ("Wandsworth Common", (51.4575, -0.1663)),
    ("Wetland Centre", (51.4774, -0.2359)),
)
# The main roads, by hand.
ROADS: tuple[tuple[Point, ...], ...] = (
    (  # Fulham Road
        (51.4668, -0.2130),
        (51.4700, -0.2113),
        (51.4742, -0.2062),
        (51.4767, -0.2028),
        (51.4797, -0.1985),
        (51.4803, -0.1950),
        (51.4826, -0.1876),
        (51.4876, -0.1765),
        (51.4925, -0.1700),
    ),
    (  # Fulham Palace Road
        (51.4700, -0.2113),
        (51.4728, -0.2142),
        (51.4766, -0.2181),
        (51.4811, -0.2206),
        (51.4870, -0.2215),
        (51.4925, -0.2235),
    ),
    (  # New King’s Road and King’s Road
        (51.4688, -0.2111),
        (51.4714, -0.2060),
        (51.4747, -0.2003),
        (51.4768, -0.1952),
        (51.4795, -0.1880),
        (51.4822, -0.1791),
        (51.4868, -0.1685),
        (51.4920, -0.1575),
    ),
    (  # Putney High Street and Hill
        (51.4668, -0.2130),
        (51.4655, -0.2142),
        (51.4614, -0.2162),
        (51.4567, -0.2189),
        (51.4508, -0.2218),
    ),
    (  # Upper Richmond Road
        (51.4570, -0.1935),
        (51.4588, -0.2050),
        (51.4610, -0.2165),
        (51.4630, -0.2290),
        (51.4645, -0.2420),
        (51.4648, -0.2660),
    ),
    (  # Wandsworth Bridge Road
        (51.4756, -0.1962),
        (51.4703, -0.1917),
        (51.4650, -0.1883),
        (51.4615, -0.1868),
    ),
    (  # Castelnau and Rocks Lane
        (51.4883, -0.2303),
        (51.4835, -0.2345),
        (51.4773, -0.2383),
        (51.4727, -0.2394),
        (51.4645, -0.2402),
    ),
    (  # North End Road
        (51.4803, -0.1985),
        (51.4845, -0.2030),
        (51.4905, -0.2072),
    ),
    (  # Talgarth and Cromwell Roads
        (51.4917, -0.2240),
        (51.4905, -0.2139),
        (51.4925, -0.2000),
        (51.4945, -0.1830),
        (51.4945, -0.1700),
    ),
    (  # York Road and Battersea Park Road
        (51.4570, -0.1935),
        (51.4615, -0.1868),
        (51.4660, -0.1772),
        (51.4710, -0.1690),
        (51.4770, -0.1500),
    ),
)


HERE, STATION, AREA = "here", "station", "area"


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the drawing; a station has a dot at `dot_x`, `dot_y`."""

    text: str
    x: float
    y: float
    kind: str
    dot_x: float = 0
    dot_y: float = 0

    @property
    def is_here(self) -> bool:
        """Whether it is the place's own name."""
        return self.kind == HERE

    @property
    def is_area(self) -> bool:
        """Whether it names a park."""
        return self.kind == AREA

    @property
    def is_station(self) -> bool:
        """Whether it has a dot."""
        return self.kind == STATION

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the words, which stand in the middle above `x`, `y`."""
        big = BIG if self.is_here else 1
        half = len(self.text) * LETTER * big / 2
        return self.x - half, self.y - LINE * big, self.x + half, self.y + 4


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """A piece of the drawing with a place lit; `view` is what an SVG calls its viewBox."""

    view: str
    x: float
    y: float
    labels: tuple[Label, ...]
    roads: str
    nearest: str


@lru_cache(maxsize=64)
def place_map(point: Point, name: str) -> PlaceMap | None:
    """Return the drawing around a point; None where the drawing doesn't reach."""
    x, y = drawn(point)
    if not (0 < x < WIDTH and 0 < y < HEIGHT):
        return None
    left = _within(x - SEEN_WIDTH / 2, WIDTH - SEEN_WIDTH)
    top = _within(y - SEEN_HEIGHT / 2, HEIGHT - SEEN_HEIGHT)
    return PlaceMap(
        view=f"{left:.0f} {top:.0f} {SEEN_WIDTH:.0f} {SEEN_HEIGHT:.0f}",
        x=round(x, 1),
        y=round(y, 1),
        labels=max(_sets_of_labels(name, (x, y), (left, top)), key=len),
        roads=ROADS_DRAWN,
        nearest=min(STATIONS, key=lambda station: _apart(drawn(STATIONS[station]), (x, y))),
    )


def drawn(point: Point) -> tuple[float, float]:
    """Return where a point lies on the drawing, in its own units."""
    north, east = point
    return EAST * east + EAST_AT, SOUTH * north + SOUTH_AT


def _within(edge: float, most: float) -> float:
    """Keep the edge of what is seen on the drawing."""
    return max(0.0, min(edge, most))


def _sets_of_labels(
    name: str, here: tuple[float, float], corner: tuple[float, float]
) -> Iterator[tuple[Label, ...]]:
    """Yield what can be written with the place's own name above its pin, and with it below.

    The name first, then those of what is near, as long as there is room for each.
    """
    near = [one for one in (*_stations(here), *_areas(here)) if _fits(one, corner)]
    for y in (here[1] - NEAR, here[1] + NEAR + LINE):
        own = _own_label(name, here[0], y, corner)
        kept = [own] if own else []
        for label in near:
            if not any(_overlap(label, one) for one in kept) and not _hides(label, here):
                kept.append(label)
        yield tuple(kept)


def _own_label(name: str, x: float, y: float, corner: tuple[float, float]) -> Label | None:
    """Write the place's name, moved in from the sides; None where there is no room for it."""
    half = Label(name, 0, 0, HERE).box[2]
    if half > SEEN_WIDTH / 2 - 4:
        return None
    inside = max(corner[0] + half + 4, min(x, corner[0] + SEEN_WIDTH - half - 4))
    label = Label(name, round(inside, 1), round(y, 1), HERE)
    return label if _fits(label, corner) else None


def _hides(label: Label, here: tuple[float, float]) -> bool:
    """Whether the words would stand upon the pin."""
    left, top, right, bottom = label.box
    return left < here[0] < right and top - 6 < here[1] < bottom + 6


def _stations(here: tuple[float, float]) -> list[Label]:
    """Return the stations, the nearest first, each with its name under its dot."""
    found = [(name, *drawn(point)) for name, point in STATIONS.items()]
    found.sort(key=lambda one: _apart(one[1:], here))
    return [
        Label(name, round(x, 1), round(y + LINE + 3, 1), STATION, round(x, 1), round(y, 1))
        for name, x, y in found
    ]


def _areas(here: tuple[float, float]) -> list[Label]:
    found = [Label(name, *_rounded(drawn(point)), AREA) for name, point in AREAS]
    return sorted(found, key=lambda one: _apart((one.x, one.y), here))


def _fits(label: Label, corner: tuple[float, float]) -> bool:
    """Whether the words stand whole in what is seen."""
    left, top, right, bottom = label.box
    inside_x = corner[0] + 2 <= left and right <= corner[0] + SEEN_WIDTH - 2
    return inside_x and corner[1] + 2 <= top - 8 and bottom <= corner[1] + SEEN_HEIGHT - 2


def _overlap(one: Label, other: Label) -> bool:
    """Whether two names, with a dot above each station, would be written over each other."""
    left, top, right, bottom = one.box
    o_left, o_top, o_right, o_bottom = other.box
    return left < o_right and o_left < right and top - 8 < o_bottom and o_top - 8 < bottom


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how far apart, squared."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _rounded(at: tuple[float, float]) -> tuple[float, float]:
    return round(at[0], 1), round(at[1], 1)


def _road(points: Sequence[Point]) -> str:
    """Return a road as an SVG path has it."""
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in map(drawn, points))


ROADS_DRAWN = "".join(map(_road, ROADS))
