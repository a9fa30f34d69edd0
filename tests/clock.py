"""Postgres with a clock that shows what a test wants: nothing else knows the difference."""

from datetime import datetime

from django.db import connection

# Where a function's name is not qualified, the first schema of the path that has it decides. Only
# statement_timestamp() is Django's Now() and the clock of our own SQL.
CLOCK = """
CREATE SCHEMA IF NOT EXISTS clock;
CREATE OR REPLACE FUNCTION clock.statement_timestamp() RETURNS timestamptz STABLE
    LANGUAGE sql AS $$ SELECT {moment}::timestamptz $$;
SET LOCAL search_path = clock, pg_catalog, public
"""


def set_database_clock(moment: datetime) -> None:
    """Set it for the rest of the test, whose transaction takes it back."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(CLOCK.format(moment="%s"), [moment])
