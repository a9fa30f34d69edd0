"""Our own drawing of South West London: true where it reaches, and silent where it doesn't."""

import re
from itertools import combinations, pairwise, product
from math import cos, dist, radians
from pathlib import Path

import pytest
from django.conf import settings

from bookings.notices.map_links import Point
from front.place_map import (
    AREAS,
    HEIGHT,
    ROADS,
    STATIONS,
    WIDTH,
    PlaceMap,
    drawn,
    place_map,
)

DRAWING = Path(settings.BASE_DIR) / "templates" / "front" / "_area.svg"
TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
# The middles of the bridges that are drawn, as maps have them, in the order of the drawing.
BRIDGES: dict[str, Point] = {
    "Barnes Railway Bridge": (51.4721, -0.2526),
    "Hammersmith Bridge": (51.4883, -0.2303),
    "Putney Bridge": (51.4667, -0.2131),
    "Wandsworth Bridge": (51.4650, -0.1883),
    "Battersea Bridge": (51.4811, -0.1725),
    "Albert Bridge": (51.4822, -0.1667),
    "Chelsea Bridge": (51.4847, -0.1500),
}
# As lists of stations have them, by degrees north and east; Hammersmith's two lie around its dot.
PUBLISHED: dict[str, Point] = {
    "Barnes": (51.46707, -0.24072),
    "Barnes Bridge": (51.47173, -0.25206),
    "Barons Court": (51.49028, -0.21434),
    "Clapham Junction": (51.4643, -0.1705),
    "Earl’s Court": (51.49152, -0.19391),
    "East Putney": (51.45902, -0.21114),
    "Fulham Broadway": (51.48033, -0.19488),
    "Hammersmith": (51.49326, -0.22440),
    "Imperial Wharf": (51.47494, -0.18284),
    "Parsons Green": (51.47488, -0.20205),
    "Putney Bridge": (51.46868, -0.20881),
    "Ravenscourt Park": (51.49419, -0.23560),
    "South Kensington": (51.49407, -0.17279),
    "West Brompton": (51.48681, -0.19475),
    "West Kensington": (51.49085, -0.20532),
}
METRES_A_DEGREE = 111_320
GATE, ROOM = (51.4716, -0.2169), (51.4719, -0.2084)


