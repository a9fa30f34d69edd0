"""The clock of a test, of Python and Postgres alike: it stands still, or it is the real one.

Where a function's name is not qualified, the first schema of the path that has it decides: the
test database's own functions stand before Postgres's. They show the moment that the connection was
told, and untold the real time, which another day may stand for (`tests.todays`). CURRENT_TIMESTAMP
is no function and can be told nothing.
"""

import os
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper
from django.dispatch import receiver
from django.utils import timezone

SEARCH_PATH = "public, pg_catalog"
FUNCTIONS = {
    "statement_timestamp": "STABLE",
    "transaction_timestamp": "STABLE",
    "now": "STABLE",
    "clock_timestamp": "VOLATILE",
}
FUNCTION = """
CREATE OR REPLACE FUNCTION public.{name}() RETURNS timestamptz {kind} PARALLEL SAFE
    LANGUAGE sql AS $$ SELECT coalesce(
        nullif(current_setting('kicks.now', true), '')::timestamptz,
        pg_catalog.{name}()
            + coalesce(nullif(current_setting('kicks.ahead', true), ''), '0')::interval
    ) $$
"""
# The migrations bound these to Postgres's own.
DEFAULTS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_default LIKE '%statement_timestamp()'
"""
# What all processes of this run show more than the machine's clock: see `tests.todays`.
AHEAD = int(os.environ.get("KICKS_SECONDS_AHEAD", "0"))
_shown: dict[str, str] = {"moment": ""}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def move_to(self, moment: datetime) -> None:
        self._traveller.move_to(moment)
        set_database_clock(moment)

    def shift(self, by: timedelta) -> None:
        self.move_to(timezone.now() + by)


def set_database_clock(moment: datetime | None) -> None:
    """Show it on every connection of this process from now on; None is the real time."""
    _shown["moment"] = moment.isoformat() if moment else ""
    # No connection is opened for it: not every test may ask the database.
    if connection.connection is not None and not connection.connection.closed:
        _tell(connection.connection)


@receiver(connection_created)
def _tell_a_new_connection(*, connection: Any, **_: object) -> None:
    _tell(connection.connection)


def _tell(raw: Any) -> None:
    with raw.cursor() as cursor:
        cursor.execute("SELECT set_config('kicks.now', %s, false)", [_shown["moment"]])


def install_database_clock() -> None:
    """Give the test database its own functions, for every connection of every process."""
    with connection.cursor() as cursor:
        for name, kind in FUNCTIONS.items():
            cursor.execute(FUNCTION.format(name=name, kind=kind))
        _set_for_all(cursor, "search_path", SEARCH_PATH)
        _set_for_all(cursor, "kicks.ahead", f"'{AHEAD} s'")
        cursor.execute(DEFAULTS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT statement_timestamp()"
            )


def _set_for_all(cursor: CursorWrapper, name: str, value: str) -> None:
    """Set it for this connection and for each that is opened later."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    cursor.execute(f"ALTER DATABASE {database} SET {name} = {value}; SET {name} = {value}")
