"""A text column encrypted at rest with `cryptography`'s MultiFernet.

The keys are `settings.FIELD_KEYS`: the first encrypts, every one of them decrypts, so a key is
replaced by putting the new one in front. It fails closed: a value that no key opens raises
instead of showing ciphertext, and there is no path by which plain text reaches the column.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

# Django's fields are generic for the type checker only.
if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class UndecipherableError(Exception):
    """A stored value that none of the keys opens: a key was lost or the row was tampered with."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    return _fernet(tuple(settings.FIELD_KEYS))


def seal(text: str) -> str:
    """Encrypt `text`; URL-safe ASCII, never the same twice."""
    return _current().encrypt(text.encode()).decode("ascii")


def unseal(token: str) -> str:
    """Decrypt what `seal` made. Raises `UndecipherableError`."""
    try:
        return _current().decrypt(token.encode()).decode()
    except InvalidToken:
        raise UndecipherableError from None


class EncryptedTextField(TextField):
    """Text that is sealed on its way into the database and opened on its way out.

    The empty string is stored as it is, so "was anything written?" needs no key. It cannot be
    searched: every write of the same text is different, so lookups but `isnull` and the empty
    string find nothing.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way in; called once for each write, never by validation."""
        text = super().get_prep_value(value)
        return seal(text) if text else text

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Open on the way out."""
        return unseal(value) if value else value
