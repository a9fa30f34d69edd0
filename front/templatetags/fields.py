"""A field of a form, as the page asks for it."""

from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

# Rendering a form takes longer than the rest of its page, and an empty field always looks the same.
_empty: dict[tuple[Any, ...], SafeString] = {}
MOST = 200


@register.filter
def as_field(field: BoundField) -> SafeString:
    """Return the field; an empty one that nobody has answered is rendered once.

    Whatever somebody typed, or is refused for, is rendered for them alone and kept nowhere.
    """
    if field.form.is_bound or field.value():
        return SafeString(as_crispy_field(field))
    key = _key(field)
    if key not in _empty:
        if len(_empty) >= MOST:
            _empty.clear()
        _empty[key] = SafeString(as_crispy_field(field))
    return _empty[key]


def _key(field: BoundField) -> tuple[Any, ...]:
    """Return all that its markup is made of: what is asked, never an answer."""
    asked = field.field
    choices = tuple(getattr(asked, "choices", ()))
    return type(field.form), field.name, field.auto_id, asked.label, asked.help_text, choices
