"""What a first visit to an article costs a phone: everything it fetches, as it is sent."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client as Browser

from academy import shipped
from academy.models import Article

pytestmark = pytest.mark.django_db

MOST = 80 * 1024
COMPRESSED = (".woff2",)
FONT = "fonts/kt-heading.woff2"


def sent(name: str) -> int:
    """The size of a static file as whitenoise sends it."""
    data = Path(finders.find(name) or "").read_bytes()
    return len(data) if name.endswith(COMPRESSED) else len(brotli.compress(data))


def weight(browser: Browser, path: str) -> int:
    """The page and each file that it names, as a browser takes them."""
    page = browser.get(path, headers={"accept-encoding": "br"}).content
    html = brotli.decompress(page).decode()
    files = set(re.findall(rf'(?:href|src)="/{settings.STATIC_URL.strip("/")}/([^"]+)"', html))
    assert {"css/kt.css", "css/academy.css", FONT} <= files
    return len(page) + sum(map(sent, files))


def test_no_page_of_the_academy_weighs_more_than_80_kb(client: Browser) -> None:
    shipped.load()
    for path in ("/academy/", *(article.get_absolute_url() for article in Article.objects.all())):
        assert weight(client, path) <= MOST, path
