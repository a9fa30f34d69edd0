"""The page on which somebody tries their sound and camera: of use to everybody, also in words."""

import re
from pathlib import Path

from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from tests.factories import World
from tests.pages import text_of

SCRIPT = (Path(settings.BASE_DIR) / "static" / "js" / "video_check.js").read_text()


def try_page(browser: Browser) -> str:
    response = browser.get(reverse("video_check"))
    assert response.status_code == 200
    assert not response.cookies
    return text_of(response)


def test_it_says_what_is_needed_and_what_to_try_without_a_script(
    client: Browser, world: World
) -> None:
    html = try_page(client)
    for words in ("browser that’s up to date", "quiet room", "Headphones", "voice recorder"):
        assert words in html, words
    assert '<div data-try hidden="">' in html.replace("data-try hidden>", 'data-try hidden="">')
    assert "Your browser runs no scripts here" in html


def test_it_stands_before_there_is_a_practice(client: Browser, db: None) -> None:
    assert "Try your sound and camera" in try_page(client)


def test_its_only_script_is_a_file_of_ours(client: Browser, world: World) -> None:
    scripts = re.findall(r"<script ([^>]*)>", try_page(client))
    assert scripts == ['src="/static/js/video_check.js" defer']


def test_the_script_knows_no_way_to_record_or_to_send() -> None:
    for way in (
        "MediaRecorder",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "RTCPeerConnection",
        "sendBeacon",
        "toDataURL",
        "captureStream",
        "localStorage",
    ):
        assert way not in SCRIPT, way


def test_it_is_named_to_no_search_engine(client: Browser, world: World) -> None:
    assert client.get(reverse("video_check")).headers["X-Robots-Tag"] == "noindex"
    assert "video-check" not in client.get(reverse("sitemap")).content.decode()
