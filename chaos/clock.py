"""The database's clock, to be set and hurried: the real one is left alone.

A schema that is searched before Postgres's own has functions of the same names. They tell the real
time, plus what the clock is `ahead`, plus what it has gained since it was told to run at a `pace`.
Django's `Now()` is STATEMENT_TIMESTAMP(), and SQL of our own says clock_timestamp().
"""

from django.db import connection

CLOCKS = {
    "statement_timestamp": "STABLE",
    "transaction_timestamp": "STABLE",
    "now": "STABLE",
    "clock_timestamp": "VOLATILE",
}
SCHEMA = """
CREATE SCHEMA drill;
CREATE TABLE drill.clock (ahead interval NOT NULL, pace float NOT NULL, since timestamptz NOT NULL);
INSERT INTO drill.clock VALUES ('0', 1, pg_catalog.now());
"""
FUNCTION = """
CREATE FUNCTION drill.{name}() RETURNS timestamptz LANGUAGE sql {kind} AS $$
    SELECT told + ahead + (told - since) * (pace - 1)
    FROM drill.clock, (SELECT pg_catalog.{name}() AS told) AS real
$$
"""
HURRY = """
UPDATE drill.clock SET ahead = ahead + (told - since) * (pace - 1), since = told, pace = %s
FROM (SELECT pg_catalog.clock_timestamp() AS told) AS real
"""
SHOW = "UPDATE drill.clock SET ahead = to_timestamp(%s) - since, pace = 0"


def install() -> None:
    """Give a database whose tables are made the other clock, right as yet."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        for function, kind in CLOCKS.items():
            cursor.execute(FUNCTION.format(name=function, kind=kind))
        cursor.execute(f"ALTER DATABASE {name} SET search_path = drill, pg_catalog, public")
    connection.close()  # whoever connects from now on looks there first


def hurry(pace: float) -> None:
    """Let it run so many times as fast as it should."""
    _execute(HURRY, pace)


def show(moment: int) -> None:
    """Let it show that moment, in epoch seconds, and stand still."""
    _execute(SHOW, moment)


def _execute(statement: str, argument: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [argument])
