"""Doing things at the same moment, and taking a guard away to see what it is there for."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import TypeVar

from django.db import connection, connections, transaction
from django.db.models import Model
from django.utils import timezone

from availability.walltime import utc
from availability.window import bookable_span
from bookings import slots
from bookings.models import Booking
from chaos.machines import PATIENCE
from front.choice import Choice
from prose.dates import slot_value
from tests.clock import SEARCH_PATH

T = TypeVar("T")
CONSTRAINT = next(c for c in Booking._meta.constraints if c.name == "booking_one_at_a_time")


def together(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Make all calls at once, a thread each; return what each returned or raised, in order."""
    barrier = Barrier(len(calls), timeout=PATIENCE)

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            barrier.wait()
            return call()
        except Exception as error:  # noqa: BLE001, the test asks what it was
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def free_times(choice: Choice, count: int) -> list[str]:
    """Return the first free times as the pages write them."""
    now = timezone.now()
    span = bookable_span(choice.service, now)
    starts = slots.free_starts(choice.service, choice.format, span, now)[:count]
    assert len(starts) == count
    return [slot_value(utc(start)) for start in starts]


@contextmanager
def no_lock() -> Iterator[None]:
    """Let everybody pass the advisory lock: a function of its name stands before the real one.

    Without the lock they deadlock at the constraint, twenty in a row: Postgres looks for that at
    once and not after a second.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA open_door; CREATE FUNCTION open_door.pg_advisory_xact_lock(int, int)"
            " RETURNS void LANGUAGE sql AS"
            " $$ SELECT set_config('deadlock_timeout', '10ms', true) $$"
        )
    _search(f"open_door, {SEARCH_PATH}")
    try:
        yield
    finally:
        _search(SEARCH_PATH)
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA open_door CASCADE")


def _search(path: str) -> None:
    """Give every connection to this database the path; open ones are cut, and come back."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET search_path = {path}")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()


@contextmanager
def no_constraint() -> Iterator[None]:
    """Take the exclusion constraint away. What was booked meanwhile goes before it comes back."""
    with connection.schema_editor() as editor:
        editor.remove_constraint(Booking, CONSTRAINT)
    try:
        yield
    finally:
        Booking.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Booking, CONSTRAINT)


def somebody_waits() -> bool:
    """Whether a connection to this database stands at a lock that another holds."""
    with connection.cursor() as cursor:
        # Without this a transaction sees the activity as it was at its first look.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        # Of this database alone: the tests beside us have waiters of their own.
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def held(row: Model) -> Iterator[None]:
    """Let somebody else hold the row; whoever waits for it here is told after a moment."""
    taken, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            list(type(row)._base_manager.select_for_update().filter(pk=row.pk))
            taken.set()
            done.wait(PATIENCE)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        holding = pool.submit(hold)
        assert taken.wait(PATIENCE)
        cursor.execute("SET lock_timeout = '50ms'")
        try:
            yield
        finally:
            done.set()
            holding.result()
            cursor.execute("RESET lock_timeout")
