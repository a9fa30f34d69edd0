"""What counts as the victim's: all that another's hand must leave as it is, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from attack.addresses import NEVER, of_admin
from attack.practice import Practice, fill
from attack.rows import Rows
from availability.models import Practice as House
from availability.models import Therapist
from bookings.models import Booking
from clients.models import Client
from outbox.models import OutgoingMail
from tests.addresses import every_address
from tests.factories import make_article, make_off


@pytest.fixture
def practice(db: None) -> Practice:
    return fill()


def alter(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def leave(whose: Therapist) -> None:
    now = timezone.now()
    make_off(whose, now, now + timedelta(hours=1))


HARM: dict[str, Callable[[Practice], object]] = {
    "bookings.booking": lambda one: alter("UPDATE bookings_booking SET note = 'x'"),
    "clients.client": lambda one: Client.objects.update(phone="1"),
    "availability.timeoff": lambda one: leave(one.therapist),
    "availability.therapist": lambda one: Therapist.objects.update(is_active=False),
    "availability.therapist_assistants": lambda one: one.therapist.assistants.add(
        one.people["no role"]
    ),
    "availability.practice": lambda one: House.objects.update(name="Mine"),
    "outbox.outgoingmail": lambda one: OutgoingMail.objects.all().delete(),
    "auth.user": lambda one: User.objects.filter(username="norole").update(is_superuser=True),
    "staff.staffmember": lambda one: one.people["owner"].staff_member.delete(),
    "academy.article": lambda one: make_article(),
}


@pytest.mark.parametrize("model", HARM)
def test_harm_is_seen(practice: Practice, model: str) -> None:
    rows = Rows(practice.therapist)
    before = rows.stored()
    HARM[model](practice)
    assert model in {name for name, _ in before ^ rows.stored()}


def test_what_others_do_in_their_own_diary_is_none(practice: Practice) -> None:
    rows = Rows(practice.therapist)
    before, rival = rows.stored(), practice.rival.therapist
    leave(rival)
    rival.bookings.update(price=1)
    Client.objects.filter(bookings__therapist=rival).update(phone="1")
    assert rows.stored() == before


def test_every_address_of_admin_is_asked_with_the_victims_rows(practice: Practice) -> None:
    found, unfilled = of_admin(Rows(practice.therapist))
    assert unfilled == []
    names = {name for name, path in every_address() if path.startswith("/admin/")}
    assert {one.name for one in found} == names - {*NEVER}
    booking = Booking.objects.filter(therapist=practice.therapist).latest("pk")
    paths = {one.path for one in found}
    assert f"/admin/bookings/booking/{booking.pk}/cancel/" in paths
    assert f"/admin/bookings/booking/{booking.pk}/history/" in paths
