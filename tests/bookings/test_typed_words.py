"""What bookings and cards from before say, once the columns are there."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from bookings.models import Booking
from clients.models import Client
from tests.factories import NOW, World, force_booking, make_client

filled = import_module("bookings.migrations.0021_what_was_typed_filled")
mailboxes = import_module("clients.migrations.0008_one_mailbox")
DAY = timedelta(days=1)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("facts", "days", "proven"),
    [
        ({}, -1, True),
        ({"status": "cancelled"}, -1, False),
        ({"attendance": "no_show"}, -1, False),
        ({}, 1, False),
    ],
    ids=["met", "cancelled", "missed", "to come"],
)
def test_who_was_met_before_counts_as_proven_and_the_others_bookings_wait(
    world: World, facts: dict[str, str], days: int, *, proven: bool
) -> None:
    sam = make_client(name="Sam Okafor", email="sam@example.com", phone="07700 900123")
    found = force_booking(world, NOW + days * DAY, client=sam, **facts)
    run(filled.FILL)
    sam.refresh_from_db()
    found.refresh_from_db()
    assert (sam.is_proven, found.is_proven) == (proven, proven)
    said = (found.contact_name, found.contact_email, found.contact_phone)
    assert said == ("Sam Okafor", "sam@example.com", "07700 900123")


def test_who_was_accepted_counts_as_proven_since_then(world: World) -> None:
    sam = make_client(accepted_at=NOW - DAY)
    run(filled.FILL)
    sam.refresh_from_db()
    assert sam.proven_at == NOW - DAY


def test_what_a_new_release_wrote_meanwhile_stays(world: World) -> None:
    found = force_booking(world, NOW + DAY, contact_name="As typed")
    run(filled.FILL)
    assert Booking.objects.get(pk=found.pk).contact_name == "As typed"


@pytest.mark.django_db
def test_the_mailboxes_of_gmail_are_one_after_the_migration_and_as_before_when_it_is_reversed() -> (
    None
):
    emails = ("S.am+x@gmail.com", "sam@googlemail.com", "s.am@example.com", "+x@example.com")
    for email in emails:
        make_client(email=email)
    after = list(Client.objects.order_by("pk").values_list("mailbox", flat=True))
    assert after == ["sam@gmail.com", "sam@gmail.com", "s.am@example.com", "+x@example.com"]
    run(mailboxes.BACK)
    before = list(Client.objects.order_by("pk").values_list("mailbox", flat=True))
    assert before == ["s.am@gmail.com", "sam@googlemail.com", "s.am@example.com", "@example.com"]
    run(mailboxes.ANEW)
    assert list(Client.objects.order_by("pk").values_list("mailbox", flat=True)) == after
