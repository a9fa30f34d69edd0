"""The encrypted column: what it keeps, what it hides, and that it fails closed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import connection
from pytest_django.fixtures import Settings

from encryption.fields import EncryptedTextField, UndecipherableError, seal, unseal
from outbox.models import OutgoingMail
from tests.outbox.letters import queued

TEXTS = ["I sleep badly", "Zoë 😀\r\n\x00", "x" * 10_000, "gAAAAA looks sealed", " "]


def new_key() -> str:
    return Fernet.generate_key().decode()


def raw(mail: OutgoingMail, column: str = "text") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM outbox_outgoingmail WHERE id = %s", [mail.pk])  # noqa: S608, a name
        [value] = cursor.fetchone()
    assert isinstance(value, str)
    return value


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_sealed_opens_again(text: str) -> None:
    token = seal(text)
    assert unseal(token) == text
    assert token.isascii()
    assert text.strip() == "" or text not in token


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert seal("x") != seal("x")


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    old, new = new_key(), new_key()
    settings.FIELD_KEYS = [old]
    before = seal("before")
    settings.FIELD_KEYS = [new, old]
    after = seal("after")
    assert (unseal(before), unseal(after)) == ("before", "after")
    settings.FIELD_KEYS = [new]
    assert unseal(after) == "after"
    with pytest.raises(UndecipherableError):
        unseal(before)


@pytest.mark.parametrize(
    "token", ["plain text", "", "gAAAAABnonsense", "\N{SNOWMAN}", "x" * 10_000]
)
def test_what_no_key_opens_raises(token: str) -> None:
    with pytest.raises(UndecipherableError):
        unseal(token)


def test_a_tampered_value_raises() -> None:
    token = seal("I sleep badly")
    with pytest.raises(UndecipherableError):
        unseal(token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:])


def test_a_refusal_names_neither_the_value_nor_the_cause() -> None:
    with pytest.raises(UndecipherableError) as refused:
        unseal("gAAAAABsecret")
    assert str(refused.value) == ""
    assert refused.value.__suppress_context__


@pytest.mark.django_db
def test_the_column_holds_ciphertext_and_the_object_the_text() -> None:
    mail = queued(text="I sleep badly")
    assert "sleep" not in raw(mail)
    assert unseal(raw(mail)) == "I sleep badly"
    assert OutgoingMail.objects.get(pk=mail.pk).text == "I sleep badly"


@pytest.mark.django_db
def test_the_empty_text_is_stored_as_it_is() -> None:
    mail = queued(html="")
    assert raw(mail, "html") == ""
    assert OutgoingMail.objects.filter(html="").get() == mail
    assert OutgoingMail.objects.get(pk=mail.pk).html == ""


@pytest.mark.django_db
def test_a_wrong_key_raises_instead_of_showing_ciphertext(settings: Settings) -> None:
    mail = queued()
    settings.FIELD_KEYS = [new_key()]
    with pytest.raises(UndecipherableError):
        OutgoingMail.objects.get(pk=mail.pk)
    with pytest.raises(UndecipherableError):
        list(OutgoingMail.objects.values_list("text"))


@pytest.mark.django_db
@pytest.mark.parametrize("times", [1, 3])
def test_validating_and_saving_never_seals_twice(times: int) -> None:
    mail = queued(text="I sleep badly")
    for _ in range(times):
        mail.full_clean()
        mail.save()
        assert mail.text == "I sleep badly"
    assert unseal(raw(mail)) == "I sleep badly"


@pytest.mark.django_db
def test_a_validation_that_failed_changes_nothing() -> None:
    mail = queued(text="I sleep badly")
    mail.to = ""
    with pytest.raises(ValidationError):
        mail.full_clean()
    mail.save()
    assert unseal(raw(mail)) == "I sleep badly"


@pytest.mark.django_db
def test_every_way_of_writing_seals() -> None:
    mail = queued()
    OutgoingMail.objects.filter(pk=mail.pk).update(text="by update")
    assert unseal(raw(mail)) == "by update"
    mail.text = "in bulk"
    OutgoingMail.objects.bulk_update([mail], ["text"])
    assert unseal(raw(mail)) == "in bulk"
    mail.pk, mail.key, mail.message_id = None, "other", "<other@kicks.example>"
    OutgoingMail.objects.bulk_create([mail])
    assert unseal(raw(mail)) == "in bulk"


@pytest.mark.django_db
def test_the_text_cannot_be_searched() -> None:
    queued(text="I sleep badly")
    assert not OutgoingMail.objects.filter(text="I sleep badly").exists()


def test_many_threads_read_while_others_validate() -> None:
    field = EncryptedTextField(name="note")
    sealed = seal("I sleep badly")

    def work(n: int) -> str | None:
        if n % 2:
            return str(field.clean(f"text {n}", None)).removesuffix(f" {n}")
        return field.from_db_value(sealed)

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(work, range(2000)))
    assert set(seen[::2]) == {"I sleep badly"}
    assert set(seen[1::2]) == {"text"}


def test_a_migration_names_the_field() -> None:
    _, path, arguments, options = EncryptedTextField(blank=True).deconstruct()
    assert (path, arguments, options) == (
        "encryption.fields.EncryptedTextField",
        [],
        {"blank": True},
    )
