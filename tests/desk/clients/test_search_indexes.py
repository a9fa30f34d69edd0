"""A search of the desk is answered by indexes: an expression that drifts from its index is seen."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from bookings.models import Booking
from clients.models import Client
from desk import search_terms
from desk.bookings.bookings import ON_CARD, TYPED

TABLES = [(Client.objects, ON_CARD, 3), (Booking.objects, TYPED, 4)]


def plan(rows: QuerySet[Any]) -> str:
    """How Postgres would go about it if there were many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


@pytest.mark.parametrize(
    ("word", "is_number"), [("okafor", False), ("Łukasz", False), ("07700 900123", True)]
)
@pytest.mark.usefixtures("db")
def test_no_search_reads_a_whole_table(word: str, *, is_number: bool) -> None:
    """What is no number is looked for in no numbers."""
    for rows, fields, count in TABLES:
        said = plan(rows.filter(search_terms.any_of(fields, word)).order_by())
        assert said.count(" on client_") + said.count(" on booking_") == count - (not is_number)
        assert "Seq Scan" not in said
