"""What search engines may find, and that they may find nothing else."""

import json
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from academy.models import Article
from availability.models import Format, Practice, Service
from kicks.robots_and_sitemaps import INDEXED
from tests.addresses import every_address
from tests.factories import (
    World,
    make_article,
    make_front_page,
    make_passage,
    make_place,
    make_topic,
)
from tests.pages import SLOT, address, book, check_address
from tests.white_space import as_shown

SITE = "https://book.example.org"
# Who adds an address says here that nobody shall find it, or in kicks/robots_and_sitemaps.py that
# everybody may.
HIDDEN = {
    "new_address",
    "new_address_link",
    "article_preview",
    "academy_feed",
    "booking",
    "cancel",
    "change",
    "check",
    "confirm",
    "confirm_link",
    "csp_reports",
    "details",
    "embed",
    "finish",
    "finished",
    "healthz",
    "ics",
    "link",
    "move",
    "not_me",
    "open",
    "pending",
    "picture",
    "readyz",
    "reminders",
    "robots",
    "sessions",
    "sitemap",
    "stop_reminders",
    "stopping",
    "video_check",
    "zone",
}


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def hides(browser: Browser, path: str) -> bool:
    """Whether the page tells robots to leave it out, in whichever way."""
    response = browser.get(path)
    said = response.headers.get("X-Robots-Tag") == "noindex"
    return said or '<meta name="robots" content="noindex">' in response.content.decode()


def test_every_address_is_meant_to_be_found_or_meant_not_to() -> None:
    # Everything under /admin/ is hidden: the next test asks each.
    names = {name for name, path in every_address() if not path.startswith("/admin/")}
    assert names == INDEXED | HIDDEN
    assert set() == INDEXED & HIDDEN


def test_what_is_not_meant_to_be_found_says_so(client: Browser, world: World) -> None:
    for name, path in every_address():
        if name not in INDEXED:
            assert client.get(path).headers["X-Robots-Tag"] == "noindex", path


def test_the_therapists_pages_are_hidden_though_they_are_shown(
    admin_client: Browser, world: World
) -> None:
    for path in ("/admin/", "/admin/bookings/booking/", "/admin/why-not/"):
        response = admin_client.get(path)
        assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex"), path


def test_a_clients_own_pages_are_hidden_though_they_are_shown(
    client: Browser, world: World
) -> None:
    assert hides(client, check_address(client, world))
    own = f"/booking/{book(client, world).uid}/"
    for path in (own, f"{own}change/", f"{own}cancel/", f"{own}reminders/"):
        response = client.get(path)
        assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex"), path


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/",
        "/book/?again=1",
        "/book/?draft=x",
        "/book/?what=nothing-of-ours",
        "/book/time/?what=session&how=online",
        "/book/time/?what=consultation&how=online&draft=x",
    ],
)
def test_what_is_one_visitors_or_no_page_at_all_is_hidden(
    client: Browser, world: World, path: str
) -> None:
    assert hides(client, path)


def test_what_may_be_found_is_still_found_where_nothing_changed(
    client: Browser, world: World
) -> None:
    make_article(slug="walks")
    path = "/academy/walks/"
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"if-none-match": tag})
    assert again.status_code == 304
    assert "X-Robots-Tag" not in again.headers
    assert "X-Robots-Tag" not in client.head("/static/favicon.svg").headers


def listed(browser: Browser) -> list[str]:
    response = browser.get("/sitemap.xml", headers={"host": "127.0.0.1"})
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    found = re.findall(r"<loc>(.*?)</loc>", response.content.decode())
    return [where.replace("&amp;", "&") for where in found]


def test_the_sitemap_lists_what_may_be_found_and_nothing_else(
    client: Browser, world: World
) -> None:
    make_article(slug="walks", topics=[make_topic("Ways to meet")])
    make_article(slug="draft", state=Article.State.DRAFT)
    make_article(slug="tomorrow", published_on=date(2026, 11, 24))
    Service.objects.filter(pk=world.consultation.pk).update(formats=["online"])
    who = world.therapist.slug
    assert listed(client) == [
        f"{SITE}/",
        f"{SITE}/book/",
        f"{SITE}/fees/",
        f"{SITE}/places/",
        f"{SITE}/privacy/",
        f"{SITE}/accessibility/",
        f"{SITE}/book/time/?what=consultation&how=online&who={who}",
        f"{SITE}/academy/",
        f"{SITE}/academy/walks/",
        f"{SITE}/academy/topic/ways-to-meet/",
    ]


def test_each_page_of_the_sitemap_is_there_and_says_that_it_is_the_one(
    client: Browser, world: World
) -> None:
    make_article(slug="walks", topics=[make_topic("Ways to meet")])
    names = set()
    for where in listed(client):
        path = where.removeprefix(SITE)
        response = client.get(path)
        assert response.status_code == 200
        assert not hides(client, path)
        canonical = f'<link rel="canonical" href="{where.replace("&", "&amp;")}">'
        assert canonical in response.content.decode()
        assert not any(fits(rule, path) for rule in forbidden(client)), path
        names.add(response.resolver_match.view_name)
    assert names == INDEXED


def forbidden(browser: Browser) -> list[str]:
    response = browser.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
    return re.findall(r"^Disallow: (.+)$", "\n".join(lines), re.MULTILINE)


