"""Markdown as the therapist types it, made into HTML that may stand on a public page.

There are two walls. The parser knows no HTML: what looks like a tag is shown as text. What it
writes then passes a list of what is allowed, so that a hole in the first wall lets nothing through.
"""

from collections.abc import Iterator, Sequence

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Each page has its own h1, and says no more than four levels deep.
TOP, DEEPEST = 2, 4

TAGS = frozenset(
    {"p", "br", "strong", "em", "code", "a", "ul", "ol", "li"}
    | {"h2", "h3", "h4", "blockquote", "pre", "hr"}
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    **{f"h{level}": {"id"} for level in range(TOP, DEEPEST + 1)},
}
SCHEMES = {"http", "https", "mailto", "tel"}
SANITISER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel=None,  # no link opens a window, and the Referrer-Policy speaks for all
)


def render_page(markdown: str) -> str:
    """Render a page of words: its headings, lists and links."""
    tokens = _PAGE.parse(markdown)
    for _ in set_headings(tokens):
        pass  # it is the headings' order and names that count, not the list of them
    return SANITISER.clean(_PAGE.renderer.render(tokens, _PAGE.options, {})).strip()


def render_answer(markdown: str) -> str:
    """Render an answer: paragraphs, lists and links, for it stands inside a page's own headings."""
    return SANITISER.clean(_ANSWER.render(markdown)).strip()


def parser() -> MarkdownIt:
    """Return a parser that takes no HTML and no pictures, and sets quotes as they are printed."""
    made = MarkdownIt("commonmark", {"html": False, "typographer": True})
    return made.enable(["replacements", "smartquotes"]).disable("image")


def set_headings(tokens: Sequence[Token]) -> Iterator[dict[str, str]]:
    """Put the headings in order, name each, and yield those of the highest level.

    A level that is skipped is taken back: who reads by headings would look for what is missing.
    Yields `{"id": ..., "title": ...}`.
    """
    above, names = TOP - 1, dict[str, int]()
    for place, opening in enumerate(tokens):
        if opening.type != "heading_open":
            continue
        level = min(max(int(opening.tag[1:]), TOP), above + 1, DEEPEST)
        title = _text(tokens[place + 1])
        opening.attrSet("id", _new_name(title, names))
        opening.tag = tokens[place + 2].tag = f"h{level}"
        above = level
        if level == TOP and title.strip():
            yield {"id": str(opening.attrs["id"]), "title": title}


def _text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _new_name(title: str, names: dict[str, int]) -> str:
    """Return an id that none on the page has: the prefix is no other element's.

    `names` counts how often each was wanted.
    """
    name = stem = f"h-{slugify(title)[:60]}".rstrip("-")
    while name in names:
        names[stem] += 1
        name = f"{stem}-{names[stem]}"
    names[name] = 1
    return name


_PAGE = parser().disable("fence")
_ANSWER = parser().disable(["heading", "lheading", "fence", "code", "hr", "blockquote"])
