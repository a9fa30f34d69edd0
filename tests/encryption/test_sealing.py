"""A sealed text: what opens it, where it opens, and that nothing else does."""

import base64

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from encryption.sealing import (
    ForeignError,
    NotSealedError,
    UndecipherableError,
    first_key_id,
    is_current,
    seal,
    unseal,
)

TEXTS = ["I sleep badly", "Zoë 😀\r\n\x00", "x" * 10_000, "gAAAAA looks sealed", "v2.", " ", ""]


def new_key() -> str:
    return Fernet.generate_key().decode()


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_sealed_opens_again(text: str) -> None:
    token = seal(text, "here")
    assert unseal(token, "here") == text
    assert token.isascii()
    assert text.strip() in ("", "v2.") or text not in token


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert len({seal("x", "here") for _ in range(100)}) == 100


@pytest.mark.parametrize("elsewhere", ["", "Here", "here\0", "there"])
def test_what_is_sealed_opens_in_its_place_alone(elsewhere: str) -> None:
    with pytest.raises(ForeignError):
        unseal(seal("I sleep badly", "here"), elsewhere)


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    old, new = new_key(), new_key()
    settings.FIELD_KEYS = [old]
    before = seal("before")
    assert is_current(before)
    settings.FIELD_KEYS = [new, old]
    after = seal("after")
    assert (unseal(before), unseal(after)) == ("before", "after")
    assert (is_current(before), is_current(after)) == (False, True)
    settings.FIELD_KEYS = [new]
    assert unseal(after) == "after"
    with pytest.raises(UndecipherableError):
        unseal(before)


def test_the_id_of_its_key_stands_in_front_and_tells_nothing_of_the_key(settings: Settings) -> None:
    key = new_key()
    settings.FIELD_KEYS = [key]
    assert seal("x").startswith(f"v2.{first_key_id()}.")
    assert len(first_key_id()) == 8
    assert bytes.fromhex(first_key_id()) not in base64.urlsafe_b64decode(key)


def test_what_fernet_sealed_before_is_read_on(settings: Settings) -> None:
    old = new_key()
    settings.FIELD_KEYS = [new_key(), old]
    token = Fernet(old).encrypt(b"I sleep badly").decode()
    assert unseal(token, "anywhere") == "I sleep badly"
    assert not is_current(token)


@pytest.mark.parametrize(
    "token",
    [
        "plain text",
        "",
        "gAAAAABnonsense",
        "\N{SNOWMAN}",
        "x" * 10_000,
        "v2",
        "v2.",
        "v2.00000000.A",
    ],
)
def test_what_no_key_opens_raises(token: str) -> None:
    with pytest.raises(UndecipherableError):
        unseal(token)


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("plain text", NotSealedError),
        ("v2", NotSealedError),
        ("v2.", NotSealedError),
        ("v2.Nonsense.AAAA", NotSealedError),
        ("gAAAAABnonsense", NotSealedError),
        (Fernet(Fernet.generate_key()).encrypt(b"x").decode()[:-4], NotSealedError),
        (base64.urlsafe_b64encode(b"x" * 73).decode(), NotSealedError),
        ("v2.00000000.AAAA", UndecipherableError),
        (Fernet(Fernet.generate_key()).encrypt(b"x").decode(), UndecipherableError),
    ],
    # What is sealed differs each time, which would name the same test differently in two workers.
    ids=[
        "plain text",
        "v2",
        "v2.",
        "nonsense",
        "cut short",
        "cut off",
        "another format",
        "a key that is not here",
        "an old key that is not here",
    ],
)
def test_a_missing_key_is_told_from_what_never_was_sealed(
    token: str, kind: type[UndecipherableError]
) -> None:
    with pytest.raises(UndecipherableError) as refused:
        unseal(token)
    assert type(refused.value) is kind


@pytest.mark.parametrize("body", ["", "A", "AAAA", "nonsense!", "\N{SNOWMAN}", "A" * 400])
def test_what_never_was_sealed_by_a_key_that_is_here_raises(body: str) -> None:
    with pytest.raises(ForeignError):
        unseal(f"v2.{first_key_id()}.{body}")


def test_each_changed_byte_of_a_sealed_text_is_noticed() -> None:
    front, _, body = seal("I sleep badly", "here").rpartition(".")
    sealed = base64.urlsafe_b64decode(body)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(ForeignError):
            unseal(f"{front}.{base64.urlsafe_b64encode(changed).decode()}", "here")


def test_a_refusal_names_neither_the_value_nor_the_cause() -> None:
    for token in ("gAAAAABsecret", f"v2.{first_key_id()}.secret"):
        with pytest.raises(UndecipherableError) as refused:
            unseal(token)
        said = ("its key is missing", "it isn’t what was stored here", "it was never sealed")
        assert str(refused.value) in said
        assert refused.value.__cause__ is None
