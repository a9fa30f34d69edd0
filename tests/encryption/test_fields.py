"""The sealed column: what it keeps, what it hides, for which row, and how it fails."""

import copy
import logging
import pickle
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from django.forms import modelform_factory
from django.test.utils import isolate_apps
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from bookings.models import Booking
from encryption.fields import (
    EncryptedTextField,
    NotOfARowError,
    Sealed,
    UndecipherableError,
    Unreadable,
    column_of,
    readable,
)
from encryption.sealing import is_current
from outbox.models import OutgoingMail
from tests.encryption.raw import by_fernet, put, raw, spoil
from tests.factories import NOW, World, force_booking
from tests.outbox.letters import queued

pytestmark = pytest.mark.django_db
MISSING = "can’t be read: its key is missing"
FOREIGN = "can’t be read: it isn’t what was stored here"


def new_key() -> str:
    return Fernet.generate_key().decode()


def again(row: models.Model) -> Any:
    """The row as the database has it."""
    return type(row)._default_manager.get(pk=row.pk)


def noted(world: World, hours: int = 0, note: str = "I sleep badly") -> Booking:
    return force_booking(world, NOW.replace(hour=hours), note=note)


def test_the_column_holds_ciphertext_and_the_object_the_text() -> None:
    mail = queued(text="I sleep badly")
    assert "sleep" not in raw(mail, "text")
    assert is_current(raw(mail, "text"))
    assert again(mail).text == "I sleep badly"


def test_the_empty_text_is_stored_as_it_is() -> None:
    mail = queued(html="")
    assert raw(mail, "html") == ""
    assert OutgoingMail.objects.filter(html="").get() == mail
    assert again(mail).html == ""


@pytest.mark.parametrize("value", ["\x00".join("ab"), "Zoë 😀\r\n", "v2.", " "])
def test_any_text_comes_back_as_it_was(value: str) -> None:
    assert again(queued(text=value)).text == value


# What can't be opened: words in its place, and nothing else is lost.


def test_a_value_that_no_key_opens_reads_as_words_and_the_row_with_it_is_whole(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    mail = queued(text="I sleep badly", html="")
    settings.FIELD_KEYS = [new_key()]
    found = again(mail)
    with caplog.at_level(logging.WARNING):
        assert found.text.startswith(f"This text {MISSING}")
    assert isinstance(found.text, Unreadable)
    assert (found.html, found.subject) == ("", mail.subject)
    [line] = [record.getMessage() for record in caplog.records]
    assert line == f"outbox.OutgoingMail.text of row {mail.pk} can't be opened: UndecipherableError"


def test_what_is_used_and_not_only_shown_raises_where_it_cant_be_read() -> None:
    mail = queued(text="I sleep badly")
    assert readable(again(mail).text) == "I sleep badly"
    spoil(mail, "text")
    with pytest.raises(UndecipherableError):
        readable(again(mail).text)


def test_saving_a_row_keeps_what_cant_be_read(world: World) -> None:
    booking = noted(world)
    stored = spoil(booking, "note")
    for is_looked_at in (False, True):
        found = again(booking)
        if is_looked_at:
            assert MISSING in found.note
            found.full_clean()
        found.save()
        assert raw(booking, "note") == stored


def test_a_copy_keeps_what_cant_be_read_and_gives_it_to_no_other_row(world: World) -> None:
    booking, other = noted(world), noted(world, hours=2)
    stored = spoil(booking, "note")
    found = again(booking)
    assert MISSING in found.note
    for made in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):  # noqa: S301, our own
        made.save()
        assert raw(booking, "note") == stored
    other.note = found.note
    with pytest.raises(UndecipherableError), transaction.atomic():
        other.save()
    assert again(other).note == "I sleep badly"


def test_a_form_keeps_what_cant_be_read_and_lets_nobody_write_over_it(world: World) -> None:
    booking = noted(world)
    stored = spoil(booking, "note")
    kind = modelform_factory(Booking, fields=["note", "price"])
    shown = kind(instance=again(booking)).initial["note"]
    assert MISSING in shown
    form = kind({"note": shown, "price": "12"}, instance=again(booking))
    form.save()
    assert (raw(booking, "note"), again(booking).price) == (stored, 12)
    for typed in ("something else", ""):
        form = kind({"note": typed, "price": "13"}, instance=again(booking))
        assert list(form.errors) == ["note"]
        assert "nothing can be typed in its place" in form.errors["note"][0]
    assert (raw(booking, "note"), again(booking).price) == (stored, 12)


def test_a_form_changes_what_can_be_read(world: World) -> None:
    booking = noted(world)
    kind = modelform_factory(Booking, fields=["note"])
    kind({"note": "I sleep well"}, instance=again(booking)).save()
    assert again(booking).note == "I sleep well"


# Its place.


def test_a_value_moved_to_another_row_doesnt_open_there(world: World) -> None:
    mine, other = noted(world), noted(world, hours=2, note="I dream")
    put(other, "note", raw(mine, "note"))
    assert FOREIGN in again(other).note
    assert again(mine).note == "I sleep badly"


