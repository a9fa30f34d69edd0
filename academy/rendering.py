"""An article's Markdown made into HTML: what any page may hold, and tables, charts and boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from django.utils.html import strip_tags
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin

from academy import charts
from prose import markdown

_TABLES = {"table", "caption", "thead", "tbody", "tr", "th", "td", "small"}
_FIGURES = {"figure", "figcaption", "svg", "rect"}
# What `::: word` opens and `:::` closes: a box with that class.
EXAMPLE = "person"
MADE_UP = '<p class="kt-example">An example, made up from many people: it’s none of them.</p>\n'
BOXES = {
    "try": 'class="kt-try"',
    EXAMPLE: 'class="kt-story"',
    "pair": 'class="kt-pair"',
    "signs": 'class="kt-signs"',
}
QUOTE = "quote"
SANITISER = nh3.Cleaner(
    tags=markdown.TAGS | {"dl", "dt", "dd", "div"} | _TABLES | _FIGURES,
    attributes={
        **markdown.ATTRIBUTES,
        "th": {"scope"},
        "svg": {"viewBox", "preserveAspectRatio", "aria-hidden"},
        "rect": {"x", "width", "height"},
    },
    allowed_classes={
        "div": {"kt-try", "kt-story", "kt-pair", "kt-signs"},
        "p": {"kt-example"},
        "figure": {"kt-shares", "kt-quote"},
        "svg": {"kt-shares__bar"},
        "rect": {"kt-shares__low", "kt-shares__range"},
    },
    url_schemes=markdown.SCHEMES,
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML, its second-level headings as `{"id": ..., "title": ...}`, and how many words it has."""

    html: str
    contents: list[dict[str, str]]
    words: int


def render(text: str) -> Rendered:
    """Render the body of an article. Raises `charts.ChartError`."""
    tokens = _ARTICLE.parse(text)
    contents = list(markdown.set_headings(tokens))
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    html = SANITISER.clean(_ARTICLE.renderer.render(tokens, _ARTICLE.options, {}))
    return Rendered(html, contents, words=len(strip_tags(html).split()))


def _fence(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any
) -> str:
    kind, _, title = tokens[place].info.strip().partition(" ")
    if kind == charts.FENCE:
        return charts.draw(title.strip(), tokens[place].content)
    return RendererHTML.fence(renderer, tokens, place, options, env)


def _box(_renderer: RendererHTML, tokens: Sequence[Token], place: int, *_: Any) -> str:
    word = tokens[place].type.split("_")[1]
    if tokens[place].nesting == -1:
        return f"{MADE_UP if word == EXAMPLE else ''}</div>\n"
    return f"<div {BOXES[word]}>\n"


def _quote(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any
) -> str:
    """Set somebody's words; who said them, and where, stands behind the word that opened it."""
    if tokens[place].nesting == 1:
        return '<figure class="kt-quote"><blockquote>\n'
    _, _, who = _opening(tokens, place).info.strip().partition(" ")
    inline = _ARTICLE.parseInline(who)[0].children or []
    said_by = renderer.renderInline(inline, options, env)
    return f"</blockquote><figcaption>{said_by}</figcaption></figure>\n"


def _opening(tokens: Sequence[Token], place: int) -> Token:
    """Return the token that opened what this one closes."""
    closing = tokens[place]
    wanted = closing.type.replace("_close", "_open")
    return next(
        token
        for token in reversed(tokens[:place])
        if token.type == wanted and token.level == closing.level
    )


def _article() -> MarkdownIt:
    parser = markdown.parser().enable("table").use(deflist_plugin)
    for word in BOXES:
        parser.use(container_plugin, word, render=_box)
    parser.use(container_plugin, QUOTE, render=_quote)
    parser.add_render_rule("fence", _fence)
    return parser


_ARTICLE = _article()
