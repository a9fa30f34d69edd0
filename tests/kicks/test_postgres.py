"""A kept connection is checked without a round trip, and ends with its server or its thread."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection, connections
from pytest_django import DjangoAssertNumQueries

from chaos.machines import wait_until
from clients.models import Client


@pytest.fixture
def kept() -> Iterator[int]:
    """A connection that is kept between requests, and its process number in Postgres."""
    connection.ensure_connection()
    yield process_number()
    connection.close()


def process_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def is_open(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [number])
        return bool(cursor.rowcount)


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Nothing is freed but what nobody refers to."""
    gc.disable()
    yield
    gc.enable()


def end_from_outside(number: int) -> None:
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
        assert cursor.fetchone() == (True,)
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_living_connection_is_found_usable_without_asking(
    kept: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_the_next_request_after_the_server_ended_a_connection_gets_a_new_one(kept: int) -> None:
    end_from_outside(kept)
    assert not connection.is_usable()
    close_old_connections()  # what Django does when a request begins
    assert Client.objects.count() == 0
    assert process_number() != kept


@pytest.mark.django_db(transaction=True)
def test_a_closed_connection_is_not_usable(kept: int) -> None:
    assert connection.connection
    connection.connection.close()
    assert not connection.is_usable()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_collector")
def test_a_connection_ends_with_the_thread_that_opened_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        number = pool.submit(process_number).result()
        assert is_open(number)
    wait_until(lambda: not is_open(number))
