"""What search engines and previews of links are told."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.contrib.sites.requests import RequestSite
from django.test import Client as Browser
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from academy.models import Article
from academy.sitemaps import SITEMAPS
from tests.factories import make_article, make_practice, make_topic
from tests.white_space import as_shown

pytestmark = pytest.mark.django_db

SITE = "https://book.example.org"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def page(browser: Browser, path: str) -> str:
    return as_shown(browser.get(path).content.decode())


def meta(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html))


def structured(html: str) -> dict[str, Any]:
    """What the page says as data, by kind."""
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    parts = json.loads(text)["@graph"]
    return {part["@type"]: part for part in parts}


def test_an_article_is_described_once_and_under_one_address(client: Browser) -> None:
    make_practice(name="Kicks & Co")
    topic = make_topic("Ways to meet")
    article = make_article(title="On “walks” & rain", slug="walks", topics=[topic])
    html = page(client, f"{article.get_absolute_url()}?utm_source=x")
    assert "<title>On “walks” &amp; rain. Kicks &amp; Co</title>" in html
    assert f'<link rel="canonical" href="{SITE}/academy/walks/">' in html
    said = meta(html)
    assert said["description"] == said["og:description"] == article.summary
    assert said["og:title"] == "On “walks” &amp; rain"
    assert said["og:type"] == "article"
    assert said["og:url"] == f"{SITE}/academy/walks/"
    assert said["og:site_name"] == "Kicks &amp; Co"
    assert said["article:published_time"] == "2026-11-16"
    assert said["article:tag"] == "Ways to meet"
    assert "robots" not in said


def test_lists_are_described_too(client: Browser) -> None:
    topic = make_topic("Ways to meet", summary="In a room, online or on a walk.")
    make_article(topics=[topic])
    said = meta(page(client, topic.get_absolute_url()))
    assert said["description"] == "In a room, online or on a walk."
    assert said["og:type"] == "website"
    assert said["og:url"] == f"{SITE}/academy/topic/ways-to-meet/"
    bare = make_topic("Bare")
    assert len(meta(page(client, bare.get_absolute_url()))["description"]) > 20
    assert len(meta(page(client, "/academy/"))["description"]) > 50


def test_an_article_tells_what_it_is_and_what_it_answers(client: Browser) -> None:
    make_practice(name="Kicks Therapy")
    article = make_article(
        title="On walks",
        slug="walks",
        updated_on=date(2026, 11, 20),
        questions=[("What if it rains?", "We **wait**, or [move](/book/).")],
    )
    found = structured(page(client, article.get_absolute_url()))
    about = found["Article"]
    assert about["headline"] == "On walks"
    assert about["datePublished"] == "2026-11-16"
    assert about["dateModified"] == "2026-11-20"
    assert about["mainEntityOfPage"] == f"{SITE}/academy/walks/"
    assert about["author"] == {
        "@type": "Organization",
        "name": "Kicks Therapy",
        "url": f"{SITE}/",
    }
    steps = [(s["name"], s["item"]) for s in found["BreadcrumbList"]["itemListElement"]]
    assert steps == [("Academy", f"{SITE}/academy/"), ("On walks", f"{SITE}/academy/walks/")]
    [question] = found["FAQPage"]["mainEntity"]
    assert question["name"] == "What if it rains?"
    assert question["acceptedAnswer"]["text"] == "We wait, or move."


def test_without_questions_and_a_practice_it_claims_neither(client: Browser) -> None:
    found = structured(page(client, make_article().get_absolute_url()))
    assert set(found) == {"Article", "BreadcrumbList"}
    assert "author" not in found["Article"]


def test_nothing_in_the_data_can_end_it(client: Browser) -> None:
    sly = "</script><!--<script>&"
    article = make_article(title=sly, slug="sly", questions=[(sly, f"`{sly}`")])
    html = page(client, article.get_absolute_url())
    found = structured(html)
    assert found["Article"]["headline"] == sly
    assert found["FAQPage"]["mainEntity"][0]["name"] == sly
    assert "<!--" not in html


def addresses(name: str) -> dict[str, Any]:
    sitemap = SITEMAPS[name]()
    found = sitemap.get_urls(site=RequestSite(RequestFactory().get("/")), protocol="https")
    return {entry["location"]: entry["lastmod"] for entry in found}


def test_the_sitemap_knows_what_is_out_and_since_when() -> None:
    topic, _ = make_topic("Ways to meet"), make_topic("Empty")
    make_article(slug="a", topics=[topic], updated_on=date(2026, 11, 20))
    make_article(slug="draft", state=Article.State.DRAFT)
    make_article(slug="tomorrow", published_on=date(2026, 11, 24))
    assert addresses("academy") == {"https://testserver/academy/": None}
    assert addresses("articles") == {"https://testserver/academy/a/": date(2026, 11, 20)}
    assert addresses("topics") == {"https://testserver/academy/topic/ways-to-meet/": None}
