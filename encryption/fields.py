"""A text column that is sealed at rest, each value for its own row and column.

There is no path by which plain text reaches the column, or ciphertext a page. A value is opened
when somebody reads it, not with its row: a list that shows no notes opens none, and one note that
no key opens is one note, not a page that fails. Where it can't be opened it reads as words that say
so, which no save writes over what is stored.
"""

import logging
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from encryption.sealing import (
    ForeignError,
    NotSealedError,
    UndecipherableError,
    is_current,
    seal,
    unseal,
)

__all__ = (
    "EncryptedTextField",
    "NotOfARowError",
    "Sealed",
    "UndecipherableError",
    "Unreadable",
    "column_of",
    "readable",
    "seal",
    "unseal",
)

log = logging.getLogger(__name__)
MISSING_KEY = (
    "This {} can’t be read: its key is missing. It is kept as it is, and shows again once whoever "
    "looks after Kicks has put the key back."
)
FOREIGN = (
    "This {} can’t be read: it isn’t what was stored here. It was changed, or comes from another "
    "row. It is kept as it is: ask whoever looks after Kicks."
)

NOT_SEALED = (
    "This {} can’t be read: what is stored here was never sealed, so nobody wrote it in Kicks. It "
    "is kept as it is, and no key will open it: ask whoever looks after Kicks."
)
WORDS: dict[type[UndecipherableError], str] = {
    UndecipherableError: MISSING_KEY,
    ForeignError: FOREIGN,
    NotSealedError: NOT_SEALED,
}

LOOKUPS = ("exact", "in", "isnull")

# Django's fields are generic for the type checker only.
if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class NotOfARowError(TypeError):
    """A text was to reach a sealed column without its row, for which alone it can be sealed."""


class Sealed:
    """What is stored in a sealed column, unopened: `values()` returns it, which knows no row.

    It shows neither text nor ciphertext, and is true: an empty text is never sealed.
    """

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __eq__(self, other: object) -> bool:
        """Whether the same is stored: two that read alike, sealed apart, are not equal."""
        return isinstance(other, Sealed) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        return "(sealed: it opens with its whole row)"

    __repr__ = __str__


class Unreadable(str):  # noqa: SLOT000, it carries what is stored
    """Words in place of a text that can't be opened; saving its row keeps what is stored."""

    token: str
    place: str
    is_typed_over: bool

    @classmethod
    def at(cls, place: str, token: str, words: str) -> "Unreadable":
        """Return the words for what is stored at this place."""
        made = cls(words)
        made.token, made.place, made.is_typed_over = token, place, False
        return made

    def typed_over(self, text: Any) -> "Unreadable":
        """Return the same, knowing whether somebody typed another text in its stead."""
        made = Unreadable.at(self.place, self.token, self)
        made.is_typed_over = text != self
        return made


def column_of(model: type[models.Model], name: str) -> "EncryptedTextField":
    """Return a model's sealed column, for who reads it past the model."""
    return cast("EncryptedTextField", model._meta.get_field(name))


def readable(text: str) -> str:
    """Return a sealed column's text where it is more than shown. Raises `UndecipherableError`."""
    if isinstance(text, Unreadable):
        raise UndecipherableError
    return text


