"""A note that no key opens is one note: every page that shows its row says so, and works."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.db import transaction
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent
from bookings.notices import reminders
from encryption import rotation
from outbox import delivery
from outbox.models import OutgoingMail
from tests.clock import set_database_clock
from tests.encryption.raw import raw, spoil
from tests.factories import NOW, World, book
from tests.kicks import test_questions as questions
from tests.kicks.everything import fill
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = "can’t be read: its key is missing"


def spoil_everything() -> dict[tuple[type[Model], Any, str], str]:
    """Let no key open any sealed column of any row; return what is stored now."""
    stored = {}
    for model, columns in rotation.sealed_columns().items():
        for row in model._base_manager.all():
            for column in columns:
                name = column.field.attname
                stored[model, row.pk, name] = spoil(row, name)
    return stored


def test_every_page_works_though_nothing_sealed_can_be_read(world: World) -> None:
    shown = fill(world, 2)
    stored = spoil_everything()
    assert len(stored) > 10
    wrong = []
    for name, _, browser, path in (*questions.client_pages(shown), *questions.owner_pages(shown)):
        with transaction.atomic():
            response = browser.get(path)
            transaction.set_rollback(True)
        if response.status_code != questions.status_of(name):
            wrong.append(f"{name}: {response.status_code}")
    assert wrong == []


@pytest.fixture
def booking(world: World) -> Booking:
    """One of whose note nothing can be read, nor of the reasons in its history."""
    made = book(world, NOW + 4 * DAY + timedelta(hours=1), note="I sleep badly")
    made.events.create(at=NOW, actor="client", action="moved", sequence=0, reason="Ill")
    spoil(made, "note")
    for line in made.events.exclude(reason=""):
        spoil(line, "reason")
    return Booking.objects.get(pk=made.pk)


def test_the_page_of_a_booking_says_what_cant_be_read_and_shows_the_rest(
    booking: Booking,
) -> None:
    page = signed_in(booking.therapist).get(
        reverse("admin:bookings_booking_change", args=[booking.pk])
    )
    said = page.content.decode()
    assert f"This note {WORDS}" in said
    assert f"This reason {WORDS}" in said
    assert booking.reference in said
    assert "gAAAA" not in said


def test_the_page_of_a_mail_says_that_its_words_cant_be_read(
    admin_client: Browser, booking: Booking
) -> None:
    mail = OutgoingMail.objects.earliest("pk")
    spoil(mail, "text", "html")
    page = admin_client.get(reverse("admin:outbox_outgoingmail_change", args=[mail.pk]))
    assert f"This text {WORDS}" in page.content.decode()
    delivery.send_due()
    row = admin_client.get(reverse("admin:outbox_outgoingmail_changelist")).content.decode()
    assert "UndecipherableError: its key is missing" in row


def test_a_list_reads_no_sealed_column(
    admin_client: Browser, booking: Booking, django_assert_num_queries: Any
) -> None:
    for name in ("bookings_booking", "outbox_outgoingmail"):
        page = admin_client.get(reverse(f"admin:{name}_changelist"))
        rows = list(page.context["cl"].result_list)
        assert rows
        for row in rows:
            assert row.get_deferred_fields() >= {
                column.field.attname for column in rotation.sealed_columns()[type(row)]
            }


@pytest.mark.parametrize(
    "query", ["note=I+sleep", "note__startswith=v2", "note__in=a,b", "events__reason=Ill"]
)
def test_nobody_searches_a_list_by_what_is_sealed(
    admin_client: Browser, booking: Booking, query: str
) -> None:
    address = f"{reverse('admin:bookings_booking_changelist')}?{query}"
    answer = admin_client.get(address)
    assert answer.status_code in (302, 400)
    assert booking.reference not in answer.content.decode()


def test_a_mail_whose_words_cant_be_read_is_put_in_line_again(
    admin_client: Browser, booking: Booking
) -> None:
    mail = OutgoingMail.objects.earliest("pk")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.FAILED)
    spoil(mail, "text", "html")
    action = {"action": "send_again", "_selected_action": [mail.pk]}
    listed = reverse("admin:outbox_outgoingmail_changelist")
    assert admin_client.post(listed, action).status_code == 302
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.PENDING


def test_a_booking_whose_note_cant_be_read_is_moved_and_cancelled(
    booking: Booking, world: World
) -> None:
    stored = raw(booking, "note")
    to = Change(booking.start + 3 * DAY, booking.format, booking.place, booking.sequence)
    moved = lifecycle.reschedule(booking.pk, to, by=By.client(), now=NOW, reason="Ill again")
    assert moved.start == to.start
    lifecycle.cancel(booking.pk, by=By.client(), now=NOW, reason="Ill again")
    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert {"therapist_moved", "therapist_cancelled"} <= {*kinds}
    assert raw(booking, "note") == stored


def test_a_booking_whose_note_cant_be_read_is_reminded_of(world: World) -> None:
    found = book(world, NOW + 7 * DAY + timedelta(hours=1), note="I sleep badly")
    spoil(found, "note")
    set_database_clock(found.start - DAY)
    assert reminders.queue_due() == 1


def test_what_can_be_exported_says_in_words_what_cant_be_read(booking: Booking) -> None:
    said = serialize("json", [booking, *booking.events.all()], ensure_ascii=False)
    assert said.count(WORDS) == 2
    assert booking.reference in said


def test_a_booking_is_deleted_with_what_cant_be_read(booking: Booking) -> None:
    booking.delete()
    assert not BookingEvent.objects.exists()


def test_every_sealed_column_has_an_id_to_be_sealed_for() -> None:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field in [one.field for one in rotation.sealed_columns().get(model, [])]:
                assert field.check() == []  # type: ignore[union-attr]
