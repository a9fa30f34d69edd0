"""What is read of the database after a storm."""

from datetime import timedelta

from chaos import evidence
from chaos.truth import Kept
from tests.factories import NOW, World, book, force_booking

LATER = NOW + timedelta(days=2)


def test_bookings_that_lie_too_near_are_counted_and_those_at_the_gap_are_not(world: World) -> None:
    force_booking(world, LATER, minutes=30)
    force_booking(world, LATER + timedelta(minutes=45), minutes=30)
    force_booking(world, LATER + timedelta(minutes=85), minutes=30, status="cancelled")
    assert [evidence.overlaps(gap) for gap in (0, 15, 16)] == [0, 0, 1]


def test_bookings_and_mails_are_told_as_people_remember_them(world: World) -> None:
    found = book(world, LATER)
    assert evidence.bookings() == {
        str(found.uid): Kept("2026-11-25T09:00", cancelled=False, sequence=0)
    }
    keys = sorted(mail.key for mail in evidence.mails())
    assert keys == [f"{found.uid}:0:confirmation", f"{found.uid}:0:therapist_new"]
