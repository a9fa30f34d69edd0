"""Keys are rotated while the site is up: nothing is lost, and what is left is named."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from bookings.models import Booking, BookingEvent
from bookings.notices import link_requests
from bookings.typed_words import WISHES
from clients.models import LinkRequest
from encryption import rotation
from encryption.fields import EncryptedTextField
from encryption.sealing import first_key_id, is_current
from outbox import delivery
from staff.models import SecurityEvent
from tests.encryption.raw import by_fernet, put, raw, spoil
from tests.factories import NOW, World, force_booking
from tests.meanwhile import meanwhile
from tests.outbox.letters import queued
from tests.races.together import held

pytestmark = pytest.mark.django_db
NOTE = "I sleep badly"


def new_key() -> str:
    return Fernet.generate_key().decode()


def rotate(*args: str) -> str:
    """Run the command; return all that it says, also if it ends with status 1."""
    said = StringIO()
    try:
        call_command("rotate_keys", *args, stdout=said)
    except CommandError as left:
        return f"{said.getvalue()}Status {left.returncode}. {left}"
    return said.getvalue()


def noted(world: World, hours: int, note: str = NOTE) -> Booking:
    return force_booking(world, NOW.replace(hour=hours), note=note)


@pytest.fixture
def rows(world: World) -> list[tuple[Any, str]]:
    """A row of each table with a sealed column, two of bookings, sealed by a release before."""
    first, second = noted(world, 1), noted(world, 3)
    line = first.events.create(at=NOW, sequence=0, reason=NOTE)
    mail, asked = queued(text=NOTE, html=""), LinkRequest.objects.create(email=NOTE, asked_at=NOW)
    found = [(first, "note"), (second, "note"), (line, "reason"), (mail, "text"), (asked, "email")]
    for row, column in found:
        put(row, column, by_fernet(NOTE))
    return found


def test_every_sealed_column_of_every_app_is_found() -> None:
    names = {str(one) for found in rotation.sealed_columns().values() for one in found}
    assert names == {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    }
    assert {
        "bookings.booking.note",
        *(f"bookings.{model}.{name}" for model in ("booking", "pendingbooking") for name in WISHES),
        "bookings.bookingevent.reason",
        "clients.linkrequest.email",
    } < names
    assert "outbox.outgoingmail.unsubscribe_url" in names


def test_every_value_is_written_with_the_first_key_and_for_its_row(
    rows: list[tuple[Any, str]], settings: Settings
) -> None:
    new = new_key()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    said = rotate()
    assert "bookings.booking: 2 written anew, 2 under the first key" in said
    assert "Nothing is left" in said
    settings.FIELD_KEYS = [new]
    for row, column in rows:
        assert is_current(raw(row, column))
        assert getattr(type(row).objects.get(pk=row.pk), column) == NOTE


def test_it_can_be_run_twice(rows: list[tuple[Any, str]]) -> None:
    rotate()
    stored = [raw(*one) for one in rows]
    assert "bookings.booking: 0 written anew, 2 under the first key" in rotate()
    assert [raw(*one) for one in rows] == stored


def test_what_no_key_opens_is_left_as_it_is_and_named_by_its_id_alone(
    rows: list[tuple[Any, str]],
) -> None:
    (first, _), (second, _), (line, _), *_ = rows
    lost = spoil(first, "note")
    put(line, "reason", raw(second, "note").replace("g", "h", 1))
    said = rotate()
    assert f"bookings.booking.note: {first.pk} (no key opens it: keep the old keys" in said
    assert f"bookings.bookingevent.reason: {line.pk} (" in said
    assert "Status 1. Left" in said
    assert "Nothing is left" not in said
    assert NOTE not in said
    assert lost not in said
    assert raw(first, "note") == lost
    assert is_current(raw(second, "note"))


def test_what_was_moved_from_another_row_is_named(world: World) -> None:
    mine, other = noted(world, 1), noted(world, 3)
    put(other, "note", raw(mine, "note"))
    assert f"bookings.booking.note: {other.pk} (its key is here: it was changed" in rotate()


GARBAGE = ["plain words", "v2.", "v2.nonsense.AAAA", "gAAAAABnonsense", "\N{SNOWMAN}", "gAAA" * 19]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_what_was_never_sealed_is_named_as_that(world: World, garbage: str) -> None:
    booking = noted(world, 1)
    put(booking, "note", garbage)
    said = rotate()
    assert f"bookings.booking.note: {booking.pk} (it was never sealed)" in said
    assert f"given up one by one: --forget bookings.booking:{booking.pk}:note" in said
    assert garbage not in said
    assert "was never sealed" in Booking.objects.get(pk=booking.pk).note


def test_what_is_left_is_told_apart_by_why(world: World) -> None:
    first, second, third = (noted(world, hour) for hour in (1, 3, 5))
    spoil(first, "note")
    put(second, "note", "plain words")
    put(third, "note", raw(noted(world, 7), "note"))
    lines = [line.strip() for line in rotate().splitlines() if "bookings.booking.note:" in line]
    starts = [f"bookings.booking.note: {one.pk} (" for one in (first, second, third)]
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=True)] == [True] * 3


# What is given up.


def type_in(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Somebody sits there and types these lines."""
    monkeypatch.setattr("sys.stdin", StringIO("".join(f"{line}\n" for line in words)))