class SealedAttribute(DeferredAttribute):
    """Opens the value of a sealed column when somebody reads it, and keeps it with the row."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = self.stored(instance)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.shown(instance, value.token)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value

    def __delete__(self, instance: Any) -> None:
        """Forget it, so that it is read anew."""
        del instance.__dict__[self.field.attname]

    def stored(self, instance: Any) -> Any:
        """Return what the row has, unopened; read it if it was deferred."""
        name, known = self.field.attname, instance.__dict__
        if name not in known:
            # Not refresh_from_db(): it opens a copy of the row that has this column alone, and
            # would have to ask for the row's own id as well.
            rows = type(instance)._base_manager.using(instance._state.db)
            known[name] = rows.values_list(name, flat=True).get(pk=instance.pk)
        return known[name]


class EncryptedTextField(TextField):
    """Text that is sealed on its way into the database and opened where it is read.

    Each value is bound to its column and its row: to what the row's column `row` says, which must
    be there before the first write and stay for life (by default `uid`, a UUID that the row is born
    with). So one that is moved to another row or column doesn't open there; and only what writes a
    row can write it: `save`, `create`, `bulk_create`. `update` takes the empty text, and what was
    `sealed` for the one row that it writes; `bulk_update` refuses. A model or a column that gets
    another name leaves its values behind: write them anew.

    The empty string is stored as it is, so "was anything written?" needs no key. It cannot be
    searched.
    """

    descriptor_class: ClassVar[type[SealedAttribute]] = SealedAttribute

    def __init__(self, *args: Any, row: str = "uid", **options: Any) -> None:
        self.row = row
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        if self.row != "uid":
            options["row"] = self.row
        return name, path, args, options

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        return [*super().check(**options), *self._check_row()]

    def _check_row(self) -> list[checks.CheckMessage]:
        if self.row in {field.attname for field in self.model._meta.concrete_fields}:
            return []
        hint = "Add a UUIDField `uid` with default=uuid4, or name another column by `row`."
        missing = f"There is no column {self.row} to which its values could be bound."
        return [checks.Error(missing, hint=hint, obj=self, id="encryption.E001")]

    def place(self, instance: models.Model) -> str:
        """Return where a row's value belongs: the model, the column, and the row's own id."""
        column: Any = self.model._meta.get_field(self.row)
        row = column.to_python(getattr(instance, self.row))
        if not row:
            raise NotOfARowError(f"{self} of a row without {self.row}")
        return self.place_of(row)

    def place_of(self, row: object) -> str:
        """Return the same, for whoever knows the row's id alone."""
        return "\0".join((self.model._meta.label_lower, self.attname, str(row)))

    def sealed(self, text: str, row: object) -> Sealed | str:
        """Seal a text for the row of this id: for an `update` that is of that row alone."""
        return Sealed(seal(text, self.place_of(row))) if text else text

    def opened(self, instance: models.Model, token: str) -> str:
        """Open what is stored in this column of the row. Raises `UndecipherableError`."""
        return unseal(token, self.place(instance))

    def shown(self, instance: models.Model, token: str) -> str:
        """Open what is stored in this column of the row, or say in words why that can't be."""
        try:
            return self.opened(instance, token)
        except UndecipherableError as error:
            words = WORDS[type(error)]
            log.warning("%s of row %s can't be opened: %s", self, instance.pk, type(error).__name__)
            noun = self.name.replace("_", " ")
            return Unreadable.at(self.place(instance), token, words.format(noun))

    def from_db_value(self, value: str | None, *_: object) -> Sealed | str | None:
        """Leave it sealed: only the row knows how to open it."""
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001, Django's own
        """Seal for the row that is written; what nobody opened, or nobody can, stays as it is."""
        value = getattr(self.model, self.attname).stored(model_instance)
        if value in ("", None) or hasattr(value, "resolve_expression"):
            return value
        place = self.place(model_instance)
        if isinstance(value, Unreadable):
            if value.place != place:
                raise UndecipherableError
            return Sealed(value.token)
        if isinstance(value, Sealed):
            return _renewed(value, place, add=add)
        return Sealed(seal(str(value), place))

    def get_prep_value(self, value: Any) -> Any:
        """Let pass what is sealed, or empty; a text that comes without its row is refused."""
        if isinstance(value, Sealed):
            return value.token
        if value in ("", None):
            return value
        raise NotOfARowError(f"{self} is written with its row, and can't be searched")

    def get_lookup(self, lookup_name: str) -> Any:
        """Let a query ask whether anything is stored, and compare ciphertext; nothing else."""
        return super().get_lookup(lookup_name) if lookup_name in LOOKUPS else None

    def get_transform(self, lookup_name: str) -> None:
        """Let no query take a text to pieces."""

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Take what was typed, but not in place of what can't be read: see `validate`."""
        stands = getattr(instance, self.attname)
        if isinstance(stands, Unreadable):
            data = stands.typed_over(data)
        super().save_form_data(instance, data)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse to write over what can't be read: it may be read again."""
        super().validate(value, model_instance)
        if isinstance(value, Unreadable) and value.is_typed_over:
            raise ValidationError(f"{value} So nothing can be typed in its place.", code="sealed")


def _renewed(value: Sealed, place: str, *, add: bool) -> Sealed:
    """Return a value that nobody opened as it is, or sealed anew if it was with another key.

    So a row that was read before the keys were rotated, and is saved after, brings back no old
    value. A row that is added can't keep what doesn't open in it: that would lose it.
    """
    try:
        text = unseal(value.token, place)
    except UndecipherableError:
        if add:
            raise
        return value
    return value if is_current(value.token) else Sealed(seal(text, place))
