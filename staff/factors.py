"""What proves who somebody is beside the password: an authenticator app, passkeys, recovery codes.

The rows are django-otp's. A code is checked while its row is locked, so that none counts twice.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from staff.models import SecurityEvent
from staff.security_events import about_user, write_down

APP_NAME, CODES_NAME = "Authenticator app", "Recovery codes"
UNFINISHED_FOR = timedelta(hours=1)
MOST_DOUBLINGS = 9  # four minutes
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
CODE_LENGTH, DIGEST_LENGTH = 10, 16  # 49 bits, and few tries


class Checked(Enum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"  # too many were wrong: not even looked at


def app_of(user: User) -> TOTPDevice | None:
    """Return the authenticator app that this person uses."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def passkeys_of(user: User) -> list[WebAuthnCredential]:
    """Return this person's passkeys, the oldest first."""
    return list(WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("pk"))


def has_factor(user: User) -> bool:
    """Whether this person has an app or a passkey: recovery codes alone are none."""
    return any(mine.exists() for mine in _of(user))


def count(user: User) -> int:
    """Return how many apps and passkeys this person has."""
    return sum(mine.count() for mine in _of(user))


def _of(user: User) -> list[QuerySet[Device]]:
    return [
        model.objects.filter(user=user, confirmed=True)
        for model in (TOTPDevice, WebAuthnCredential)
    ]


def codes_left(user: User) -> int:
    """Return how many recovery codes this person has left."""
    return int(StaticToken.objects.filter(device__user=user).count())


def check_code(user: User, typed: str) -> Checked:
    """Check six digits of the app, or else a recovery code; either counts once."""
    code = "".join(typed.lower().split()).replace("-", "")
    with transaction.atomic():
        if code.isascii() and code.isdigit():
            return _check(TOTPDevice, user, code)
        return _check(StaticDevice, user, _digest(user, code))


def _check(model: type[Device], user: User, code: str) -> Checked:
    device = model.objects.filter(user=user, confirmed=True).select_for_update().first()
    if device is None:
        return Checked.WRONG
    return _verified(device, code)


def _verified(device: Device, code: str) -> Checked:
    """Check a code. Each wrong one doubles the wait, up to what its owner can wait for, too."""
    device.throttling_failure_count = min(device.throttling_failure_count, MOST_DOUBLINGS)
    if not device.verify_is_allowed()[0]:
        return Checked.WAIT
    return Checked.RIGHT if device.verify_token(code) else Checked.WRONG


def begin_app(user: User, now: datetime) -> TOTPDevice:
    """Return the app that is being set up: for a while the same one, so that it can be scanned."""
    unfinished = TOTPDevice.objects.filter(user=user, confirmed=False)
    unfinished.filter(created_at__lt=now - UNFINISHED_FOR).delete()
    found = unfinished.order_by("pk").first()
    return found or TOTPDevice.objects.create(user=user, confirmed=False, name=APP_NAME)


def confirm_app(user: User, typed: str, now: datetime) -> Checked:
    """Take the app that is being set up into use, in place of an earlier one."""
    code = "".join(typed.split())
    with transaction.atomic():
        unfinished = TOTPDevice.objects.filter(user=user, confirmed=False)
        device = unfinished.select_for_update().order_by("pk").first()
        checked = _verified(device, code) if device else Checked.WRONG
        if checked is not Checked.RIGHT:
            return checked
        for earlier in TOTPDevice.objects.filter(user=user, confirmed=True):
            remove(user, earlier, now)
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        _note(SecurityEvent.Kind.FACTOR_ADDED, user, now)
    return Checked.RIGHT


def added_passkey(user: User, device: WebAuthnCredential, name: str, now: datetime) -> None:
    """Name a passkey that was just made, and write it down."""
    device.name = name
    device.save(update_fields=["name"])
    _note(SecurityEvent.Kind.FACTOR_ADDED, user, now)


def new_codes(user: User, now: datetime) -> list[str]:
    """Make recovery codes in place of the earlier ones. Only their digests are kept."""
    codes = [_new_code() for _ in range(CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name=CODES_NAME)
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=_digest(user, code)) for code in codes
        )
        _note(SecurityEvent.Kind.FACTOR_ADDED, user, now)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def _digest(user: User, code: str) -> str:
    """Return what is kept of a recovery code: as much as django-otp's column holds, 64 bits."""
    told = f"recovery:{user.pk}:{code}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()[:DIGEST_LENGTH]


def remove(user: User, device: Device, now: datetime) -> None:
    """Take one factor away."""
    with transaction.atomic():
        device.delete()
        _note(SecurityEvent.Kind.FACTOR_REMOVED, user, now)


def remove_all(user: User, *, by_id: int | None, now: datetime) -> None:
    """Take all factors away: at the next sign-in new ones are set up."""
    with transaction.atomic():
        for model in (TOTPDevice, StaticDevice, WebAuthnCredential):
            model.objects.filter(user=user).delete()
        write_down(
            SecurityEvent.Kind.FACTOR_REMOVED, user_id=by_id, now=now, about=about_user(user.pk)
        )


def _note(kind: SecurityEvent.Kind, user: User, now: datetime) -> None:
    write_down(kind, user_id=user.pk, now=now, about=about_user(user.pk))
