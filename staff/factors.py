"""What proves who somebody is beside the password: an authenticator app, passkeys, recovery codes.

The rows are django-otp's, but for the key of an app, which is sealed in one of ours. A code is
checked while its row is locked, so that none counts twice.
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
from django_otp.util import random_hex
from django_otp_webauthn.models import WebAuthnCredential

from staff.models import AppKey, AuthenticatorApp, SecurityEvent
from staff.security_events import about_user, write_down

APP_NAME, CODES_NAME = "Authenticator app", "Recovery codes"
UNFINISHED_FOR = timedelta(hours=1)
MOST_DOUBLINGS = 9  # four minutes
CODES = 10
KEY_BYTES = 20  # 160 bits, as RFC 4226 advises
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
CODE_LENGTH, DIGEST_LENGTH = 10, 16  # 49 bits, and few tries


class Checked(Enum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"  # too many were wrong: not even looked at
    UNREADABLE = "unreadable"  # the app's key can't be opened: nothing to compare with


def app_of(user: User) -> AuthenticatorApp | None:
    """Return the authenticator app that this person uses."""
    found: AuthenticatorApp | None = AuthenticatorApp.objects.filter(
        user=user, confirmed=True
    ).first()
    return found


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
        for model in (AuthenticatorApp, WebAuthnCredential)
    ]


def codes_left(user: User) -> int:
    """Return how many recovery codes this person has left."""
    return int(StaticToken.objects.filter(device__user=user).count())


def check_code(user: User, typed: str) -> Checked:
    """Check six digits of the app, or else a recovery code; either counts once."""
    code = "".join(typed.lower().split()).replace("-", "")
    with transaction.atomic():
        if code.isascii() and code.isdigit():
            apps = AuthenticatorApp.objects.filter(user=user, confirmed=True)
            return _checked_by_app(apps.select_for_update().first(), code)
        sets = StaticDevice.objects.filter(user=user, confirmed=True)
        codes = sets.select_for_update().first()
        return _verified(codes, _digest(user, code)) if codes else Checked.WRONG


def _checked_by_app(device: AuthenticatorApp | None, code: str) -> Checked:
    """Check six digits of an app whose row is locked."""
    if device is None:
        return Checked.WRONG
    device.seal_key()
    return _verified(device, code) if device.is_readable else Checked.UNREADABLE


def _verified(device: Device, code: str) -> Checked:
    """Check a code. Each wrong one doubles the wait, up to what its owner can wait for, too."""
    device.throttling_failure_count = min(device.throttling_failure_count, MOST_DOUBLINGS)
    if not device.verify_is_allowed()[0]:
        return Checked.WAIT
    return Checked.RIGHT if device.verify_token(code) else Checked.WRONG


def begin_app(user: User, now: datetime) -> AuthenticatorApp:
    """Return the app that is being set up: for a while the same one, so that it can be scanned."""
    unfinished = AuthenticatorApp.objects.filter(user=user, confirmed=False)
    unfinished.filter(created_at__lt=now - UNFINISHED_FOR).delete()
    found: AuthenticatorApp | None = unfinished.order_by("pk").first()
    if found and found.is_readable:
        return found
    if found:
        found.delete()
    return _new_app(user)


def _new_app(user: User) -> AuthenticatorApp:
    """Make an app whose key is sealed from the start."""
    with transaction.atomic():
        made = AuthenticatorApp(user=user, confirmed=False, name=APP_NAME)
        made.save()
        AppKey.objects.create(device=made, key=random_hex(KEY_BYTES))
    return made


def seal_keys() -> int:
    """Seal the keys that a release before kept plainly; return how many there were."""
    plain = AuthenticatorApp.objects.filter(sealed_key=None).values_list("pk", flat=True)
    return sum(_sealed(pk) for pk in list(plain))


def _sealed(pk: int) -> bool:
    with transaction.atomic():
        device = AuthenticatorApp.objects.select_for_update().filter(pk=pk).first()
        if device:
            device.seal_key()
    return device is not None


def confirm_app(user: User, typed: str, now: datetime) -> Checked:
    """Take the app that is being set up into use, in place of an earlier one."""
    code = "".join(typed.split())
    with transaction.atomic():
        unfinished = AuthenticatorApp.objects.filter(user=user, confirmed=False)
        device = unfinished.select_for_update().order_by("pk").first()
        checked = _checked_by_app(device, code)
        if checked is not Checked.RIGHT:
            return checked
        for earlier in AuthenticatorApp.objects.filter(user=user, confirmed=True):
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
        for model in (AuthenticatorApp, StaticDevice, WebAuthnCredential):
            model.objects.filter(user=user).delete()
        write_down(
            SecurityEvent.Kind.FACTOR_REMOVED, user_id=by_id, now=now, about=about_user(user.pk)
        )


def _note(kind: SecurityEvent.Kind, user: User, now: datetime) -> None:
    write_down(kind, user_id=user.pk, now=now, about=about_user(user.pk))
