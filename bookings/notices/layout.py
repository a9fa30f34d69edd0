"""The paper that mails are written on: both bodies of a mail, and how the HTML one looks.

Mail programs drop style sheets, so the one sheet that the mails share is written onto each element
here, once, before the mail is queued. What asks about the reader's screen stays in the head.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string

STYLES = Path(settings.BASE_DIR) / "templates" / "mail" / "_styles.css"
TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"

NIGHT = "@media (prefers-color-scheme: dark)"
# The tokens by day stand first in their file, those by night in the block that follows.
BLOCKS = re.compile(rf"{re.escape(NIGHT)}|\[data-bs-theme=\"dark\"\]")
TOKEN = re.compile(r"--(kt-[\w-]+):\s*([^;]+);")
VAR = re.compile(r"var\(--(kt-[\w-]+)\)")


class Bodies(TypedDict):
    """A mail's two parts, which say the same."""

    text: str
    html: str


def bodies(kind: str, context: dict[str, Any]) -> Bodies:
    """Write a mail of this kind: `templates/mail/<kind>.txt` and `.html`."""
    return {
        "text": render_to_string(f"mail/{kind}.txt", context),
        "html": _inliner().inline(render_to_string(f"mail/{kind}.html", context)),
    }


def as_seen(html: str, *, by_night: bool) -> str:
    """Return the HTML part as a reader sees it by day or by night, whatever their machine is at."""
    scheme, other = ("dark", "all") if by_night else ("light", "not all")
    fixed = html.replace('content="light dark"', f'content="{scheme}"')
    return fixed.replace(NIGHT, f"@media {other}")


@cache
def _inliner() -> CSSInliner:
    """Read the style sheet, once a process; nothing is ever fetched."""
    return CSSInliner(
        extra_css=_styles(),
        keep_at_rules=True,
        load_remote_stylesheets=False,
        minify_css=True,
    )


def _styles() -> str:
    """The sheet with the site's colours in it: mail programs know no var(). KeyError if unknown."""
    day, night, *_ = (dict(TOKEN.findall(part)) for part in BLOCKS.split(TOKENS.read_text()))
    by_day, _, by_night = STYLES.read_text().partition(NIGHT)
    return _filled(by_day, day) + NIGHT + _filled(by_night, day | night)


def _filled(css: str, tokens: dict[str, str]) -> str:
    return VAR.sub(lambda found: tokens[found[1]], css)
