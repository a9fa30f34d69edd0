"""Sessions in the database: one statement a time, and its failing is not the visitor's.

Django looks whether a new key is taken, begins a transaction, writes and commits. Each of these is
a statement, and together they cost a page of a booking a tenth of all that it takes.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection
from django.utils.crypto import get_random_string

KEY_LENGTH = 32


class SessionStore(db.SessionStore):
    """Django's, but honest about a database that falls while the session is saved.

    Django takes whatever the database says for a session that has gone, and answers with the page
    for a bad request. After a press that booked, that page would say that nothing was booked.
    """

    def load(self) -> dict[str, Any]:
        """Return what is stored; of a session that has gone or is over nothing, and no key."""
        statement = (
            f"SELECT session_data FROM {self._table} WHERE session_key = %s AND expire_date > now()"  # noqa: S608
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found[0]))

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002, Django's own
        """Store it; raises `UpdateError` only where it has gone, `CreateError` if there is one."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Django’s own
        row = self.create_model_instance(data)
        columns = _columns(row)
        statement = self._insert(columns) if must_create else self._update(columns)
        with connection.cursor() as cursor:
            cursor.execute(statement, {**columns, "session_key": self.session_key})
            written = cursor.rowcount
        if not written:
            raise CreateError if must_create else UpdateError

    @property
    def _table(self) -> str:
        return str(self.model._meta.db_table)  # noqa: SLF001, Django's documented API

    def _insert(self, columns: dict[str, Any]) -> str:
        values = ", ".join(f"%({name})s" for name in columns)
        return (
            f"INSERT INTO {self._table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608, our own names
            " ON CONFLICT (session_key) DO NOTHING"
        )

    def _update(self, columns: dict[str, Any]) -> str:
        values = ", ".join(f"{name} = %({name})s" for name in columns)
        return f"UPDATE {self._table} SET {values} WHERE session_key = %(session_key)s"  # noqa: S608, the same

    def _get_new_session_key(self) -> str:
        """Return a key that nobody guesses. Should it be taken all the same, `create` notices."""
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)


def _columns(row: AbstractBaseSession) -> dict[str, Any]:
    """Return what the row has, by its columns' names, as the database takes it."""
    fields = row._meta.concrete_fields  # noqa: SLF001, Django's documented API
    values = ((f, getattr(row, f.attname)) for f in fields)
    return {str(f.column): f.get_db_prep_save(value, connection) for f, value in values}