def test_a_value_moved_to_another_column_doesnt_open_there(world: World) -> None:
    mail = queued(text="I sleep badly", html="<p>Hello</p>")
    put(mail, "html", raw(mail, "text"))
    assert FOREIGN in again(mail).html


def test_a_value_moved_to_another_table_doesnt_open_there(world: World) -> None:
    booking = noted(world)
    line = booking.events.create(at=NOW, sequence=0, reason="Ill")
    put(line, "uid", str(booking.uid))
    put(line, "reason", raw(booking, "note"))
    assert FOREIGN in again(line).reason


def test_a_row_has_its_id_before_it_is_written_and_the_database_gives_one_too(
    world: World,
) -> None:
    booking = noted(world)
    line = booking.events.create(at=NOW, sequence=0, reason="Ill")
    assert again(line).uid == line.uid
    with connection.cursor() as cursor:  # as a release before does
        cursor.execute(
            "INSERT INTO bookings_bookingevent (booking_id, at, actor, action, reason, sequence)"
            " VALUES (%s, now(), 'client', 'booked', '', 0) RETURNING uid",
            [booking.pk],
        )
        [given] = cursor.fetchone()
    assert given not in (None, line.uid)


def test_a_row_without_its_id_is_refused(world: World) -> None:
    booking = noted(world)
    booking.uid = None  # type: ignore[assignment]
    with pytest.raises(NotOfARowError):
        booking.save()


