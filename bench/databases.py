"""The databases of a bench: short histories and long ones, and a group practice; copies of one."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg2
from django.db import connection

DATABASES = {"1k": "kicks_bench_1k", "1M": "kicks_bench_1m", "group": "kicks_bench_group"}
# As much sent mail behind them.
MAIL = {"1k": "kicks_bench_mail_1k", "1M": "kicks_bench_mail_1m"}
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
    link = psycopg2.connect(data)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    link.close()
    return rows


def use(database: str) -> None:
    """Leave the database, and turn to another one."""
    connection.close()
    connection.settings_dict["NAME"] = database


def write_in_halves(statement: str, facts: dict[str, Any]) -> None:
    """Execute a long statement about rows `first` to before `last`, both halves at once."""
    middle = (facts["first"] + facts["last"]) // 2
    halves = [{**facts, "last": middle}, {**facts, "first": middle}]
    with ThreadPoolExecutor(max_workers=len(halves)) as both:
        list(both.map(partial(write, statement), halves))


def write(statement: str, facts: dict[str, Any]) -> None:
    """Execute a long statement on a connection of its own, so that two may run at once."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute(statement, facts)
    connection.close()
