"""What is written about a booking or a person is read again, in Python and in SQL."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection

from bookings.models import Booking
from bookings.notices import keys
from tests.factories import NOW, World, force_booking

UID = uuid.UUID("0d3c1b1e-52a9-4a6e-9d6c-2f1b8a7c9e10")


def test_the_booking_that_something_is_about_is_read_from_it() -> None:
    assert keys.booking_of(keys.about_booking(UID)) == UID


@pytest.mark.parametrize("about", [keys.about_client(7), "", str(UID)])
def test_what_is_about_something_else_names_no_booking(about: str) -> None:
    assert keys.booking_of(about) is None


def test_postgres_writes_what_it_is_about_in_the_same_words(world: World) -> None:
    found = force_booking(world, NOW)
    rows = Booking.objects.values_list(
        keys.abouts_of_bookings("uid"), keys.abouts_of_clients("client")
    )
    assert rows.get() == (keys.about_booking(found.uid), keys.about_client(found.client_id))


@pytest.mark.django_db
def test_postgres_writes_the_key_of_a_reminder_in_the_same_words() -> None:
    rows = "FROM (SELECT %s::uuid AS uid, 3 AS sequence) b, (SELECT 24 AS hours) due"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {keys.REMINDER_KEY} {rows}", [UID])
        assert cursor.fetchone() == (keys.reminder_key(UID, 3, 24),)
        cursor.execute(f"SELECT {keys.ABOUT_BOOKING} {rows}", [UID])
        assert cursor.fetchone() == (keys.about_booking(UID),)


def test_the_hours_of_a_reminder_are_read_from_its_key() -> None:
    assert keys.reminded_of(keys.reminder_key(UID, 3, 24)) == (str(UID), 24)


def test_the_keys_of_one_sequence_are_not_those_of_another() -> None:
    assert keys.mail_key(UID, 1, "moved").startswith(keys.keys_at(UID, 1))
    assert not keys.mail_key(UID, 11, "moved").startswith(keys.keys_at(UID, 1))


def test_the_outcome_of_a_follow_up_is_read_from_its_key() -> None:
    assert keys.outcome_of(keys.follow_up_key(UID, "think")) == "think"


def test_each_mail_of_several_bookings_has_a_key_of_its_own() -> None:
    assert keys.rearranged_key(7) != keys.rearranged_key(7)


def test_links_asked_for_at_another_moment_are_another_mail() -> None:
    moments = [datetime(2026, 11, 30, 9, 0, second, tzinfo=UTC) for second in (0, 1)]
    assert len({keys.links_key(7, moment) for moment in moments}) == 2
