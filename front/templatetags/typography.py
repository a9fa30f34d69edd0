"""Words set so that they read well on any screen."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from prose import phone_numbers

register = template.Library()
# Letters and digits alone, so that nothing of the markup around them can match.
HYPHENATED = re.compile(r"\w+(?:-\w+)+")


@register.filter
def dialled(phone: str) -> str:
    """Return the link that dials a number, with its country: from abroad and by any phone."""
    return phone_numbers.link(phone) or f"tel:{phone.replace(' ', '')}"


@register.filter
def unbroken(text: str) -> SafeString:
    """Keep "15-minute" on one line: a browser may break after a hyphen."""
    escaped = conditional_escape(text)
    html = HYPHENATED.sub(r'<span class="kt-nowrap">\g<0></span>', escaped)
    return mark_safe(html)  # noqa: S308, escaped above, and what was added is ours
