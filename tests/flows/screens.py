"""`make screens`: a picture of every page in every state, and one page to look through them all.

Not among the tests, for nothing here can fail but the way to a page.
"""

import os
import re
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path

import pytest
from django.conf import settings as known
from django.utils.html import format_html, format_html_join
from pytest_django.fixtures import Settings

from tests.factories import World
from tests.flows import calendar_states, client_states, states
from tests.flows.states import States
from tests.flows.visits import HEIGHT, LOOKS, PHONE, Visits

pytestmark = pytest.mark.flow

FOLDER = Path(os.environ.get("KICKS_SCREENS") or known.LOCAL_DIR / "screens")


@pytest.fixture(scope="module", autouse=True)
def album() -> Iterator[list[str]]:
    """The names of the pages in the order in which they were taken; bound in the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    names: list[str] = []
    yield names
    (FOLDER / "index.html").write_text(bound(names))


def take(pages: States, album: list[str]) -> None:
    """Take each page as it stands, on a phone and at a desk, by day and by night."""
    for name, page in pages:
        album.append(name)
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=FOLDER / file(name, width, scheme), full_page=True)
        page.emulate_media(color_scheme="light")


def file(name: str, width: int, scheme: str) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{width}-{scheme}.png"


def bound(names: list[str]) -> str:
    """Return the page that shows them all."""
    rows = format_html_join(
        "\n",
        "<h2>{}</h2><p>{}</p>",
        ((name, format_html_join(" ", PICTURE, pictures(name))) for name in names),
    )
    return format_html(ALBUM, len(names), rows)


def pictures(name: str) -> Iterator[tuple[str, str, int]]:
    for width, scheme in LOOKS:
        yield file(name, width, scheme), f"{name}, {width} px, {scheme}", width // 3


PICTURE = '<a href="{0}"><img src="{0}" alt="{1}" title="{1}" width="{2}" loading="lazy"></a>'
ALBUM = """<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><title>{} pages</title>
<style>body {{ font: 16px system-ui; margin: 2rem; background: #ddd }}
img {{ vertical-align: top; box-shadow: 0 0 4px #888 }}</style>
<h1>Every page in every state</h1>
{}
</html>
"""


def every_kind() -> list[Callable[..., States]]:
    """All that there is to show, in the order in which it is written."""
    found = {**vars(states), **vars(client_states), **vars(calendar_states)}
    return [one for name, one in found.items() if name.endswith("_states")]


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_pictures(  # noqa: PLR0913, what the kinds of pages ask for
    kind: Callable[..., States],
    visits: Visits,
    practice: World,
    settings: Settings,
    tmp_path: Path,
    album: list[str],
) -> None:
    given = {
        "visits": visits,
        "practice": practice,
        "settings": settings,
        "tmp_path": tmp_path,
        "width": PHONE,
    }
    take(kind(**{name: given[name] for name in signature(kind).parameters}), album)
