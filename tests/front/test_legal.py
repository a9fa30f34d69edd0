"""The accessibility statement: what was done, what was not, and whom to tell."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tests.factories import make_practice
from tests.pages import text_of
from tests.weighing import weight
from welcome.models import AccessibilityStatement

pytestmark = pytest.mark.django_db

MOST = 80 * 1024


def statement(browser: Browser) -> str:
    response = browser.get(reverse("accessibility"))
    assert response.status_code == 200
    return text_of(response)


def test_what_ships_says_what_was_checked_what_was_not_and_how_to_complain(
    client: Browser,
) -> None:
    make_practice(phone="020 7946 0123")
    html = statement(client)
    headings = re.findall(r'<h2 id="h-[\w-]+">(.*?)</h2>', html)
    assert headings == [
        "How it’s made",
        "How it was checked",
        "What hasn’t been checked",
        "If something doesn’t work for you",
    ]
    assert "WCAG) 2.2" in html
    assert "Equality Advisory and Support Service" in html
    assert "Last reviewed on Monday 23 November 2026." in html
    for way in ("mailto:hello@kicks.example", "tel:+442079460123"):
        assert f'href="{way}"' in html


def test_before_there_is_a_practice_it_names_no_way_to_reach_it(client: Browser) -> None:
    html = statement(client)
    assert "You can email" not in html
    assert "mailto:" not in html


def test_with_a_phone_number_alone_there_is_that(client: Browser) -> None:
    make_practice(email="", phone="020 7946 0123")
    assert "You can ring <a" in statement(client)


def test_what_was_typed_is_markdown_in_which_nothing_runs(client: Browser) -> None:
    AccessibilityStatement(
        text="# Top\n\n<script>alert(1)</script>\n\n```shares\nnonsense\n```\n\n- One"
    ).save()
    html = statement(client)
    assert '<h2 id="h-top">Top</h2>' in html
    assert "<script>alert" not in html
    assert "<li>One</li>" in html
    assert "nonsense" in html


def test_the_foot_of_every_page_leads_to_it(client: Browser) -> None:
    for path in ("/", "/privacy/", "/academy/", "/nowhere/"):
        assert f'href="{reverse("accessibility")}"' in text_of(client.get(path)), path


def test_it_weighs_at_most_80_kb(client: Browser) -> None:
    assert weight(client, reverse("accessibility")) <= MOST