def test_a_loss_that_somebody_accepts_is_left_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, kept = noted(world, 1), noted(world, 3)
    spoil(lost, "note")
    name = f"bookings.booking:{lost.pk}:note"
    type_in(monkeypatch, name)
    said = rotate("--forget", name)
    assert f"{name} is given up." in said
    assert "Nothing is left" in said
    assert raw(lost, "note") == ""
    assert Booking.objects.get(pk=kept.pk).note == NOTE
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", "about", "user_id")
    assert list(kinds) == [
        ("erased", f"booking:{lost.pk}:note", None),
        ("keys_rotated", f"key:{first_key_id()}", None),
    ]


@pytest.mark.parametrize("typed", [[], ["yes"], ["bookings.booking:1:note"]])
def test_nothing_is_given_up_that_nobody_confirmed(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: list[str]
) -> None:
    booking = noted(world, 1)
    lost = spoil(booking, "note")
    type_in(monkeypatch, *typed)
    assert "Nothing was given up." in rotate("--forget", f"bookings.booking:{booking.pk}:note")
    assert raw(booking, "note") == lost
    assert not SecurityEvent.objects.exists()


def test_several_losses_go_at_once_where_nobody_is_asked(rows: list[tuple[Any, str]]) -> None:
    names = []
    for row, column in rows:
        spoil(row, column)
        names += ["--forget", f"{row._meta.label_lower}:{row.pk}:{column}"]
    assert "Nothing is left" in rotate("--yes", *names)
    assert {raw(*one) for one in rows} == {""}
    assert SecurityEvent.objects.filter(kind="erased").count() == len(rows)


def test_what_can_be_read_is_not_given_up(world: World) -> None:
    booking = noted(world, 1)
    said = rotate("--yes", "--forget", f"bookings.booking:{booking.pk}:note")
    assert "can be read, so it isn’t lost" in said
    assert Booking.objects.get(pk=booking.pk).note == NOTE
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nonsense",
        "bookings.booking:1",
        "bookings.booking:1:price",
        "auth.user:1:password",
        "bookings.booking:x:note",
        "bookings.booking:999999999999999999999999:note",
        "bookings.booking:0:note",
    ],
)
def test_a_name_of_nothing_that_is_sealed_is_refused(world: World, name: str) -> None:
    assert f"Nothing is sealed under that name: {name}." in rotate("--yes", "--forget", name)
    assert not SecurityEvent.objects.exists()


def test_what_somebody_writes_meanwhile_is_not_given_up(world: World) -> None:
    booking = noted(world, 1)
    lost = spoil(booking, "note")
    name = f"bookings.booking:{booking.pk}:note"
    with meanwhile('UPDATE "bookings_booking"', lambda: put(booking, "note", by_fernet("Well"))):
        assert "is being written, or was just now" in rotate("--yes", "--forget", name)
    assert raw(booking, "note") == lost  # their words went with our transaction, as if at the end
    assert not SecurityEvent.objects.exists()


