"""A sealed value that nobody will ever open again: found by its name, and given up.

Until then it counts as left whenever keys are rotated, as a key that is missing may come back. To
give one up is a decision of a person; the column is emptied then, as if nothing had been written.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction

from encryption.fields import Sealed
from encryption.rotation import Column, sealed_columns
from encryption.sealing import UndecipherableError, unseal


class NoSuchValueError(Exception):
    """There is nothing sealed by that name."""


class ReadableError(Exception):
    """It opens, so it is not lost."""


@dataclass(frozen=True, slots=True)
class LostValue:
    """One value that can't be opened: where it stands, what is stored, and why it doesn't open."""

    column: Column
    pk: Any
    token: str
    why: UndecipherableError

    @property
    def name(self) -> str:
        """Like "bookings.booking:12:note"."""
        return f"{self.column.model._meta.label_lower}:{self.pk}:{self.column.field.attname}"

    @property
    def about(self) -> str:
        """What a security event says that it is about: "booking:12:note"."""
        return self.name.rpartition(".")[2]

    def give_up(self) -> bool:
        """Empty the column if the same is still stored there; whether that was so."""
        name = self.column.field.attname
        rows = self.column.model._base_manager.filter(pk=self.pk, **{name: Sealed(self.token)})
        try:
            with transaction.atomic():
                return bool(rows.update(**{name: ""}))
        except OperationalError:  # somebody holds the row for longer than a statement may wait
            return False


def find(name: str) -> LostValue:
    """Return what a name like "bookings.booking:12:note" stands for.

    Raises `NoSuchValueError`, and `ReadableError` for what isn't lost.
    """
    column, pk = _place(name)
    stored = column.model._base_manager.filter(pk=pk)
    facts = stored.values_list(column.field.row, column.field.attname).first()
    if facts is None or not isinstance(facts[1], Sealed):
        raise NoSuchValueError
    row, value = facts
    try:
        unseal(value.token, column.field.place_of(row))
    except UndecipherableError as why:
        return LostValue(column, pk, value.token, why)
    raise ReadableError


def _place(name: str) -> tuple[Column, Any]:
    label, _, rest = name.partition(":")
    row, _, attname = rest.rpartition(":")
    for model, columns in sealed_columns().items():
        for column in columns:
            if (model._meta.label_lower, column.field.attname) == (label, attname):
                return column, _key(column, row)
    raise NoSuchValueError


def _key(column: Column, row: str) -> Any:
    try:
        return column.model._meta.pk.to_python(row)
    except ValidationError:
        raise NoSuchValueError from None
