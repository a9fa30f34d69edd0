"""The databases of a bench: a short history, a long one, and a group practice; copies of one."""

from typing import Any

import psycopg2

DATABASES = {"1k": "kicks_bench_1k", "1M": "kicks_bench_1m", "group": "kicks_bench_group"}
HISTORY = {"1k": 1_000, "1M": 1_000_000}


def named(data: str, name: str) -> str:
    """Return the address of another database of the same server."""
    address, mark, options = data.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def make_database(data: str, name: str, template: str) -> None:
    """Copy a database, in place of what a run that was killed left behind."""
    execute(data, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    execute(data, f"CREATE DATABASE {name} TEMPLATE {template}")


def execute(data: str, statement: str) -> list[Any]:
    """Run a statement outside a transaction and return its rows."""
    connection = psycopg2.connect(data)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows
