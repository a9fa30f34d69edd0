"""Who joins, changes role and leaves: written under one lock, so that an owner always remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from staff import devices, sessions
from staff.models import Role, SecurityEvent, StaffMember
from staff.roles import role_of
from staff.security_events import write_down

# The first key of the advisory lock: bookings' lies in a space of its own.
LOCK_SPACE = 20_262


class LastOwnerError(Exception):
    """Nobody else owns the practice who can sign in: this person stays one."""


class AlreadyHereError(Exception):
    """Somebody has this address already."""

    def __init__(self, user: User) -> None:
        """Take who has it."""
        super().__init__(user.pk)
        self.user = user


def everybody() -> QuerySet[User]:
    """Return all who work here or did, those who do first, by name."""
    works_here = Q(is_staff=True) | Q(staff_member__isnull=False)
    return User.objects.filter(works_here).order_by("-is_active", "first_name", "username")


def name_of(user: User) -> str:
    """Return what to call them; whoever has no name is called as they sign in."""
    return user.get_full_name() or user.username


def is_invited(user: User) -> bool:
    """Whether they may come in and have chosen no password yet."""
    return user.is_active and not user.has_usable_password()


def owners() -> QuerySet[User]:
    """Return those owners who can sign in; one who was only invited can't yet."""
    role = Q(is_superuser=True) | Q(staff_member__role=Role.OWNER)
    with_password = ~Q(password="") & ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return User.objects.filter(role, with_password, is_active=True)


@contextmanager
def one_at_a_time(owner: User) -> Iterator[None]:
    """Hold a transaction in which nobody else adds, changes or ends anybody.

    Raises PermissionDenied for who is no owner now: they may have been one when they pressed.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_SPACE])
        if role_of(User.objects.get(pk=owner.pk)) is not Role.OWNER:
            raise PermissionDenied
        yield


def at(email: str) -> User | None:
    """Return who signs in with this address or reads mail there; case makes no difference."""
    return User.objects.filter(Q(username__iexact=email) | Q(email__iexact=email)).first()


def add(name: str, email: str, role: Role, *, by: User, now: datetime) -> User:
    """Make a user without a password, who signs in with their address, and their role.

    Call it with `one_at_a_time`. Raises `AlreadyHereError` where somebody has the address.
    """
    known = at(email)
    if known:
        raise AlreadyHereError(known)
    user = User.objects.create_user(email.lower(), email, first_name=name, is_staff=True)
    StaffMember.objects.create(user=user, role=role)
    write_down(SecurityEvent.Kind.INVITED, user_id=by.pk, now=now, about=about(user))
    return user


def rename(user: User, name: str) -> None:
    """Write what to call a person."""
    user.first_name, user.last_name = name, ""
    user.save(update_fields=["first_name", "last_name"])


def correct_address(user: User, email: str) -> None:
    """Write where somebody is to be invited, and that they sign in with it.

    Raises `AlreadyHereError` where somebody else has the address.
    """
    known = at(email)
    if known and known.pk != user.pk:
        raise AlreadyHereError(known)
    user.username, user.email = email.lower(), email
    user.save(update_fields=["username", "email"])


def give_role(user: User, role: Role, *, by: User, now: datetime) -> bool:
    """Give somebody who works here one role in place of any other; False if it is theirs already.

    Call it with `one_at_a_time`. Raises `LastOwnerError` where no owner would remain.
    """
    before = role_of(user)
    if before is role:
        return False
    if before is Role.OWNER and role is not Role.OWNER:
        _require_another_owner(user)
    _set_role(user, role)
    event = SecurityEvent.Kind.ROLE_CHANGED
    write_down(event, user_id=by.pk, now=now, about=f"{about(user)}:{role}")
    return True


def end(user: User, *, by: User, now: datetime) -> None:
    """Let somebody sign in no more, from this moment on: their sessions end with their password.

    Call it with `one_at_a_time`. Raises `LastOwnerError` where no owner would remain.
    """
    before = role_of(user)
    if before is Role.OWNER:
        _require_another_owner(user)
    if before:
        _set_role(user, before)  # whoever was made by `createsuperuser` keeps no right but a role
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    sessions.end_all(user.pk)
    devices.distrust(user.pk)
    write_down(SecurityEvent.Kind.LEFT, user_id=by.pk, now=now, about=about(user))


def welcome_back(user: User) -> None:
    """Let somebody come in once more, by a new password; links that they were mailed end."""
    user.is_active = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])


def about(user: User) -> str:
    """Return what names a person in a security event and in the outbox."""
    return f"user:{user.pk}"


def _require_another_owner(user: User) -> None:
    if not owners().exclude(pk=user.pk).exists():
        raise LastOwnerError


def _set_role(user: User, role: Role) -> None:
    member, _ = StaffMember.objects.update_or_create(user=user, defaults={"role": role})
    user.staff_member = member
    # A superuser is an owner whatever the role says: what they are from now on is the role alone.
    user.is_superuser, user.is_staff = False, True
    user.save(update_fields=["is_superuser", "is_staff"])