def test_an_id_that_is_not_read_yet_is_fetched(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    noted(world)
    with django_assert_num_queries(2):
        assert Booking.objects.only("note").get().note == "I sleep badly"
    with django_assert_num_queries(1):
        assert Booking.objects.only("note", "uid").get().note == "I sleep badly"


def test_a_sealed_column_of_a_model_without_an_id_fails_the_check() -> None:
    with isolate_apps("tests.encryption"):

        class Loose(models.Model):  # noqa: DJ008, nobody reads it
            note = EncryptedTextField()

            class Meta:
                app_label = "encryption"

        [error] = Loose._meta.get_field("note").check()
    assert error.id == "encryption.E001"
    assert Booking._meta.get_field("note").check() == []


# All the ways in.


@pytest.mark.parametrize("times", [1, 3])
def test_validating_and_saving_never_seals_twice(times: int) -> None:
    mail = queued(text="I sleep badly")
    for _ in range(times):
        mail.full_clean()
        mail.save()
        assert mail.text == "I sleep badly"
    assert again(mail).text == "I sleep badly"


def test_a_validation_that_failed_changes_nothing() -> None:
    mail = queued(text="I sleep badly")
    mail.to = ""
    with pytest.raises(ValidationError):
        mail.full_clean()
    mail.save()
    assert again(mail).text == "I sleep badly"


def test_whatever_writes_a_row_seals_for_it(world: World) -> None:
    mail = queued()
    mail.text = "by save"
    mail.save(update_fields=["text"])
    assert again(mail).text == "by save"
    OutgoingMail.objects.update_or_create(key=mail.key, defaults={"text": "by either"})
    assert again(mail).text == "by either"
    others = [copy.copy(again(mail)) for _ in range(3)]
    for n, other in enumerate(others):
        assert other.html  # opened for the row that it is of
        other.pk, other.key, other.text = None, f"other {n}", f"in bulk {n}"
        other.message_id = f"<{n}@kicks.example>"
    OutgoingMail.objects.bulk_create(others)
    assert [again(other).text for other in others] == ["in bulk 0", "in bulk 1", "in bulk 2"]
    line = noted(world).events.create(at=NOW, sequence=0, reason="Ill")
    assert again(line).reason == "Ill"


def test_what_doesnt_know_the_row_is_refused_and_the_empty_text_isnt() -> None:
    mail = queued(text="I sleep badly", html="<p>Hello</p>")
    mine = OutgoingMail.objects.filter(pk=mail.pk)
    with pytest.raises(NotOfARowError, match="written with its row"), transaction.atomic():
        mine.update(text="by update")
    mail.text = "in bulk"
    with pytest.raises(NotOfARowError), transaction.atomic():
        OutgoingMail.objects.bulk_update([mail], ["text"])
    assert again(mail).text == "I sleep badly"
    mine.update(html="")
    assert again(mail).html == ""
    mine.update(text=column_of(OutgoingMail, "text").sealed("by update", mail.key))
    assert again(mail).text == "by update"
    assert column_of(OutgoingMail, "text").sealed("", mail.key) == ""


def test_a_row_that_is_added_with_what_doesnt_open_in_it_is_refused() -> None:
    """A copy under another id, whose text nobody had read: its text would be lost."""
    other = again(queued(text="I sleep badly"))
    other.pk, other.key, other.message_id = None, "other", "<other@kicks.example>"
    with pytest.raises(UndecipherableError):
        other.save()


def test_the_databases_default_stands_where_nothing_is_given(world: World) -> None:
    mail = OutgoingMail.objects.create(key="x", message_id="<x@kicks.example>", due_at=NOW)
    assert again(mail).unsubscribe_url == ""


def test_the_text_cannot_be_searched() -> None:
    queued(text="I sleep badly")
    for asked in ({"text": "I sleep badly"}, {"text__in": ["I sleep badly"]}):
        with pytest.raises(NotOfARowError, match="can't be searched"):
            OutgoingMail.objects.filter(**asked)
    for lookup in ("contains", "startswith", "regex", "gt", "length", "length__gt"):
        with pytest.raises(FieldError):
            OutgoingMail.objects.filter(**{f"text__{lookup}": "1"})
    assert OutgoingMail.objects.exclude(text="").exists()
    assert not OutgoingMail.objects.filter(text__isnull=True).exists()


# All the ways out.


def test_what_doesnt_know_the_row_gets_it_sealed_and_shows_neither_text_nor_ciphertext(
    world: World,
) -> None:
    booking = noted(world)
    noted(world, hours=2, note="")
    value: Any
    [value, empty] = Booking.objects.order_by("during").values_list("note", flat=True)
    assert type(value) is Sealed
    assert (bool(value), empty) == (True, "")
    assert {value, Sealed(value.token)} == {value} != {Sealed("another")}
    assert value != value.token
    assert str(value) == repr(value) == "(sealed: it opens with its whole row)"
    assert Booking.objects.annotate(same=F("note")).values("same")[0]["same"].token == value.token
    column: Any = Booking._meta.get_field("note")
    assert column.opened(booking, value.token) == "I sleep badly"


def test_a_deferred_text_is_read_when_it_is_asked_for(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    noted(world)
    with django_assert_num_queries(2):
        booking = Booking.objects.defer("note").get()
        assert booking.get_deferred_fields() == {"note"}
        assert booking.note == booking.note == "I sleep badly"
    booking = Booking.objects.defer("note").get()
    with django_assert_num_queries(1):
        booking.save()  # leaves it alone
    booking = Booking.objects.defer("note").get()
    with django_assert_num_queries(2):
        booking.save(update_fields=["note"])
    assert again(booking).note == "I sleep badly"


def test_a_row_is_read_anew(world: World) -> None:
    booking = noted(world)
    other = again(booking)
    other.note = "I sleep well"
    other.save()
    booking.refresh_from_db()
    assert booking.note == "I sleep well"
    other.note = "I dream"
    other.save()
    booking.refresh_from_db(fields=["note"])
    assert booking.note == "I dream"
    del booking.note
    assert booking.note == "I dream"


def test_rows_that_nobody_reads_are_not_opened(
    world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    noted(world)
    settings.FIELD_KEYS = [new_key()]
    with caplog.at_level(logging.WARNING):
        assert [str(one) for one in Booking.objects.all()]
    assert not caplog.records


# Keys.


def test_a_row_that_is_saved_is_sealed_with_the_first_key(world: World, settings: Settings) -> None:
    """So that one that was read before the keys were rotated brings back no old value."""
    old, new = new_key(), new_key()
    settings.FIELD_KEYS = [old]
    booking = noted(world)
    found, bound = again(booking), raw(booking, "note")
    settings.FIELD_KEYS = [new, old]
    for stored in (bound, by_fernet("I sleep badly", old)):
        put(booking, "note", stored)
        found = again(booking)
        found.save()
        assert is_current(raw(booking, "note"))
        assert again(booking).note == "I sleep badly"
    kept = raw(booking, "note")
    again(booking).save()
    assert raw(booking, "note") == kept


def test_many_threads_read_while_others_validate(world: World) -> None:
    field: Any = Booking._meta.get_field("note")
    booking = noted(world)
    sealed = raw(booking, "note")

    def work(n: int) -> str:
        if n % 2:
            return str(field.clean(f"text {n}", None)).removesuffix(f" {n}")
        return str(field.opened(booking, sealed))

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(work, range(2000)))
    assert set(seen[::2]) == {"I sleep badly"}
    assert set(seen[1::2]) == {"text"}


def test_a_migration_names_the_field_and_what_else_binds_it() -> None:
    _, path, arguments, options = EncryptedTextField(blank=True).deconstruct()
    assert (path, arguments, options) == (
        "encryption.fields.EncryptedTextField",
        [],
        {"blank": True},
    )
    assert EncryptedTextField(row="key").deconstruct()[3] == {"row": "key"}


def test_going_back_to_lines_without_ids_is_refused_once_a_reason_is_sealed_for_one(
    world: World,
) -> None:
    guard = import_module("bookings.migrations.0016_what_a_reason_is_sealed_for_filled").KEEP
    line = noted(world).events.create(at=NOW, sequence=0, reason="Ill")
    with pytest.raises(DatabaseError, match="would be lost"), transaction.atomic():
        execute(guard)
    put(line, "reason", by_fernet("Ill"))
    execute(guard)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
