"""The clock of every test is decided: it stands still for Python and Postgres, or runs for both."""

import ast
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.utils import timezone

from clients.models import Client
from outbox.models import Sweep
from tests.clock import FUNCTIONS, Clock
from tests.conftest import IN_REAL_TIME
from tests.factories import NOW, World, force_booking, make_client
from tests.races.together import together

TESTS = Path(__file__).parent
MINUTE = timedelta(minutes=1)


def shown_by_postgres() -> set[datetime]:
    """Ask each of its functions, and what Django and a column's default make of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"{name}()" for name in FUNCTIONS))
        shown = set(cursor.fetchone())
    new = Client.objects.create(email="new@example.com", mailbox="new", created_at=timezone.now())
    new.refresh_from_db()  # its `reminders_from` is the column's default
    shown |= {new.reminders_from, *Client.objects.values_list(Now(), flat=True)}
    new.delete()
    return shown


def test_it_stands_still_for_python_and_postgres_until_it_is_moved_for_both(
    world: World, clock: Clock
) -> None:
    make_client()
    assert {timezone.now()} == shown_by_postgres() == {NOW}
    clock.shift(MINUTE)
    assert {timezone.now()} == shown_by_postgres() == {NOW + MINUTE}


def test_another_connection_shows_the_same(transactional_db: None, clock: Clock) -> None:
    clock.shift(MINUTE)

    def look() -> set[datetime]:
        try:
            return shown_by_postgres()
        finally:
            connections.close_all()

    assert together([look]) == [{NOW + MINUTE}]


@pytest.mark.real_time
def test_in_real_time_both_show_the_same_and_so_does_what_the_factories_make(
    world: World,
) -> None:
    found = force_booking(world, timezone.now())
    Sweep.objects.create(by=Sweep.By.SWEEPER, at=Now())
    made = [found.created_at, found.client.created_at, Sweep.objects.get().at]
    for moment in {*shown_by_postgres(), *made}:
        assert abs(moment - timezone.now()) < MINUTE


# --- no test mixes the two


def parts_in_real_time(tree: ast.Module) -> Iterator[ast.AST]:
    """Return the module, or the tests of it, that are marked so."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and _says_so(node.value):
            yield tree
        if isinstance(node, ast.FunctionDef) and any(map(_says_so, node.decorator_list)):
            yield node


def _says_so(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr in IN_REAL_TIME for n in ast.walk(node))


def dates_in(part: ast.AST) -> set[str]:
    """Return what names a day of the calendar: NOW, and a date or moment that is written out."""
    names = {n.id for n in ast.walk(part) if isinstance(n, ast.Name)} & {"NOW"}
    calls = [n for n in ast.walk(part) if isinstance(n, ast.Call) and n.args]
    written = {
        ast.unparse(n)
        for n in calls
        if isinstance(n.func, ast.Name)
        and n.func.id in {"date", "datetime"}
        and isinstance(n.args[0], ast.Constant)
    }
    return names | written


def test_what_lives_in_real_time_names_no_day() -> None:
    named = {
        f"{path.relative_to(TESTS)}: {' '.join(sorted(dates))}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for part in parts_in_real_time(ast.parse(path.read_text()))
        if (dates := dates_in(part))
    }
    assert named == set()


def test_a_day_that_is_named_is_found() -> None:
    """The control, of a module and of one test."""
    module = ast.parse("pytestmark = [pytest.mark.flow]\nSTART = NOW + timedelta(1)")
    marked = ast.parse("@pytest.mark.real_time\ndef test_x():\n    book(date(2026, 1, 1))")
    found = [dates_in(part) for tree in (module, marked) for part in parts_in_real_time(tree)]
    assert found == [{"NOW"}, {"date(2026, 1, 1)"}]
