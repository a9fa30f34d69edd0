"""Many who sign in at once: hashing is what costs, and a process does one at a time."""

import time
from collections import Counter
from contextlib import nullcontext
from functools import partial
from threading import Lock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from desk.sign_in import looks
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
TEN = range(10)


class Crowded(MD5PasswordHasher):
    """Takes as long as a hash should, and knows how many were at it at once."""

    now = most = 0
    counting = Lock()

    def encode(self, password: str, salt: str) -> str:
        with Crowded.counting:
            Crowded.now += 1
            Crowded.most = max(Crowded.most, Crowded.now)
        time.sleep(0.2)
        with Crowded.counting:
            Crowded.now -= 1
        return super().encode(password, salt)


@pytest.fixture
def ten_accounts(transactional_db: None, settings: Settings) -> None:
    for n in TEN:
        User.objects.create_superuser(f"name{n}", f"name{n}@example.org", "correct horse battery")
    settings.PASSWORD_HASHERS = [f"{Crowded.__module__}.{Crowded.__qualname__}"]
    Crowded.most = 0


def guess(n: int) -> int:
    """Each at an account of its own and from an address of its own, so that no limit is met."""
    browser = Browser(REMOTE_ADDR=f"203.0.113.{n + 1}")
    given = {"username": f"name{n}", "password": "incorrect horse battery"}
    return browser.post("/admin/login/", given).status_code


@pytest.mark.usefixtures("ten_accounts")
def test_of_ten_wrong_passwords_at_once_one_is_hashed_and_the_others_are_asked_to_wait() -> None:
    said = Counter(together([partial(guess, n) for n in TEN]))
    assert set(said) == {200, 429}
    assert said[429] >= 5
    assert Crowded.most == 1


@pytest.mark.usefixtures("ten_accounts")
def test_without_the_one_place_they_would_all_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "one_at_a_time", lambda _: nullcontext())
    assert set(together([partial(guess, n) for n in TEN])) == {200}
    assert Crowded.most > 1
