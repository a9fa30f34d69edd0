"""What a form posts: of the form as it shows a row, and of the form as somebody filled it in.

A value is a dict of what stands behind the field's name in a posted name (a date and a time are
two: `_0` and `_1`) and the texts posted under it. So all kinds of fields are compared alike, also
those that no column stands behind; and what a form would show can be put into what was posted.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.forms import BoundField, CheckboxInput, Field, MultiWidget, Widget
from django.http import QueryDict

Posted = dict[str, list[str]]
EMPTY = "(empty)"


def shown(bound: BoundField) -> Posted:
    """Return what a field that nobody touched would post."""
    widget, value = _inner(bound.field.widget), bound.value()
    if not isinstance(widget, MultiWidget):
        return _named([("", _texts(widget, value))])
    values: Any = value if isinstance(value, list) else widget.decompress(value)
    each = zip(_parts(bound), widget.widgets, values, strict=True)
    return _named([(name, _texts(part, one)) for name, part, one in each])


def _inner(widget: Widget) -> Widget:
    """Return what admin has wrapped to lead to what can be chosen, or the widget itself."""
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


def _named(pairs: list[tuple[str, list[str]]]) -> Posted:
    return {name: list(_alike(texts)) for name, texts in pairs}


def _texts(widget: Widget, value: Any) -> list[Any]:
    if isinstance(widget, CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    text: Any = widget.format_value(value)
    return list(text) if isinstance(text, list | tuple) else [text]


def _alike(texts: list[Any]) -> Iterator[str]:
    """Yield texts as they are compared: whatever a browser makes of their lines, and none empty."""
    for text in texts:
        alike = "" if text is None else str(text).replace("\r\n", "\n").replace("\r", "\n")
        if alike:
            yield alike


def typed(bound: BoundField, data: QueryDict) -> Posted:
    """Return what was posted for a field."""
    return _named([(part, data.getlist(bound.html_name + part)) for part in _parts(bound)])


def put(bound: BoundField, value: Posted, data: QueryDict) -> None:
    """Let `data` say for this field what a form would post that shows this value."""
    for part, texts in value.items():
        data.setlist(bound.html_name + part, texts)


def _parts(bound: BoundField) -> list[str]:
    widget: Any = bound.field.widget
    names: list[str] = getattr(widget, "widgets_names", [""])
    return names


def are_alike(bound: BoundField, one: Posted, other: Posted) -> bool:
    """Whether two values mean the same: as they stand, or once the field has read them.

    A browser may write 9:00 where the page said 09:00:00.
    """
    if one == other:
        return True
    try:
        return bool(_read(bound.field, one) == _read(bound.field, other))
    except ValidationError:
        return False


def _read(field: Field, value: Posted) -> Any:
    data = QueryDict(mutable=True)
    for part, texts in value.items():
        data.setlist(f"x{part}", texts)
    # As a model of several is read: by the keys, not by a query whose every answer is another.
    read = field.clean(field.widget.value_from_datadict(data, data, "x"))
    return list(read) if hasattr(read, "iterator") else read


def in_words(field: Field, value: Posted) -> str:
    """Say a value as somebody reads it on the page: by the labels of what can be chosen."""
    texts = [text for part in value.values() for text in part]
    if isinstance(field.widget, CheckboxInput):
        return "Yes" if texts else "No"
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    between = " " if isinstance(field.widget, MultiWidget) else ", "
    return between.join(labels.get(text, text) for text in texts) or EMPTY
