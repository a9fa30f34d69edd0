"""Markdown as the therapist types it, made into HTML that may stand on a public page.

There are two walls. The parser knows no HTML: what looks like a tag is shown as text. What it
writes then passes a list of what is allowed, so that a hole in the first wall lets nothing through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from django.utils.html import strip_tags
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin

from academy import charts

# Each page has its own h1, and says no more than four levels deep.
TOP, DEEPEST = 2, 4

_WORDS = {"p", "br", "strong", "em", "code", "a", "ul", "ol", "li"}
_BLOCKS = {"h2", "h3", "h4", "dl", "dt", "dd", "blockquote", "pre", "hr", "div"}
_TABLES = {"table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "svg", "rect"}
SANITISER = nh3.Cleaner(
    tags=_WORDS | _BLOCKS | _TABLES,
    attributes={
        "a": {"href", "title"},
        "ol": {"start"},
        "th": {"scope"},
        **{f"h{level}": {"id"} for level in range(TOP, DEEPEST + 1)},
        "svg": {"viewBox", "preserveAspectRatio", "aria-hidden"},
        "rect": {"x", "width", "height"},
    },
    allowed_classes={
        "div": {"kt-try"},
        "figure": {"kt-shares"},
        "svg": {"kt-shares__bar"},
        "rect": {"kt-shares__low", "kt-shares__range"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,  # no link opens a window, and the Referrer-Policy speaks for all
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML, its second-level headings as `{"id": ..., "title": ...}`, and how many words it has."""

    html: str
    contents: list[dict[str, str]]
    words: int


def render(markdown: str) -> Rendered:
    """Render the body of an article. Raises `charts.ChartError`."""
    tokens = _ARTICLE.parse(markdown)
    contents = list(_set_headings(tokens))
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    html = SANITISER.clean(_ARTICLE.renderer.render(tokens, _ARTICLE.options, {}))
    return Rendered(html, contents, words=len(strip_tags(html).split()))


def render_page(markdown: str) -> str:
    """Render a page of words that is no article: its headings and lists, but no charts."""
    tokens = _PAGE.parse(markdown)
    for _ in _set_headings(tokens):
        pass  # it is the headings' order and names that count, not the list of them
    return SANITISER.clean(_PAGE.renderer.render(tokens, _PAGE.options, {})).strip()


def render_answer(markdown: str) -> str:
    """Render an answer: paragraphs, lists and links, for it stands inside a page's own headings."""
    return SANITISER.clean(_ANSWER.render(markdown)).strip()


def _set_headings(tokens: Sequence[Token]) -> Iterator[dict[str, str]]:
    """Put the headings in order, name each, and yield those of the highest level.

    A level that is skipped is taken back: who reads by headings would look for what is missing.
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


def _fence(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any
) -> str:
    kind, _, title = tokens[place].info.strip().partition(" ")
    if kind == charts.FENCE:
        return charts.draw(title.strip(), tokens[place].content)
    return RendererHTML.fence(renderer, tokens, place, options, env)


def _box(_renderer: RendererHTML, tokens: Sequence[Token], place: int, *_: Any) -> str:
    return '<div class="kt-try">\n' if tokens[place].nesting == 1 else "</div>\n"


def _plain() -> MarkdownIt:
    """Return a parser that takes no HTML and no pictures, and sets quotes as they are printed."""
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    return parser.enable(["replacements", "smartquotes"]).disable("image")


def _article() -> MarkdownIt:
    parser = _plain().enable("table").use(deflist_plugin)
    parser.use(container_plugin, "try", render=_box)
    parser.add_render_rule("fence", _fence)
    return parser


_ARTICLE = _article()
_PAGE = _plain().disable("fence")
_ANSWER = _plain().disable(["heading", "lheading", "fence", "code", "hr", "blockquote"])
