"""The Atom feed, as a reader of feeds takes it."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from academy.models import Article
from academy.views import MOST_IN_FEED
from tests.factories import make_article, make_practice, make_topic

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://book.example.org"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def feed(browser: Browser) -> ET.Element:
    response = browser.get(reverse("academy_feed"))
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314, it is our own


def said(element: ET.Element, name: str) -> str:
    found = element.find(ATOM + name)
    assert found is not None
    return found.text or ""


def test_an_entry_has_its_words_its_days_and_absolute_links(client: Browser) -> None:
    make_practice(name="Kicks & Co")
    make_article(
        title="A <b> & c",
        slug="a",
        updated_on=date(2026, 11, 20),
        topics=[make_topic("Ways to meet")],
    )
    root = feed(client)
    [entry] = root.findall(f"{ATOM}entry")
    assert said(root, "title") == "Kicks & Co: Academy"
    assert said(entry, "title") == "A <b> & c"
    assert said(entry, "published") == "2026-11-16T00:00:00+00:00"
    assert said(entry, "updated") == said(root, "updated") == "2026-11-20T00:00:00+00:00"
    assert '<h2 id="h-a-part">A part</h2>' in said(entry, "content")
    assert said(entry, "summary").startswith("What a first conversation")
    links = [link.attrib["href"] for link in root.iter(f"{ATOM}link")]
    assert links == [
        f"{SITE}/academy/",
        f"{SITE}/academy/feed.xml",
        f"{SITE}/academy/a/",
    ]
    assert [c.attrib for c in entry.findall(f"{ATOM}category")] == [
        {"term": "ways-to-meet", "label": "Ways to meet"}
    ]


def test_a_summer_day_begins_at_midnight_in_the_uk(client: Browser) -> None:
    make_article(published_on=date(2026, 7, 1))
    [entry] = feed(client).findall(f"{ATOM}entry")
    assert said(entry, "published") == "2026-07-01T00:00:00+01:00"


def test_an_entry_keeps_its_name_when_its_address_and_its_title_change(client: Browser) -> None:
    article = make_article()
    [before] = feed(client).findall(f"{ATOM}entry")
    Article.objects.filter(pk=article.pk).update(slug="other", title="Other")
    [after] = feed(client).findall(f"{ATOM}entry")
    assert said(before, "id") == said(after, "id") == f"urn:uuid:{article.uid}"


def test_the_feed_holds_the_newest_of_what_is_out(client: Browser) -> None:
    make_article(state=Article.State.DRAFT)
    make_article(published_on=date(2026, 11, 24))
    assert feed(client).findall(f"{ATOM}entry") == []
    for number in range(MOST_IN_FEED + 1):
        make_article(title=f"Number {number}", published_on=date(2026, 1, 1 + number))
    entries = feed(client).findall(f"{ATOM}entry")
    assert len(entries) == MOST_IN_FEED
    assert said(entries[0], "title") == f"Number {MOST_IN_FEED}"


def test_pages_say_where_the_feed_is(client: Browser) -> None:
    link = '<link rel="alternate" type="application/atom+xml" title="Academy" href="{}">'
    assert link.format(reverse("academy_feed")) in client.get(reverse("academy")).content.decode()
