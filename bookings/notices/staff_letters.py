"""What those who work here are told of their own sign-in: nothing of clients, nothing secret."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from availability.models import Practice, Therapist
from bookings.notices.layout import bodies
from bookings.notices.letter import absolute
from outbox.queue import Letter, queue
from outbox.tasks import send_on_commit
from prose.dates import moment_label
from staff.models import StaffDevice
from staff.reset_tokens import LASTS, reset_tokens
from staff.security_events import about_user

NEW_DEVICE, RESET = "staff_new_device", "staff_reset_password"
LOST_FACTORS, NEW_PASSWORD = "staff_lost_factors", "staff_new_password"


def tell_of_new_device(user: User, device: StaffDevice, now: datetime) -> None:
    """Mail somebody that they signed in in a browser for the first time, if it was they."""
    to = address_of(user)
    if to:
        queue([new_device(user, device, Practice.objects.first(), to, now)])
        send_on_commit(about_user(user.pk))


def tell_of_lost_factors(user: User, by: str, now: datetime) -> None:
    """Mail somebody that an owner took their second factors away, if they had asked for it."""
    to = address_of(user)
    if to:
        queue([lost_factors(user, Practice.objects.first(), to, by=by, now=now)])
        send_on_commit(about_user(user.pk))


def tell_of_new_password(user: User, now: datetime) -> None:
    """Mail somebody that their password was changed, and what to do if it wasn't they."""
    to = address_of(user)
    if to:
        queue([new_password(user, Practice.objects.first(), to, now)])
        send_on_commit(about_user(user.pk))


def address_of(user: User) -> str:
    """Return where somebody reads mail: their own address, or the one of their diary."""
    if user.email:
        return user.email
    diary = Therapist.objects.filter(user=user).values_list("email", flat=True).first()
    return diary or ""


def new_device(
    user: User, device: StaffDevice, practice: Practice | None, to: str, now: datetime
) -> Letter:
    """The mail about a new browser."""
    words = {
        "device": device,
        "when": moment_label(now),
        "sign_in_url": absolute(reverse("own_sign_in")),
    }
    key = f"{about_user(user.pk)}:{device.pk}:{NEW_DEVICE}"
    return _letter(NEW_DEVICE, key, user, practice, to, "A new sign-in to Kicks", words)


def lost_factors(
    user: User, practice: Practice | None, to: str, *, by: str, now: datetime
) -> Letter:
    """The mail about second factors that an owner took away."""
    key = f"{about_user(user.pk)}:{int(now.timestamp() * 1000)}:{LOST_FACTORS}"
    words = {"by": by, "when": moment_label(now), "sign_in_url": absolute(reverse("own_sign_in"))}
    subject = "Your second factor for Kicks was removed"
    return _letter(LOST_FACTORS, key, user, practice, to, subject, words)


def new_password(user: User, practice: Practice | None, to: str, now: datetime) -> Letter:
    """The mail about a changed password: no details, which whoever changed it might have set."""
    key = f"{about_user(user.pk)}:{int(now.timestamp() * 1000)}:{NEW_PASSWORD}"
    words = {"forgotten_url": absolute(reverse("admin_password_reset"))}
    subject = "Your password for Kicks was changed"
    return _letter(NEW_PASSWORD, key, user, practice, to, subject, words)


def reset_password(user: User, practice: Practice | None, to: str, now: datetime) -> Letter:
    """The mail with the link to choose a new password; worth nothing once that has ended."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("choose_password", args=[uid, reset_tokens.make_token(user)])
    key = f"{about_user(user.pk)}:{int(now.timestamp() * 1000)}:{RESET}"
    words = {"choose_url": absolute(path)}
    letter = _letter(RESET, key, user, practice, to, "A link to sign in to Kicks", words)
    return replace(letter, not_after=now + LASTS)


def _letter(  # noqa: PLR0913, a letter has these parts
    kind: str,
    key: str,
    user: User,
    practice: Practice | None,
    to: str,
    subject: str,
    words: dict[str, Any],
) -> Letter:
    told = {"practice": practice, "site_url": settings.SITE_URL, "username": user.get_username()}
    return Letter(
        key=key,
        about=about_user(user.pk),
        kind=kind,
        to=to,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=subject,
        **bodies(kind, {**told, **words}),
    )
