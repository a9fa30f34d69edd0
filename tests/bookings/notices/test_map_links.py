"""Links to maps: they name a point or an address, and nothing of who meets there or why."""

from urllib.parse import parse_qs, urlsplit

from bookings.notices.map_links import map_links, map_url

POINT = (51.4716, -0.2169)
ADDRESS = "Bishop’s Avenue & gate, London SW6 6EA"


def test_each_map_is_given_the_point_to_a_metre() -> None:
    apple, google, osm, app = map_links(POINT, ADDRESS)
    assert parse_qs(urlsplit(apple.url).query)["ll"] == ["51.47160,-0.21690"]
    assert parse_qs(urlsplit(google.url).query) == {"api": ["1"], "query": ["51.47160,-0.21690"]}
    assert osm.url == (
        "https://www.openstreetmap.org/?mlat=51.47160&mlon=-0.21690#map=17/51.47160/-0.21690"
    )
    assert app.url == "geo:51.47160,-0.21690?q=51.47160,-0.21690"


def test_without_a_point_each_looks_for_the_address() -> None:
    apple, google, osm, app = map_links(None, ADDRESS)
    for link, name in ((apple, "q"), (google, "query"), (osm, "query")):
        assert parse_qs(urlsplit(link.url).query)[name] == [ADDRESS], link.name
    assert app.url.startswith("geo:0,0?q=Bishop%E2%80%99s%20Avenue%20%26%20gate")


def test_a_point_is_named_without_what_stands_there() -> None:
    for link in map_links(POINT, ADDRESS):
        assert "Bishop" not in link.url
        assert "Kicks" not in link.url


def test_the_points_of_the_equator_are_points() -> None:
    assert "mlat=0.00000&mlon=0.00000" in map_url((0.0, 0.0), "")


def test_where_nobody_knows_the_place_there_is_no_link() -> None:
    assert map_links(None, "") == []
    assert map_url(None, "") == ""


def test_only_the_phones_own_link_asks_for_an_app() -> None:
    assert [link.is_app for link in map_links(POINT, "")] == [False, False, False, True]
