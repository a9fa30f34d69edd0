"""Texts sealed with the practice's own keys: what a column keeps, and a draft in a session.

The keys are `settings.FIELD_KEYS`: the first seals, every one of them opens, so a key is replaced
by putting the new one in front. A sealed text is `v2.<key id>.<nonce, ciphertext, tag>`:
AES-256-GCM (NIST SP 800-38D), its key derived from the Fernet key in the settings by HKDF (RFC
5869), and its place (which row and which column) authenticated with it, so that it opens nowhere
else. What a release before sealed with Fernet itself, bound to no place, is still read.

It fails closed: what no key opens raises, and says which of three it is: its key isn't here; its
key is, and it was changed or moved; it never was sealed. Of what Fernet sealed a change can't be
told from a key that is missing.
"""

import binascii
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "v2"
NONCE_BYTES = 12
KEY_BYTES = 32
ID_BYTES = 4
KEY_ID = re.compile(r"[0-9a-f]{8}")


# What Fernet makes begins with this version and has, beside its frame (version, time, IV, HMAC),
# one block or more, whole.
FERNET_VERSION, FERNET_FRAME, FERNET_BLOCK = 0x80, 57, 16


class UndecipherableError(Exception):
    """What can't be opened; by itself: it was sealed, and none of the keys opens it."""

    def __str__(self) -> str:
        return "its key is missing"


class ForeignError(UndecipherableError):
    """Its key is here and it doesn't open: it was changed, or it was sealed for another place."""

    def __str__(self) -> str:
        return "it isn’t what was stored here"


class NotSealedError(UndecipherableError):
    """It never was sealed: neither `seal` nor Fernet writes such a thing, so no key opens it."""

    def __str__(self) -> str:
        return "it was never sealed"


@dataclass(frozen=True, slots=True)
class _Ring:
    """All the keys: by their ids in what they sealed, and together for what Fernet sealed."""

    first: str
    ciphers: dict[str, AESGCM]
    fernet: MultiFernet


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> _Ring:
    ids = [_derived(key, b"kicks: the name of a key", ID_BYTES).hex() for key in keys]
    derived = [_derived(key, b"kicks: AES-256-GCM of sealed texts", KEY_BYTES) for key in keys]
    ciphers = {name: AESGCM(key) for name, key in zip(ids, derived, strict=True)}
    return _Ring(ids[0], ciphers, MultiFernet([Fernet(key) for key in keys]))


def _derived(key: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=purpose).derive(urlsafe_b64decode(key))


def _current() -> _Ring:
    return _ring(tuple(settings.FIELD_KEYS))


def first_key_id() -> str:
    """Return the id of the key that seals: eight letters and digits, which tell nothing of it."""
    return _current().first


def is_current(token: str) -> bool:
    """Whether it was sealed for its place, with the key that seals today."""
    return token.startswith(f"{VERSION}.{first_key_id()}.")


def seal(text: str, place: str = "") -> str:
    """Seal `text` so that it opens at this `place` alone; URL-safe ASCII, never the same twice."""
    ring, nonce = _current(), os.urandom(NONCE_BYTES)
    body = ring.ciphers[ring.first].encrypt(nonce, text.encode(), place.encode())
    return f"{VERSION}.{ring.first}.{urlsafe_b64encode(nonce + body).decode('ascii')}"


def unseal(token: str, place: str = "") -> str:
    """Open what `seal` made for this `place`. Raises `UndecipherableError`."""
    ring = _current()
    version, _, rest = token.partition(".")
    if version != VERSION:
        return _unsealed_by_fernet(ring, token)
    name, _, body = rest.partition(".")
    if name not in ring.ciphers:
        raise UndecipherableError if KEY_ID.fullmatch(name) else NotSealedError
    try:
        sealed = urlsafe_b64decode(body)
        opened = ring.ciphers[name].decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()
        )
    except (InvalidTag, ValueError, binascii.Error):
        raise ForeignError from None
    return opened.decode()


def _unsealed_by_fernet(ring: _Ring, token: str) -> str:
    try:
        return ring.fernet.decrypt(token.encode()).decode()
    except InvalidToken:
        raise (UndecipherableError if _is_of_fernet(token) else NotSealedError) from None


def _is_of_fernet(token: str) -> bool:
    """Whether Fernet may have made it: then a key is missing, or it was changed since."""
    try:
        made = urlsafe_b64decode(token)
    except ValueError:
        return False
    blocks, rest = divmod(len(made) - FERNET_FRAME, FERNET_BLOCK)
    return made[:1] == bytes([FERNET_VERSION]) and blocks > 0 and rest == 0
