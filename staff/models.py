"""Who works here and in which role; what happened that bears on security."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.module_loading import import_string
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from encryption.fields import EncryptedTextField, UndecipherableError, Unreadable, readable


class Role(models.TextChoices):
    """What somebody does here: one choice, from which every right follows."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    THERAPIST = "therapist", "Therapist"
    ASSISTANT = "assistant", "Assistant"


class StaffMember(models.Model):
    """A person who signs in, and their role."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_member"
    )
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_role_display()


class SecurityEvent(models.Model):
    """Something that bears on security, as it happened: never changed, and never deleted by hand.

    It holds ids and no names: `about` is a word and an id, like "user:3", "client:5",
    "booking:12". Postgres itself refuses to change a row (0002_security_events_stand).
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
        SIGN_IN_LOCKED = "sign_in_locked", "Sign-in held back after wrong tries"
        NEW_DEVICE = "new_device", "Signed in on a new device"
        SIGNED_OUT = "signed_out", "Signed out"
        SESSIONS_ENDED = "sessions_ended", "Other sessions ended"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        FACTOR_ADDED = "factor_added", "Second factor added"
        FACTOR_REMOVED = "factor_removed", "Second factor removed"
        INVITED = "invited", "Invited"
        LEFT = "left", "Left the practice"
        ROLE_CHANGED = "role_changed", "Role changed"
        OWNERSHIP_CHANGED = "ownership_changed", "Diary or client given to somebody else"
        KEYS_ROTATED = "keys_rotated", "Encryption keys rotated"
        NOTE_OPENED = "note_opened", "Note opened"
        ERASED = "erased", "Data erased"
        LINKS_REVOKED = "links_revoked", "Private links ended"

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # Not a foreign key: the row outlives the user, and says nothing but the number.
    user_id = models.PositiveBigIntegerField("user", null=True)
    about = models.CharField(max_length=60, blank=True)
    # Where it came from, for sign-ins alone: what the person themselves can recognise.
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        default_permissions: ClassVar = ("view",)

    def __str__(self) -> str:
        return self.get_kind_display()


class StaffDevice(models.Model):
    """A browser in which somebody signed in, known again by a random word in its cookie.

    One browser may be several people's: each has a row of their own.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_devices"
    )
    digest = models.CharField(max_length=64)  # SHA-256 of the word; the cookie alone has the word
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=45)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # None: its person came by a link that was mailed to them, and has not signed in yet.
    signed_in_at = models.DateTimeField(null=True)
    # Until when the password is enough here.
    trusted_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="staff_device_once_a_person")
        ]

    def __str__(self) -> str:
        return self.name


class StaffSession(AbstractBaseSession):
    """A session of somebody who works here; clients' sessions are in a table of their own."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="staff_sessions",
        null=True,  # the password has been given, or not even that
    )
    device = models.ForeignKey(StaffDevice, on_delete=models.SET_NULL, null=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        store: type[SessionStore] = import_string(f"{settings.STAFF_SESSION_ENGINE}.SessionStore")
        return store


class AuthenticatorApp(TOTPDevice):  # type: ignore[misc]
    """django-otp's row of an app, whose key is sealed: what its own column holds is not the key."""

    key: str

    class Meta:
        proxy = True
        default_permissions = ()

    @property
    def bin_key(self) -> bytes:
        """The key that codes are reckoned from. Raises `UndecipherableError`."""
        sealed: AppKey | None = getattr(self, "sealed_key", None)
        return bytes.fromhex(readable(sealed.key) if sealed else self.key)

    @property
    def is_readable(self) -> bool:
        """Whether codes can be reckoned: not while the key that seals is missing."""
        try:
            return bool(self.bin_key)
        except UndecipherableError:
            return False

    def seal_key(self) -> None:
        """Keep the key sealed alone, unless it is. Call it while the row is locked.

        A release before kept it plainly; so does one of its processes that still runs. From now on
        other bytes stand in its place, from which nobody's codes are reckoned.
        """
        if hasattr(self, "sealed_key"):
            return
        AppKey.objects.create(device=self, key=self.key)
        self.key = default_key()
        self.save(update_fields=["key"])


class AppKey(models.Model):
    """The key that an authenticator app and the site share, sealed for this row."""

    # The database itself lets it go with its app (0004), whichever release deletes that.
    device = models.OneToOneField(
        TOTPDevice, on_delete=models.CASCADE, related_name="sealed_key", db_constraint=False
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    key = EncryptedTextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"key of app {self.device_id}"


class ResetRequest(models.Model):
    """Somebody asked for a link to choose a new password; answered by a worker, then gone."""

    email = EncryptedTextField()
    # What its address is sealed for.
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    asked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def address(self) -> str:
        """The address that was typed. Raises `UndecipherableError`.

        A process of the release before, which may still run, writes it as it was typed.
        """
        if isinstance(self.email, Unreadable) and "@" in self.email.token:
            return self.email.token
        return readable(self.email)
