"""Sealed columns as the database has them, behind the back of the fields."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection
from django.db.models import Model


def raw(row: Model, column: str) -> str:
    """Return what is stored."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608, names
        [value] = cursor.fetchone()
    assert isinstance(value, str)
    return value


def put(row: Model, column: str, value: str) -> None:
    """Store something else, as somebody would who writes to the database by hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s",  # noqa: S608, names
            [value, row.pk],
        )


def spoil(row: Model, *columns: str) -> str:
    """Let no key open these columns of a row; return what is stored in them now."""
    token = Fernet(Fernet.generate_key()).encrypt(b"canary").decode()
    for column in columns:
        put(row, column, token)
    return token


def by_fernet(text: str, key: Any = None) -> str:
    """Return a text as the release before sealed it."""
    return Fernet(key or settings.FIELD_KEYS[0]).encrypt(text.encode()).decode()