def bridges_drawn() -> list[tuple[float, float]]:
    [path] = re.findall(r'class="kt-map__bridge" d="([^"]+)"', DRAWING.read_text())
    lines = re.findall(r"M(\d+) (\d+)L(\d+) (\d+)", path)
    return [((int(a) + int(c)) / 2, (int(b) + int(d)) / 2) for a, b, c, d in lines]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two points of the drawing are apart."""
    a_unit = METRES_A_DEGREE / 13243.69
    return dist(one, other) * a_unit


def test_every_bridge_of_the_drawing_lies_where_it_is() -> None:
    for (name, point), at in zip(BRIDGES.items(), bridges_drawn(), strict=True):
        assert metres(drawn(point), at) < 85, name


def test_every_station_that_is_listed_lies_where_the_lists_have_it() -> None:
    for name, point in PUBLISHED.items():
        assert metres(drawn(point), drawn(STATIONS[name])) < 120, name


def test_every_road_passes_by_what_is_known() -> None:
    """Each comes by a bridge or a station, or it is from nowhere; and it meets another road."""
    known = [drawn(point) for point in (*BRIDGES.values(), *STATIONS.values())]
    for road in ROADS:
        corners = [drawn(point) for other in ROADS if other != road for point in other]
        for points in (known, corners):
            ways = product(pairwise(map(drawn, road)), points)
            assert min(metres(at, nearest_on(*way, at)) for way, at in ways) < 150, road


def nearest_on(
    one: tuple[float, float], other: tuple[float, float], point: tuple[float, float]
) -> tuple[float, float]:
    """The point of a straight line that is nearest to another."""
    along = (other[0] - one[0], other[1] - one[1])
    length = along[0] ** 2 + along[1] ** 2
    share = ((point[0] - one[0]) * along[0] + (point[1] - one[1]) * along[1]) / length
    share = max(0.0, min(1.0, share))
    return one[0] + share * along[0], one[1] + share * along[1]


def test_a_metre_is_as_long_to_the_east_as_to_the_north() -> None:
    x, y = drawn((51.47, -0.2))
    east, north = drawn((51.47, -0.19)), drawn((51.48, -0.2))
    ratio = (east[0] - x) / (y - north[1])
    assert ratio == pytest.approx(cos(radians(51.47)), rel=0.01)


def test_what_is_named_and_the_roads_lie_on_the_drawing() -> None:
    for name, point in (*STATIONS.items(), *AREAS):
        x, y = drawn(point)
        assert 0 < x < WIDTH, name
        assert 0 < y < HEIGHT, name
    for road in ROADS:
        for point in road:
            x, y = drawn(point)
            assert -20 < x < WIDTH + 40, point
            assert -20 < y < HEIGHT + 20, point


@pytest.mark.parametrize(
    "point",
    [
        (51.5079, -0.0877),  # London Bridge
        (51.4479, -0.3260),  # Twickenham
        (51.4700, -0.2700),  # just to the west
        (51.4700, -0.1530),  # and to the east
        (51.5040, -0.2000),
        (51.4470, -0.2000),
        (0.0, 0.0),
        (-33.87, 151.21),
        (90.0, 180.0),
    ],
)
def test_where_the_drawing_does_not_reach_there_is_no_map(point: Point) -> None:
    assert place_map(point, "Somewhere") is None


def seen(found: PlaceMap) -> tuple[float, float, float, float]:
    left, top, width, height = map(float, found.view.split())
    return left, top, left + width, top + height


STEPS = range(1, 20)
EVERYWHERE = [
    (51.4476 + (51.5032 - 51.4476) * n / 20, -0.2657 + (0.2657 - 0.1536) * e / 20)
    for n, e in product(STEPS, STEPS)
]


@pytest.mark.parametrize("name", ["Gate", "Bishop’s Park, river gate", "N" * 80])
def test_everywhere_the_place_is_seen_and_no_name_is_written_over_another(name: str) -> None:
    for point in EVERYWHERE:
        found = place_map(point, name)
        assert found, point
        left, top, right, bottom = seen(found)
        assert left <= found.x <= right, point
        assert top <= found.y <= bottom, point
        assert left >= 0, point
        assert right <= WIDTH
        assert top >= 0
        assert bottom <= HEIGHT
        for label in found.labels:
            assert left <= label.box[0], (point, label)
            assert label.box[2] <= right, (point, label)
            assert top <= label.box[1], (point, label)
            assert label.box[3] <= bottom, (point, label)
            hides = label.box[0] < found.x < label.box[2] and label.box[1] < found.y < label.box[3]
            assert not hides, (point, label)
        for one, other in combinations(found.labels, 2):
            a, b = one.box, other.box
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (point, one, other)


def test_a_name_that_is_too_long_for_the_drawing_is_left_to_the_heading() -> None:
    found = place_map(GATE, "N" * 80)
    assert found
    assert all(label.kind != "here" for label in found.labels)


def test_the_map_of_a_room_names_the_room_and_the_station_that_is_nearest() -> None:
    found = place_map(ROOM, "The Fulham room")
    assert found
    texts = [label.text for label in found.labels]
    assert texts[0] == "The Fulham room"
    assert "Putney Bridge" in texts
    assert found.nearest == "Putney Bridge"


def test_the_park_by_the_river_is_not_drawn_into_it() -> None:
    """The river of the map is 22 units wide: its middle is further from the gate than its edge."""
    path = re.findall(r'<path id="\{\{ id \}\}" d="M([^"]+)"', DRAWING.read_text())[0]
    numbers = [float(one) for one in re.findall(r"-?\d+", path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    ends = [points[0], *points[3::3]]
    near = min(
        dist(drawn(GATE), _between(a, b, part)) for a, b in pairwise(ends) for part in range(11)
    )
    assert near > 11


def _between(a: tuple[float, float], b: tuple[float, float], part: int) -> tuple[float, float]:
    share = part / 10
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


# --- what is written on it can be read


def tokens(block: int) -> dict[str, str]:
    """The colours by day (0) or by night (1)."""
    text = TOKENS.read_text()
    parts = re.split(r"@media \(prefers-color-scheme: dark\)", text)
    return dict(
        re.findall(
            r"--(kt-[\w-]+): (#[0-9a-f]{6});", parts[block].split('[data-bs-theme="dark"] {')[0]
        )
    )


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("block", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize("ground", ["kt-bg", "kt-mist", "kt-river", "kt-leaf", "kt-surface"])
def test_a_name_on_the_drawing_is_read_on_whatever_it_stands(block: int, ground: str) -> None:
    colours = tokens(block)
    assert contrast(colours["kt-ink"], colours[ground]) >= 7


@pytest.mark.parametrize("sheet", ["pages.css", "places.css"])
def test_names_are_in_ink_and_no_mask_lies_over_them(sheet: str) -> None:
    css = (TOKENS.parent / sheet).read_text()
    [rule] = re.findall(r"\.kt-(?:map|place__map) text \{([^}]+)\}", css)[:1]
    assert "fill: var(--kt-ink);" in rule
    for selector in re.findall(r"([^{}]+)\{[^}]*mask-image", css):
        assert selector.strip().endswith(".kt-map__drawn"), selector


def test_the_names_of_the_hero_stand_apart_from_the_drawing_that_fades() -> None:
    picture = (DRAWING.parent / "_picture.html").read_text()
    drawn_part = picture.partition("</svg>")[0]
    assert "kt-map__drawn" in drawn_part
    assert "<text" not in drawn_part
