"""A password that is really checked is counted, in whatever way it is hashed."""

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from attack.counting import NAMED, counted


@pytest.fixture
def hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "hashings"
    monkeypatch.setenv(NAMED, str(path))
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", counted(hashlib.pbkdf2_hmac))
    monkeypatch.setattr(hashlib, "scrypt", counted(hashlib.scrypt))
    return path


def test_each_check_of_a_password_is_one(hashes: Path) -> None:
    hasher = PBKDF2PasswordHasher()
    kept = hasher.encode("secret", "saltsaltsaltsaltsaltsalt")
    assert not hasher.verify("guess", kept)
    hashlib.scrypt(b"guess", salt=b"salt", n=2**14, r=8, p=1)
    assert hashes.read_text() == "..."


def test_what_is_quick_is_none(hashes: Path) -> None:
    hashlib.pbkdf2_hmac("sha256", b"x", b"salt", 100)
    assert not hashes.read_text()