def test_of_an_empty_column_there_is_nothing_to_give_up(world: World) -> None:
    booking = noted(world, 1, note="")
    name = f"bookings.booking:{booking.pk}:note"
    assert "Nothing is sealed under that name" in rotate("--yes", "--forget", name)


def test_a_mail_whose_words_were_given_up_is_not_sent_without_them(mailoutbox: list[Any]) -> None:
    mail = queued(text=NOTE, html="")
    spoil(mail, "text")
    rotate("--yes", "--forget", f"outbox.outgoingmail:{mail.pk}:text")
    assert delivery.send_due() == 0
    mail.refresh_from_db()
    assert mail.last_error == "NoWordsError: what it said was given up"
    assert mailoutbox == []


def test_a_request_whose_address_was_given_up_is_over() -> None:
    asked = LinkRequest.objects.create(email=NOTE, asked_at=NOW)
    spoil(asked, "email")
    assert link_requests.answer() == 0
    rotate("--yes", "--forget", f"clients.linkrequest:{asked.pk}:email")
    assert link_requests.answer() == 1
    assert not LinkRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_loss_in_a_row_that_somebody_holds_is_for_another_time(world: World) -> None:
    booking = noted(world, 1)
    lost = spoil(booking, "note")
    with held(booking):
        said = rotate("--yes", "--forget", f"bookings.booking:{booking.pk}:note")
    assert "is being written, or was just now" in said
    assert raw(booking, "note") == lost


def test_many_rows_are_read_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for hour in range(5):
        put(noted(world, 2 * hour), "note", by_fernet(NOTE))
    assert "bookings.booking: 5 written anew, 5 under the first key" in rotate()


def test_the_owner_can_read_that_it_was_done() -> None:
    rotate()
    event = SecurityEvent.objects.get()
    assert (event.kind, event.about, event.user_id) == (
        SecurityEvent.Kind.KEYS_ROTATED,
        f"key:{first_key_id()}",
        None,
    )


def test_what_was_written_before_it_was_stopped_stands_and_is_written_down(
    rows: list[tuple[Any, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rotation._swapped
    written: list[bool] = []

    def stopped(*args: Any) -> bool:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(real(*args))
        return written[-1]

    monkeypatch.setattr(rotation, "_swapped", stopped)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert sum(is_current(raw(*one)) for one in rows) == 2
    assert SecurityEvent.objects.count() == 1
    monkeypatch.setattr(rotation, "_swapped", real)
    assert "Nothing is left" in rotate()
    assert all(is_current(raw(*one)) for one in rows)


# While the site is up.


def write(booking: Booking, note: str) -> None:
    """Write a note, as a page does that read the booking just now."""
    found = Booking.objects.get(pk=booking.pk)
    found.note = note
    found.save()


@pytest.mark.parametrize("note", ["I sleep well", ""])
def test_what_somebody_writes_meanwhile_is_kept(world: World, note: str) -> None:
    booking = noted(world, 1)
    put(booking, "note", by_fernet(NOTE))
    with meanwhile('UPDATE "bookings_booking"', lambda: write(booking, note)):
        assert "Nothing is left" in rotate()
    assert Booking.objects.get(pk=booking.pk).note == note


def test_a_row_that_goes_meanwhile_is_not_left(world: World) -> None:
    line = noted(world, 1).events.create(at=NOW, sequence=0, reason=NOTE)
    put(line, "reason", by_fernet(NOTE))
    with meanwhile('UPDATE "bookings_bookingevent"', BookingEvent.objects.all().delete):
        assert "Nothing is left" in rotate()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_left_and_holds_up_no_other(world: World) -> None:
    first, second = noted(world, 1), noted(world, 3)
    for row in (first, second):
        put(row, "note", by_fernet(NOTE))
    with held(first):
        said = rotate()
    assert f"bookings.booking: {first.pk} (somebody was writing it: run this once more)" in said
    assert is_current(raw(second, "note"))
    assert "Nothing is left" in rotate()