def fits(rule: str, path: str) -> bool:
    """Whether a rule of robots.txt is about a path, as RFC 9309 reads it."""
    return bool(re.match(re.escape(rule).replace(r"\*", ".*"), path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "fetched"),
        ("/book/?what=consultation", "fetched"),
        ("/book/time/?what=consultation&how=online", "fetched"),
        ("/book/time/?what=consultation&how=online&day=2026-11-24", "left"),
        ("/book/time/?what=consultation&how=online&from=2026-12-14", "left"),
        ("/book/zone/?what=consultation", "left"),
        (f"/book/details/?what=consultation&slot={SLOT}", "left"),
        ("/admin/login/", "left"),
        # So that robots learn that they must not keep these.
        ("/b/some-token/", "fetched"),
        ("/booking/some-uid/", "fetched"),
        ("/static/css/kt.css", "fetched"),
    ],
)
def test_robots_are_asked_not_to_fetch_what_costs_something_to_answer(
    client: Browser, path: str, expected: str
) -> None:
    is_refused = any(fits(rule, path) for rule in forbidden(client))
    assert ("left" if is_refused else "fetched") == expected


def test_a_page_of_times_is_one_page_whatever_else_was_asked(client: Browser, world: World) -> None:
    canonical = address("time", world).replace("&", "&amp;")
    for more in ({}, {"day": "2026-11-25"}, {"zone": "Asia/Tokyo"}, {"utm_source": "x"}):
        page = client.get(address("time", world, **more)).content.decode()
        assert f'<link rel="canonical" href="{SITE}{canonical}">' in page


def titles(page: str) -> list[str]:
    return re.findall(r"<title>(.*?)</title>", page, re.DOTALL)


def test_pages_that_may_be_found_are_described_each_in_its_own_words(
    client: Browser, world: World
) -> None:
    make_article(slug="walks", topics=[make_topic("Ways to meet")])
    seen: dict[str, str] = {}
    for where in listed(client):
        page = as_shown(client.get(where.removeprefix(SITE)).content.decode())
        said = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page))
        [title] = titles(page)
        assert 40 <= len(said["description"]) <= 200, where
        assert said["og:description"] == said["description"]
        assert said["og:title"] in title
        assert said["og:url"] == where.replace("&", "&amp;")
        assert said["og:site_name"] == "Kicks Therapy"
        picture = urlsplit(said["og:image"])
        assert f"{picture.scheme}://{picture.netloc}" == SITE
        assert client.head(picture.path).headers["Content-Type"] == "image/png"
        for words in (title, said["description"]):
            assert words not in seen, (where, seen[words])
            seen[words] = where


def structured(browser: Browser) -> dict[str, Any]:
    page = browser.get("/").content.decode()
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_home_page_describes_the_practice_by_what_its_pages_say(
    client: Browser, world: World
) -> None:
    Practice.objects.update(introduction="I listen.", phone="020 7946 0123")
    found = structured(client)
    assert found["@type"] == "ProfessionalService"
    assert found["name"] == "Kicks Therapy"
    assert found["url"] == f"{SITE}/"
    assert (found["email"], found["telephone"]) == ("hello@kicks.example", "020 7946 0123")
    assert found["description"] == "I listen."
    assert found["disambiguatingDescription"] == "Fulham, London SW6."
    assert found["potentialAction"]["target"] == f"{SITE}/book/"
    offers = [
        (o["itemOffered"]["name"], o["price"], o["priceCurrency"]) for o in found["makesOffer"]
    ]
    assert offers == [
        ("Free 15-minute consultation", "0.00", "GBP"),
        ("50-minute session", "75.00", "GBP"),
    ]


def test_of_the_places_it_names_the_rooms_in_use_and_no_address(
    client: Browser, world: World
) -> None:
    make_place(world.therapist, format=Format.IN_PERSON, name="The old room", is_active=False)
    assert structured(client)["location"] == [{"@type": "Place", "name": "The Fulham room"}]
    page = client.get("/").content.decode()
    for place in world.therapist.places.all():
        assert not place.address or place.address not in page


def test_it_names_no_room_where_nothing_is_offered_in_person(client: Browser, world: World) -> None:
    Service.objects.filter(pk=world.session.pk).update(formats=["online"])
    assert "location" in structured(client)
    Service.objects.update(formats=["online", "walking"])
    assert "location" not in structured(client)


def test_a_practice_that_offers_nothing_yet_claims_nothing(client: Browser, world: World) -> None:
    Service.objects.update(is_active=False)
    Practice.objects.update(summary="")
    assert not {"makesOffer", "potentialAction", "disambiguatingDescription", "location"} & set(
        structured(client)
    )
    sly = "</script><!--<script>&\u2028"
    Practice.objects.update(introduction=sly)
    assert structured(client)["description"] == sly


@pytest.mark.django_db
def test_without_a_practice_there_is_nothing_to_describe(client: Browser) -> None:
    assert "application/ld+json" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_questions_of_the_home_page_are_told_with_their_answers_in_plain_words(
    client: Browser,
) -> None:
    make_front_page()
    make_passage(title="Is it </script> private?", text="Yes, **always**. See [fees](/fees/).")
    found = structured(client)
    assert found["@type"] == "FAQPage"
    assert found["mainEntity"] == [
        {
            "@type": "Question",
            "name": "Is it </script> private?",
            "acceptedAnswer": {"@type": "Answer", "text": "Yes, always. See fees."},
        }
    ]
