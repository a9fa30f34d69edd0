"""Somebody who works here, their app, and whoever guesses: what the tests of a sign-in share."""

import re
import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from staff.models import SecurityEvent
from staff.reset_tokens import reset_tokens

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

LOGIN = "/admin/login/"
CODE = "/admin/sign-in/code/"
OWN = "/admin/sign-in/"
PASSWORD = "correct horse battery"  # noqa: S105
WRONG = "incorrect horse battery"
HOME = "198.51.100.7"


class Counted(MD5PasswordHasher):
    """Hashes quickly, and counts how often a password was looked at."""

    looked_at = 0

    def encode(self, password: str, salt: str) -> str:
        Counted.looked_at += 1
        return super().encode(password, salt)


class SlowHash(Counted):
    """Takes as long as one notices."""

    SECONDS = 0.2

    def encode(self, password: str, salt: str) -> str:
        time.sleep(self.SECONDS)
        return super().encode(password, salt)


HASHERS = [f"{Counted.__module__}.{Counted.__qualname__}"]
SLOW_HASHERS = [f"{SlowHash.__module__}.{SlowHash.__qualname__}"]


def make_owner(username: str = "owner", **facts: Any) -> User:
    fresh = {"email": "owner@example.org", "password": PASSWORD}
    return User.objects.create_superuser(username, **{**fresh, **facts})


def give(
    browser: Browser, username: str = "owner", password: str = PASSWORD, **more: Any
) -> "Response":
    """Give a name and a password on the first page of a sign-in."""
    query = more.pop("query", "")
    return browser.post(LOGIN + query, {"username": username, "password": password}, **more)


def app_of(user: User) -> TOTPDevice:
    """An authenticator app that is in use."""
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name="App")
    return device


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """What the app shows now, or so many times 30 seconds from now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = timezone.now().timestamp() + steps * device.step
    return f"{totp.token():06d}"


def is_in(browser: Browser) -> bool:
    return browser.get("/admin/").status_code == 200


def kinds(**about: Any) -> list[str]:
    """The kinds of what was written down, the first first."""
    rows = SecurityEvent.objects.filter(**about).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def plain(response: "Response") -> bytes:
    """A page without the form's token, which differs each time."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", response.content)


def come_in(browser: Browser, user: User, device: TOTPDevice, **more: Any) -> None:
    """Sign in with password and code."""
    give(browser, user.username)
    response = browser.post(CODE, {"code": code_of(device), **more})
    assert response.status_code == 302, response.content
    assert is_in(browser)


def keep_password_by_link(browser: Browser, user: User) -> None:
    """Open the link that is emailed to who forgot their password, and keep it."""
    user.refresh_from_db()  # a sign-in ends the links before it
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), reset_tokens.make_token(user)
    form = browser.get(f"/admin/choose-password/{uid}/{token}/").headers["Location"]
    assert browser.post(form, {"keep": "1"}).headers["Location"] == LOGIN
