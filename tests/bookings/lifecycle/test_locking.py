"""A diary that somebody else holds: the client is asked to try again, never shown an error."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from availability.models import TimeOff
from bookings.by import By
from bookings.lifecycle import cancel_repeats, lock_diary
from bookings.models import Booking
from outbox.models import OutgoingMail
from tests.desk.hours.test_leave import LEAVE
from tests.desk.hours.test_preview import address, stored
from tests.desk.tab import as_opened
from tests.factories import NOW, World, make_world
from tests.factories import book as make_booking
from tests.pages import book, carried, check_address, followed, press, rows, text_of

BUSY = "Many people are booking right now. Nothing is lost: try once more."
BUSY_AT_THE_DESK = "The diary is being written to just now. Nothing has changed: try once more."


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def impatient(world: World) -> Iterator[None]:
    """This connection waits a fifth of a second for a lock, instead of three."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    connection.close()


class Holder(threading.Thread):
    """Somebody who holds a therapist's diary until told to let go."""

    def __init__(self, therapist_id: int) -> None:
        super().__init__()
        self.therapist_id = therapist_id
        self.has_it, self.may_go = threading.Event(), threading.Event()

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            lock_diary(self.therapist_id, by=By.client())
            self.has_it.set()
            self.may_go.wait(20)
            cursor.execute("ROLLBACK")
        connection.close()

    def __enter__(self) -> None:
        self.start()
        assert self.has_it.wait(10)

    def __exit__(self, *_: object) -> None:
        self.may_go.set()
        self.join()


@pytest.mark.usefixtures("impatient")
def test_booking_in_a_diary_that_is_held_asks_to_try_once_more(
    client: Browser, world: World
) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    with Holder(world.therapist.pk):
        sent = client.post(path, shown)
    response = followed(client, sent)
    assert (response.status_code, BUSY in text_of(response)) == (422, True)
    assert not Booking.objects.exists()
    assert press(client, path).status_code == 302


@pytest.mark.usefixtures("impatient")
def test_cancelling_in_a_diary_that_is_held_asks_to_try_once_more(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    stored, sent = rows(), {"decision": "cancel", "reason": "I am ill", "seen": 0}
    with Holder(world.therapist.pk):
        posted = client.post(reverse("cancel", args=[found.uid]), sent)
    response = followed(client, posted)
    assert (response.status_code, BUSY in text_of(response)) == (422, True)
    assert "I am ill</textarea>" in text_of(response)
    assert rows() == stored
    assert client.post(reverse("cancel", args=[found.uid]), sent).status_code == 302
    found.refresh_from_db()
    assert found.is_cancelled


@pytest.mark.usefixtures("impatient")
def test_waiving_a_fee_in_a_diary_that_is_held_asks_to_try_once_more(
    admin_client: Browser, world: World
) -> None:
    found = book(admin_client, world)
    Booking.objects.update(late_fee=20)
    path = reverse("admin:bookings_booking_waive", args=[found.pk])
    with Holder(world.therapist.pk):
        response = admin_client.post(path, {"seen": "£20"}, follow=True)
    assert (response.status_code, BUSY_AT_THE_DESK in text_of(response)) == (200, True)
    assert not Booking.objects.get().fee_waived


@pytest.mark.usefixtures("impatient")
def test_another_therapists_diary_is_not_waited_for(client: Browser, world: World) -> None:
    with Holder(world.therapist.pk + 1):
        assert book(client, world).start - NOW == timedelta(days=1, hours=1)


@pytest.mark.usefixtures("impatient")
def test_telling_people_of_a_diary_that_is_held_asks_once_more(
    admin_client: Browser, world: World
) -> None:
    make_booking(world, NOW + timedelta(days=2))
    practice = world.therapist.practice
    practice.name = "Harbour Therapy"
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    posted = {**as_opened(admin_client, path), **stored(practice), "reminder_hours": "24, 2"}
    page = admin_client.post(path, {**posted, "_save": "1"})
    told = {**dict(page.context["kept"]), "_tell_seen": page.context["asked"].seen}
    with Holder(world.therapist.pk):
        again = admin_client.post(path, {**told, "_tell": "yes"})
    assert BUSY_AT_THE_DESK in text_of(again)
    practice.refresh_from_db()
    assert practice.name == "Kicks Therapy"


@pytest.mark.usefixtures("impatient")
def test_saving_a_place_while_its_diary_is_held_keeps_what_was_typed(
    admin_client: Browser, world: World
) -> None:
    place = world.place()
    opened = as_opened(admin_client, address(place))
    posted = {**opened, **stored(place, name="The quiet room")}
    with Holder(world.therapist.pk):
        page = admin_client.post(address(place), {**posted, "_save": "1"})
    assert (page.status_code, BUSY_AT_THE_DESK in text_of(page)) == (200, True)
    assert 'value="The quiet room"' in text_of(page)
    place.refresh_from_db()
    assert place.name == "Video room"
    assert admin_client.post(address(place), {**posted, "_save": "1"}).status_code == 302


@pytest.mark.usefixtures("impatient")
def test_entering_time_off_while_the_diary_is_held_saves_nothing(
    admin_client: Browser, world: World
) -> None:
    posted = {**LEAVE, "therapist": world.therapist.pk, "_save": "1"}
    with Holder(world.therapist.pk):
        page = admin_client.post(address(TimeOff), posted)
    assert (page.status_code, BUSY_AT_THE_DESK in text_of(page)) == (200, True)
    assert 'value="2026-11-25"' in text_of(page)
    assert not TimeOff.objects.exists()
    assert admin_client.post(address(TimeOff), posted).status_code == 302


@pytest.mark.usefixtures("impatient")
def test_deleting_time_off_while_the_diary_is_held_asks_once_more(
    admin_client: Browser, world: World
) -> None:
    admin_client.post(address(TimeOff), {**LEAVE, "therapist": world.therapist.pk, "_save": "1"})
    path = reverse("admin:availability_timeoff_delete", args=[TimeOff.objects.get().pk])
    with Holder(world.therapist.pk):
        page = admin_client.post(path, {"post": "yes"}, follow=True)
    assert BUSY_AT_THE_DESK in text_of(page)
    assert TimeOff.objects.exists()


@pytest.mark.usefixtures("impatient")
def test_an_address_that_waits_too_long_for_a_diary_is_not_changed(
    world: World, admin_client: Browser
) -> None:
    found = make_booking(world, NOW + timedelta(days=1, hours=1))
    Booking.objects.update(proven_at=NOW)
    path = reverse("admin:clients_client_change", args=[found.client_id])
    fields = {"name": "Sam", "email": "new@example.com", "consents-TOTAL_FORMS": "0"}
    fields |= as_opened(admin_client, path)
    with Holder(world.therapist.pk):
        page = admin_client.post(path, {**fields, "consents-INITIAL_FORMS": "0"}, follow=True)
    assert BUSY_AT_THE_DESK in text_of(page)
    found.client.refresh_from_db()
    assert found.client.email != "new@example.com"
    assert not OutgoingMail.objects.filter(kind="left_address").exists()


def test_a_second_consultation_is_let_go_at_the_next_sweep(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    found = make_booking(world, NOW + timedelta(days=2, hours=1))
    Booking.objects.update(release_at=NOW)
    with Holder(world.therapist.pk):
        assert cancel_repeats(NOW) == 0
    assert f"booking {found.pk} could not be let go: busy" in caplog.text
    assert cancel_repeats(NOW) == 1
