"""Parts of a page that are the same for everybody: a library of one template tag.

What stands around each page, its head, its menu and its foot, takes longer to render than many a
page itself, and changes with two or three facts alone.
"""

from typing import Any

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.loader_tags import BlockNode
from django.utils.safestring import SafeString, mark_safe

register = Library()

# What a part may be kept for: a practice's name is changed now and then.
MOST = 64
END = "endkept_for"


@register.tag
def kept_for(parser: Parser, token: Token) -> "KeptNode":
    """Render what stands before `endkept_for` once for each of the facts that are named.

    Nothing else may be in it: no block, which each page fills otherwise, and nothing of a visitor.
    """
    _, *names = token.split_contents()
    facts = [parser.compile_filter(name) for name in names]
    nodes = parser.parse((END,))
    parser.delete_first_token()
    if nodes.get_nodes_by_type(BlockNode):
        raise TemplateSyntaxError("A block is filled by each page, so it can't be kept.")
    return KeptNode(nodes, facts)


class KeptNode(Node):
    """A part, with what it was rendered to. It lives as long as its template does."""

    def __init__(self, nodelist: NodeList, facts: list[FilterExpression]) -> None:
        self.nodelist, self.facts = nodelist, facts
        self.kept: dict[tuple[str, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Return the part as it is for these facts. Threads share it: each finds it whole."""
        key = tuple(_said(fact.resolve(context, ignore_failures=True)) for fact in self.facts)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST:
                self.kept.clear()
            found = mark_safe(self.nodelist.render(context))  # noqa: S308, a template's own
            self.kept[key] = found
        return found


def _said(fact: Any) -> str:
    return "" if fact is None else str(fact)
