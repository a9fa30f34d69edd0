"""A list of admin in which each cell says on a phone what it is."""

from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from unfold.templatetags import unfold_list

register = template.Library()
# What Unfold names the first cell of each row that is no link, whatever is in it.
MISNAMED = format_html('data-label="{}"', "Select record")


@register.inclusion_tag("admin/change_list_results.html", takes_context=True)
def named_result_list(context: template.Context, cl: ChangeList) -> dict[str, Any]:
    """Return Unfold's list, the first cell of a row named as its column is."""
    facts: dict[str, Any] = unfold_list.result_list(context, cl)
    first, *_ = facts["result_headers"]
    if "action-checkbox" in first["class_attrib"]:
        return facts
    named = format_html('data-label="{}"', first["text"])
    for row in facts["results"]:
        # Both are safe: Unfold's cell, and a name put into it in place of another.
        row[0] = mark_safe(row[0].replace(MISNAMED, named, 1))  # noqa: S308
    return facts
