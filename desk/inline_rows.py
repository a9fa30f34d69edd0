"""The rows below a form, posted by a page that may not show all that there are now."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.forms import BoundField
from django.forms.formsets import (
    INITIAL_FORM_COUNT,
    MAX_NUM_FORM_COUNT,
    MIN_NUM_FORM_COUNT,
    TOTAL_FORM_COUNT,
)
from django.http import QueryDict
from django.utils.text import capfirst

from desk import posted_values
from desk.page_state import REMOVED, Change, Shown, State, excerpts
from desk.posted_values import Posted

Row = dict[str, list[str]]  # what was posted of a row, by the part of the name behind its number
DELETE = "DELETE"
MANAGEMENT = {TOTAL_FORM_COUNT, INITIAL_FORM_COUNT, MIN_NUM_FORM_COUNT, MAX_NUM_FORM_COUNT}


def parts_of(formset: Any) -> list[Shown]:
    """Return the rows that are stored, as the page shows them."""
    return [Shown(f"{formset.prefix}:{form.instance.pk}", form) for form in formset.initial_forms]


def align(was: State | None, formset: Any, data: QueryDict) -> list[Change]:
    """Let `data` name the rows that are stored now, in their order; return those that are gone.

    Rows that somebody added meanwhile are put in as they are. Of a row that is gone, what was typed
    into it is kept as a new row, which saving would add; who meant to remove it is told nothing.
    Of a page that doesn't say what it showed (`was` is None), all that it posts counts as typed.
    """
    posted, new = _posted(formset, data)
    parts = parts_of(formset)
    kept = [posted.pop(one.key) if one.key in posted else _row_of(formset, one) for one in parts]
    gone = [
        (row, _change(formset, None if was is None else was.get(key, {}), row))
        for key, row in posted.items()
        if DELETE not in row
    ]
    new += [{**row, _id(formset): [""]} for row, change in gone if change.is_typed]
    _put(formset, kept, new, data)
    return [change for _, change in gone]


def _id(formset: Any) -> str:
    return str(formset.model._meta.pk.name)  # noqa: SLF001, Django's documented name


def _posted(formset: Any, data: QueryDict) -> tuple[dict[str, Row], list[Row]]:
    """Return what was posted: of rows that were there, by their keys; and of new ones."""
    rows: defaultdict[int, Row] = defaultdict(dict)
    for name, number, rest in _names(formset, data):
        rows[number][rest] = data.getlist(name)
    stored, new = {}, []
    for _, row in sorted(rows.items()):
        pk = "".join(row.get(_id(formset), []))
        if pk:
            stored[f"{formset.prefix}:{pk}"] = row
        else:
            new.append(row)
    return stored, new


def _names(formset: Any, data: QueryDict) -> Iterator[tuple[str, int, str]]:
    """Yield what was posted of the rows: the whole name, the row's number, and the rest.

    Rows of one model in several parts have prefixes that begin alike: "passages-2-0-title" is of
    the second part, "passages-2-title" of the third row of the first.
    """
    for name in list(data):
        number, _, rest = name.removeprefix(f"{formset.prefix}-").partition("-")
        is_of_row = number.isdecimal() and "-" not in rest and rest not in MANAGEMENT
        if name.startswith(f"{formset.prefix}-") and is_of_row:
            yield name, int(number), rest


def _row_of(formset: Any, part: Shown) -> Row:
    """Return what would be posted of a row that is stored."""
    row = {
        f"{name}{behind}": texts
        for name, value in part.state().items()
        for behind, texts in value.items()
    }
    return {**row, _id(formset): [str(part.form.instance.pk)]}  # type: ignore[attr-defined]


def _put(formset: Any, kept: list[Row], new: list[Row], data: QueryDict) -> None:
    """Number the rows anew, those that are stored first."""
    for name, _, _ in list(_names(formset, data)):
        del data[name]
    for number, row in enumerate([*kept, *new]):
        for rest, values in row.items():
            data.setlist(f"{formset.prefix}-{number}-{rest}", values)
    data[f"{formset.prefix}-INITIAL_FORMS"] = str(len(kept))
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(kept) + len(new))


def _change(formset: Any, before: dict[str, Posted] | None, row: Row) -> Change:
    """Say of a row that is gone what it was, and what was typed into it."""
    empty, data = formset.empty_form, QueryDict(mutable=True)
    for rest, values in row.items():
        data.setlist(f"{empty.prefix}-{rest}", values)
    if before is None:
        before = {bound.name: {} for bound in Shown("", empty).fields()}
    fields = [empty[name] for name in before]
    typed = {bound.name: posted_values.typed(bound, data) for bound in fields}
    is_typed = any(
        not posted_values.are_alike(bound, before[bound.name], typed[bound.name])
        for bound in fields
    )
    was, wanted = excerpts(_words(fields, before), _words(fields, typed))
    label = capfirst(str(formset.model._meta.verbose_name))  # noqa: SLF001, documented
    return Change(label, was, REMOVED, wanted, is_typed)


def _words(fields: list[BoundField], values: dict[str, Posted]) -> str:
    said = (posted_values.in_words(bound.field, values[bound.name]) for bound in fields)
    return ", ".join(text for text in said if text != posted_values.EMPTY)
