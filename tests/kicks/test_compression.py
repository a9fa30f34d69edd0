"""Pages travel compressed, and none that holds anything of its visitor."""

import gzip

import brotli
import pytest
from django.test import Client as Browser

from tests.factories import World, make_article
from tests.pages import SLOT, address, book

OTHER = SLOT.replace("T10", "T11")

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("BR;q=0.5, gzip;q=1.0", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0, gzip; q=0", None),
        ("brotli, x-gzip", None),
        ("identity", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_page_comes_as_the_browser_takes_it(
    client: Browser, world: World, accepted: str, encoding: str | None
) -> None:
    plain = client.get(address("time", world)).content
    response = client.get(address("time", world), headers={"accept-encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert {"Accept-Encoding", "Cookie", "HX-Request"} <= set(response.headers["Vary"].split(", "))
    unpacked = UNPACK[encoding](response.content) if encoding else response.content
    assert unpacked == plain
    assert (len(response.content) < len(plain) / 3) == bool(encoding)


BR = {"accept-encoding": "br"}


def test_the_feed_and_the_sitemap_come_compressed_too(client: Browser, world: World) -> None:
    for _ in range(12):
        make_article()
    for path in ("/academy/feed.xml", "/sitemap.xml"):
        assert client.get(path, headers=BR).headers["Content-Encoding"] == "br"


def test_what_may_hold_a_secret_of_its_visitor_is_not_compressed(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    private = [f"/booking/{found.uid}/", f"/booking/{found.uid}/cancel/"]
    for path in (address("details", world, slot=OTHER), "/book/link/", "/", "/academy/", *private):
        response = client.get(path, headers=BR)
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers, path
        assert "Cookie" in response.headers["Vary"]
    for path in ("/", "/academy/"):
        assert Browser().get(path, headers=BR).headers["Content-Encoding"] == "br"


def test_what_holds_none_or_repeats_nothing_typed_is_compressed_for_everybody(
    client: Browser, world: World
) -> None:
    change = f"/booking/{book(client, world).uid}/change/"
    for path in (change, "/book/", address("time", world), address("zone", world)):
        response = client.get(f"{path}?x" if "?" not in path else path, headers=BR)
        assert response.headers["Content-Encoding"] == "br", path
        page = brotli.decompress(response.content).decode()
        assert "csrfmiddlewaretoken" not in page
    for name in ("x", "how", "day", "from", "zone", "draft", "what", "who", "slot"):
        page = client.get(f"{change}?{name}=typed-by-somebody").content.decode()
        assert "typed-by-somebody" not in page


def test_what_is_small_or_no_page_stays_as_it_is(client: Browser, world: World) -> None:
    for path in ("/robots.txt", "/healthz", "/book/?choice=consultation:online"):
        response = client.get(path, headers=BR)
        assert "Content-Encoding" not in response.headers


def test_a_compressed_page_is_known_again(client: Browser, world: World) -> None:
    path = make_article().get_absolute_url()
    tag = client.get(path, headers=BR).headers["ETag"]
    assert tag.startswith('W/"')
    for accepted in (BR, {}):
        again = client.get(path, headers={**accepted, "if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
