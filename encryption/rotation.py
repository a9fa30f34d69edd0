"""Every sealed column of every app, written anew with the first key while the site is up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import OperationalError, models, transaction

from encryption.fields import EncryptedTextField, Sealed
from encryption.sealing import UndecipherableError, is_current, seal, unseal

# Rows read at once; each is written by a statement of its own, so that none is locked for longer.
BATCH = 200
# Whoever writes meanwhile writes with the first key: a second look finds little, a fifth nothing.
MOST_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column: like `bookings.booking.note`."""

    model: type[models.Model]
    field: EncryptedTextField

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field.attname}"


# Why a value can't be opened.
Why = type[UndecipherableError]


@dataclass(frozen=True, slots=True)
class Left:
    """Rows that are left, by their ids: in which column, and why; None: somebody wrote them."""

    where: str
    why: Why | None
    pks: Sequence[Any]


@dataclass(slots=True)
class Found:
    """What one look through a table found: how many values it wrote anew, and what is left.

    `unreadable` are the ids of the rows that can't be opened, by column and why; `busy` those of
    rows that somebody else was writing.
    """

    rewritten: int = 0
    current: int = 0
    unreadable: dict[tuple[str, Why], list[Any]] = field(default_factory=dict)
    busy: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Rotated:
    """What became of one table: `left` is empty where every value opens with the first key."""

    model: type[models.Model]
    rewritten: int = 0
    last: Found = field(default_factory=Found)

    @property
    def name(self) -> str:
        """Like "bookings.booking"."""
        return self.model._meta.label_lower

    @property
    def left(self) -> list[Left]:
        """The rows that are left: by column and why; those that are being written, by table."""
        unreadable = [Left(*where, pks) for where, pks in self.last.unreadable.items()]
        busy = [Left(self.name, None, self.last.busy)] if self.last.busy else []
        return [*unreadable, *busy]


def sealed_columns() -> dict[type[models.Model], list[Column]]:
    """Return the sealed columns of all apps, by the model that they stand in."""
    found: dict[type[models.Model], list[Column]] = {}
    for model in apps.get_models():
        for one in model._meta.local_concrete_fields:
            if isinstance(one, EncryptedTextField):
                found.setdefault(model, []).append(Column(model, one))
    return found


def rotate(model: type[models.Model], columns: Sequence[Column]) -> Iterator[Rotated]:
    """Write the sealed values of one table anew; yield how far it is after each look.

    It looks until a look finds nothing more to write: what somebody wrote behind the first is in
    the second. Stopped at any point, all that was written stands.
    """
    so_far = Rotated(model)
    for _ in range(MOST_LOOKS):
        so_far.last = _look(model, columns)
        so_far.rewritten += so_far.last.rewritten
        yield so_far
        if not so_far.last.rewritten and not so_far.last.busy:
            return


def _look(model: type[models.Model], columns: Sequence[Column]) -> Found:
    """Go through the table once, by primary key, and write what isn't current."""
    found, last = Found(), None
    while rows := _batch(model, columns, last):
        for pk, ids_and_values in rows:
            _renew(model, pk, ids_and_values, found)
        last = rows[-1][0]
    return found


Values = list[tuple[Column, str, str]]  # a column, the place of its value, and what is stored


def _batch(
    model: type[models.Model], columns: Sequence[Column], after: Any
) -> list[tuple[Any, Values]]:
    """Return the next rows: each one's id, and what is sealed in it. Nothing is locked."""
    rows = model._base_manager.order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    names = [name for one in columns for name in (one.field.row, one.field.attname)]
    return [(pk, _sealed(columns, rest)) for pk, *rest in rows.values_list("pk", *names)[:BATCH]]


def _sealed(columns: Sequence[Column], facts: Sequence[Any]) -> Values:
    """Return those of a row's columns that hold something sealed."""
    pairs = zip(columns, facts[::2], facts[1::2], strict=True)
    return [
        (column, column.field.place_of(row), value.token)
        for column, row, value in pairs
        if isinstance(value, Sealed)
    ]


def _renew(model: type[models.Model], pk: Any, values: Values, found: Found) -> None:
    """Seal anew what one row holds, if nobody writes it meanwhile: that is for a later look."""
    was: dict[str, Sealed] = {}
    new: dict[str, Sealed] = {}
    for column, place, token in values:
        try:
            text = unseal(token, place)
        except UndecipherableError as why:
            found.unreadable.setdefault((str(column), type(why)), []).append(pk)
            continue
        if is_current(token):
            found.current += 1
            continue
        was[column.field.attname], new[column.field.attname] = (
            Sealed(token),
            Sealed(seal(text, place)),
        )
    if not new:
        return
    if _swapped(model, pk, was, new):
        found.rewritten += len(new)
    else:
        found.busy.append(pk)


def _swapped(
    model: type[models.Model], pk: Any, was: dict[str, Sealed], new: dict[str, Sealed]
) -> bool:
    """Write `new` where `was` still stands, in one statement; whether that was so."""
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=pk, **was).update(**new))
    except OperationalError:  # somebody holds the row for longer than a statement may wait
        return False
