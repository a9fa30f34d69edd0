"""The browsers in which somebody signed in before: which they are, and which are trusted."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from staff.models import StaffDevice
from staff.security_events import Origin

# For how long an address is taken for somebody's after they signed in from there.
ADDRESS_KNOWN_FOR = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(days=365)
UNUSED_AFTER = timedelta(days=1)


def new_word() -> str:
    """Return what a browser's cookie is to hold: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(word: str) -> str:
    """Return what is kept of a cookie's word."""
    return hashlib.sha256(word.encode()).hexdigest()


def is_known(user_id: int, word: str) -> bool:
    """Whether this person signed in in the browser that has this word, or came by a mailed link."""
    mine = StaffDevice.objects.filter(user=user_id, digest=digest_of(word))
    return bool(word) and mine.exists()


def knows_address(user_id: int, address: str, now: datetime) -> bool:
    """Whether this person signed in from this address lately."""
    since = now - ADDRESS_KNOWN_FOR
    mine = StaffDevice.objects.filter(user=user_id, address=address)
    return mine.filter(signed_in_at__gt=since).exists()


def is_trusted(user: User, word: str, now: datetime) -> bool:
    """Whether the password is enough for this person in the browser that has this word."""
    mine = StaffDevice.objects.filter(user=user, digest=digest_of(word), trusted_until__gt=now)
    return bool(word) and mine.exists()


@dataclass(frozen=True, slots=True)
class Met:
    """A browser in which somebody just signed in, and whether it was the first time."""

    device: StaffDevice
    is_new: bool


def remember(user: User, word: str, origin: Origin, now: datetime, *, trust: bool) -> Met:
    """Keep that this person signs in there now, and where it is `trust`ed for a working day."""
    device = note(user, word, origin, now)
    is_new, device.signed_in_at = device.signed_in_at is None, now
    if trust:
        device.trusted_until = now + settings.DEVICE_TRUSTED_FOR
    device.save(update_fields=["signed_in_at", "trusted_until"])
    return Met(device, is_new)


def note(user: User, word: str, origin: Origin, now: datetime) -> StaffDevice:
    """Keep that this person uses the browser that has this word, without a sign-in."""
    seen = {"name": origin.device, "address": origin.address, "last_seen_at": now}
    device, _ = StaffDevice.objects.update_or_create(
        user=user,
        digest=digest_of(word),
        defaults=seen,
        create_defaults={**seen, "first_seen_at": now},
    )
    return device


def distrust(user_id: int, but: int | None = None) -> None:
    """Ask this person for the second factor again, in all browsers `but` one."""
    StaffDevice.objects.filter(user=user_id).exclude(pk=but or 0).update(trusted_until=None)


def forget_old(now: datetime) -> None:
    """Delete the browsers in which nobody has signed in for a year, or which nobody ever used."""
    old = Q(last_seen_at__lt=now - FORGOTTEN_AFTER)
    unused = Q(signed_in_at=None, last_seen_at__lt=now - UNUSED_AFTER)
    StaffDevice.objects.filter(old | unused).delete()
