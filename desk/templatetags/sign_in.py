"""What the page of one's own sign-in says in words."""

from datetime import datetime

from django import template

from prose.dates import moment_label

register = template.Library()


@register.filter
def moment(instant: datetime) -> str:
    """Tell a moment in full, in UK time."""
    return moment_label(instant)
