"""Pages travel compressed, and none that holds anything of its visitor."""

import gzip
import re
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from tests.factories import NOW, World, force_booking, make_article, make_client
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


TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
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
        # Its one secret is masked anew in each answer, so that no two sizes tell of the same words.
        again = brotli.decompress(client.get(path, headers=BR).content).decode()
        assert not set(TOKEN.findall(page)) & set(TOKEN.findall(again))
    for name in ("x", "how", "day", "from", "zone", "draft", "what", "who", "slot"):
        page = client.get(f"{change}?{name}=typed-by-somebody").content.decode()
        assert "typed-by-somebody" not in page


def test_what_is_small_or_no_page_stays_as_it_is(client: Browser, world: World) -> None:
    for path in ("/robots.txt", "/healthz", "/book/details/?what=consultation&how=online"):
        response = client.get(path, headers=BR)
        assert "Content-Encoding" not in response.headers


def test_a_compressed_page_is_known_again(client: Browser, world: World) -> None:
    path = make_article().get_absolute_url()
    tag = client.get(path, headers=BR).headers["ETag"]
    assert tag.startswith('W/"')
    for accepted in (BR, {}):
        again = client.get(path, headers={**accepted, "if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")


# --- admin: heavy, and for one person

GZIP = {"accept-encoding": "gzip, deflate, br, zstd"}
BOOKINGS = "/admin/bookings/booking/?when=all"


@pytest.fixture
def owner(client: Browser, world: World) -> Browser:
    """The owner's browser, at a practice with a hundred bookings."""
    who = make_client()
    for n in range(100):
        force_booking(world, NOW + timedelta(days=3, hours=n), client=who)
    client.force_login(User.objects.create_superuser("owner"))
    return client


def sizes(browser: Browser, path: str, times: int) -> list[int]:
    return [len(browser.get(path, headers=GZIP).content) for _ in range(times)]


def test_a_page_of_admin_comes_compressed_with_padding(owner: Browser) -> None:
    plain: Any = owner.get("/admin/password_change/")
    packed = owner.get("/admin/password_change/", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.content)
    assert {"Accept-Encoding", "Cookie"} <= set(packed.headers["Vary"].split(", "))
    unpacked = gzip.decompress(packed.content).decode()
    assert unpacked.partition("csrf")[0] == plain.content.decode().partition("csrf")[0]
    # Only brotli is no way to pad: then it comes as it is.
    assert "Content-Encoding" not in owner.get("/admin/password_change/", headers=BR).headers


def test_the_size_of_the_same_page_of_admin_differs_by_chance(owner: Browser) -> None:
    """A guess that shortens the page by a few bytes is not seen from one answer, nor from ten."""
    topics = "/admin/academy/topic/?q=guess"
    found = sizes(owner, topics, 30)
    contents = {gzip.decompress(owner.get(topics, headers=GZIP).content) for _ in range(2)}
    assert len(contents) <= 2  # but for its token it is the same page
    assert len(set(found)) > 10
    assert max(found) - min(found) > 40


def test_a_client_s_own_pages_are_compressed_no_more_than_before(
    client: Browser, world: World
) -> None:
    path = f"/booking/{book(client, world).uid}/"
    assert "Content-Encoding" not in client.get(path, headers=GZIP).headers


def test_a_list_of_bookings_is_light(owner: Browser) -> None:
    raw = len(owner.get(BOOKINGS).content)
    assert 100_000 < raw < 310_000
    assert 5_000 < max(sizes(owner, BOOKINGS, 3)) < 20_000


def test_what_admin_sends_to_who_has_no_cookie_is_padded_too(db: None) -> None:
    assert (
        len(set(sizes(Browser(), "/admin/login/", 1)) | set(sizes(Browser(), "/admin/login/", 9)))
        > 3
    )
