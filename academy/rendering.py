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

_TABLES = {"table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "svg", "rect"}
SANITISER = nh3.Cleaner(
    tags=markdown.TAGS | {"dl", "dt", "dd", "div"} | _TABLES,
    attributes={
        **markdown.ATTRIBUTES,
        "th": {"scope"},
        "svg": {"viewBox", "preserveAspectRatio", "aria-hidden"},
        "rect": {"x", "width", "height"},
    },
    allowed_classes={
        "div": {"kt-try"},
        "figure": {"kt-shares"},
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
    return '<div class="kt-try">\n' if tokens[place].nesting == 1 else "</div>\n"


def _article() -> MarkdownIt:
    parser = markdown.parser().enable("table").use(deflist_plugin)
    parser.use(container_plugin, "try", render=_box)
    parser.add_render_rule("fence", _fence)
    return parser


_ARTICLE = _article()
