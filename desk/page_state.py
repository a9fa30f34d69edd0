"""What stood on the page of a form when it was made, and what is different once it is posted.

A page carries it signed in a hidden field (`STATE`): field by field, of the row and of the rows
below it. Only what the page shows to be changed is carried, so nothing else is ever in the way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.forms import BaseForm, BoundField
from django.forms.models import BaseModelForm, InlineForeignKeyField
from django.http import QueryDict
from django.utils.text import capfirst

from desk import posted_values
from desk.posted_values import Posted

STATE = "_as_opened"
SALT = "desk.page_state"
REMOVED = "Removed"
# A long text is shown from a little before where it begins to differ.
LONGEST, BEFORE = 400, 60

State = dict[str, dict[str, Posted]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as it shows a row that is stored: `key` names the row on this page, for good."""

    key: str
    form: BaseForm

    @property
    def label(self) -> str:
        """What a row below the form is called; nothing for the form's own."""
        return str(self.form.instance) if self.key else ""  # type: ignore[attr-defined]

    @property
    def is_removed_by(self) -> str:
        """The name under which a page posts that this row goes."""
        return f"{self.form.prefix}-DELETE"

    def fields(self) -> Iterator[BoundField]:
        """Yield the fields that somebody can change."""
        for bound in self.form:
            if not bound.field.disabled and bound.name not in _structure(self.form):
                yield bound

    def state(self) -> dict[str, Posted]:
        """Return what each would post."""
        return {bound.name: posted_values.shown(bound) for bound in self.fields()}


def _structure(form: Any) -> set[str]:
    """Return the names of what ties a row to its page, and says nothing of it."""
    its_page = {
        name for name, field in form.fields.items() if isinstance(field, InlineForeignKeyField)
    }
    key = {form.instance._meta.pk.name} if isinstance(form, BaseModelForm) else set()  # noqa: SLF001, documented
    return {"DELETE", *key, *its_page}


@dataclass(frozen=True, slots=True)
class Change:
    """A field that is not any more as the page showed it, in words."""

    label: str
    was: str
    now: str
    typed: str
    # Whether somebody typed something else than the page had shown: that is kept in the form.
    is_typed: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says of the changes that others made, and the state that it carries on.

    `is_busy`: somebody is writing the row this moment. `is_unknown`: what the page had shown isn't
    said, or can't be read, so nobody knows what changed; then `changes` are all that saving would
    change of what stands.
    """

    state: str
    changes: Sequence[Change] = ()
    is_busy: bool = False
    is_unknown: bool = False


def signed(parts: Iterable[Shown], of: str) -> str:
    """Return what a page shows as it carries it; `of` names the page."""
    shown: State = {part.key: part.state() for part in parts}
    return signing.dumps(shown, salt=f"{SALT}:{of}", compress=True)


def opened(data: QueryDict, of: str) -> State | None:
    """Return what a page showed that is posted now; None if it says nothing that can be taken."""
    try:
        found: State = signing.loads(str(data.get(STATE, "")), salt=f"{SALT}:{of}")
    except signing.BadSignature:
        return None
    return found


def told(
    parts: Sequence[Shown], data: QueryDict, of: str, gone: Sequence[Change] = ()
) -> Told | None:
    """Return what changed since the page was made that is posted now; None if nothing did.

    `parts` are its forms as they would show now, and `gone` rows that are there no more. What
    others made of fields that nobody touched is put into `data`. A page that doesn't say what it
    showed is out of date: nothing is saved that nobody has held against what stands.
    """
    was = opened(data, of)
    if was is None:
        return Told(signed(parts, of), [*_unsaved(parts, data), *gone], is_unknown=True)
    changes = [*compare(was, parts, data), *gone]
    return Told(signed(parts, of), changes) if changes else None


def compare(was: State, parts: Sequence[Shown], data: QueryDict) -> list[Change]:
    """Return what changed in these forms since the page was made, and put it into `data`.

    Not what was typed: that stays. What was changed to the very same meanwhile is no change.
    """
    return [
        change
        for part in parts
        for bound in part.fields()
        if (change := _changed(part, bound, was.get(part.key, {}).get(bound.name), data))
    ]


def _changed(part: Shown, bound: BoundField, was: Posted | None, data: QueryDict) -> Change | None:
    now = posted_values.shown(bound)
    if was is None:
        # The page had no such field (a release brought it meanwhile), so nobody emptied it.
        posted_values.put(bound, now, data)
        return None
    if posted_values.are_alike(bound, was, now):
        return None
    typed = posted_values.typed(bound, data)
    is_gone = part.is_removed_by in data
    if posted_values.are_alike(bound, typed, now) and not is_gone:
        return None
    is_typed = is_gone or not posted_values.are_alike(bound, typed, was)
    if not is_typed:
        posted_values.put(bound, now, data)
    said = excerpts(*(_words(bound, value) for value in (was, now, typed)))
    words = REMOVED if is_gone else said[2]
    return Change(_label(part, bound), said[0], said[1], words, is_typed)


def _unsaved(parts: Iterable[Shown], data: QueryDict) -> Iterator[Change]:
    """Yield all that is typed otherwise than it stands, whatever the page had shown."""
    for part in parts:
        if part.is_removed_by in data:
            now = ", ".join(_words(bound, posted_values.shown(bound)) for bound in part.fields())
            yield Change(part.label, "", now, REMOVED, is_typed=True)
            continue
        for bound in part.fields():
            stands, typed = posted_values.shown(bound), posted_values.typed(bound, data)
            if not posted_values.are_alike(bound, stands, typed):
                now, wanted = excerpts(_words(bound, stands), _words(bound, typed))
                yield Change(_label(part, bound), "", now, wanted, is_typed=True)


def _words(bound: BoundField, value: Posted) -> str:
    return posted_values.in_words(bound.field, value)


def _label(part: Shown, bound: BoundField) -> str:
    return ": ".join(filter(None, (part.label, capfirst(str(bound.label)))))


def excerpts(*texts: str) -> list[str]:
    """Cut long texts to where they begin to differ."""
    if max(map(len, texts)) <= LONGEST:
        return list(texts)
    alike = next(
        (n for n, letters in enumerate(zip(*texts, strict=False)) if len({*letters}) > 1), 0
    )
    start = max(0, alike - BEFORE)
    return [_cut(text, start) for text in texts]


def _cut(text: str, start: int) -> str:
    end = start + LONGEST
    return f"{'… ' if start else ''}{text[start:end]}{' …' if text[end:] else ''}"
