"""What a first visit to a page costs a phone: everything it fetches, as it is sent."""

import re
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client as Browser

COMPRESSED = (".woff2",)
# What the base of every page loads: a page that names none of it was not read right.
ALWAYS = {"css/kt.css", "fonts/kt-heading.woff2"}


def sent(name: str) -> int:
    """The size of a static file as whitenoise sends it."""
    data = Path(finders.find(name) or "").read_bytes()
    return len(data) if name.endswith(COMPRESSED) else len(brotli.compress(data))


def weight(browser: Browser, path: str) -> int:
    """The page and each file that it names, as a browser takes them."""
    page = browser.get(path, headers={"accept-encoding": "br"}).content
    html = brotli.decompress(page).decode()
    files = set(re.findall(rf'(?:href|src)="/{settings.STATIC_URL.strip("/")}/([^"]+)"', html))
    assert files >= ALWAYS
    return len(page) + sum(map(sent, files))
