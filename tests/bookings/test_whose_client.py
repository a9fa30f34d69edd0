"""Whether a therapist meets somebody: asked of one card and of all says the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.whose_client import is_met, met_by
from clients.models import Client
from tests.factories import NOW, World, force_booking, make_client, make_world

pytestmark = pytest.mark.django_db
# Who has bookings with whom, and whether any was proven: (mine, mine proven, another's).
CASES = {
    "nobody's": ((0, 0, 0), False),
    "mine alone": ((1, 0, 0), True),
    "mine, and another's": ((1, 0, 1), False),
    "mine by their word, and another's": ((1, 1, 1), True),
    "another's": ((0, 0, 1), False),
}


@pytest.mark.parametrize("case", CASES)
def test_one_card_and_a_list_of_cards_say_the_same(case: str, world: World) -> None:
    (mine, proven, others), expected = CASES[case]
    client, other = make_client(), make_world()
    for n in range(mine):
        given = {"proven_at": NOW} if proven else {}
        force_booking(world, NOW + timedelta(days=n + 1), client=client, **given)
    for n in range(others):
        force_booking(other, NOW + timedelta(days=n + 1), client=client, proven_at=NOW)
    asked = [world.therapist.pk]
    assert is_met(client, asked) is expected
    assert met_by(Client.objects.filter(pk=client.pk), asked).exists() is expected
    both = [*asked, other.therapist.pk]
    assert is_met(client, both) is bool(mine or others)
    assert not is_met(client, [])


def test_of_all_bookings_it_reads_those_of_the_card_alone(world: World) -> None:
    client = make_client()
    with CaptureQueriesContext(connection) as asked:
        is_met(client, [world.therapist.pk])
    with connection.cursor() as cursor:
        # As if the table were long: of a handful of rows any plan is as good.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert f"client_id = {client.pk}" in plan
