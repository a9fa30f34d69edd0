"""A kept connection is checked without a round trip, and a dead one is still found out."""

from collections.abc import Iterator

import pytest
from django.db import close_old_connections, connection, connections
from pytest_django import DjangoAssertNumQueries

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
