"""What a page says of itself in its head: a library of template tags.

A template's lines are short, so a title or a description may stand on several of them.
"""

import re

from django import template
from django.template import Context
from django.template.defaultfilters import stringfilter
from django.template.loader import render_to_string

register = template.Library()

# As HTML has it: a no-break space stays one.
WHITE_SPACE = " \t\n\f\r"


@register.filter(is_safe=True)
@stringfilter
def one_line(text: str) -> str:
    """Return the words with one space between them, as a browser shows them."""
    return re.sub(f"[{WHITE_SPACE}]+", " ", text.strip(WHITE_SPACE))


@register.simple_block_tag(takes_context=True)
def about(context: Context, content: str, title: str) -> str:
    """Tell search engines and those who share the page its title and, between the tags, its words.

    Longer words than `{% include "partials/about.html" %}` could hold on one line.
    """
    around = {str(name): value for name, value in context.flatten().items()}
    said = {"title": title, "description": one_line(content)}
    return render_to_string("partials/about.html", {**around, **said})
