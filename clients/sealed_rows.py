"""What is kept of a client beside their card, every word of it sealed for its own row."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from clients.tokens import digest, new_token
from encryption.fields import EncryptedTextField

# How long the link works that confirms an address, and how long a merge can be undone.
LINK_DAYS = timedelta(days=7)
UNDO_TIME = timedelta(days=1)


class EmergencyContact(models.Model):
    """Whom to call if something is wrong, and the GP: sealed, for a client's therapists alone."""

    client = models.OneToOneField(
        "clients.Client", on_delete=models.CASCADE, related_name="emergency"
    )
    # What its words are sealed for.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    person = EncryptedTextField(blank=True, max_length=200)
    person_phone = EncryptedTextField(blank=True, max_length=100)
    person_when = EncryptedTextField(blank=True, max_length=300)
    gp = EncryptedTextField(blank=True, max_length=200)
    gp_surgery = EncryptedTextField(blank=True, max_length=300)
    gp_phone = EncryptedTextField(blank=True, max_length=100)

    class Meta:
        default_permissions = ()  # it is on no page of admin but the client's own

    def __str__(self) -> str:
        return f"Of client {self.client_id}"


class NewAddressQuerySet(models.QuerySet["NewAddress"]):
    """Questions about addresses that are to be confirmed."""

    def opened_by(self, token: str, now: datetime) -> "NewAddress | None":
        """The one whose mailed link has this token; hashes are compared, not tokens."""
        return self.standing(now).filter(token_hash=digest(token)).first()

    def standing(self, now: datetime) -> Self:
        """Those whose link still works."""
        return self.filter(asked_at__gt=now - LINK_DAYS)

    def outlived(self, now: datetime) -> Self:
        """Those whose link works no longer."""
        return self.filter(asked_at__lte=now - LINK_DAYS)


class NewAddress(models.Model):
    """An address that a client is to have once whoever reads mail there has pressed a button."""

    client = models.OneToOneField(
        "clients.Client", on_delete=models.CASCADE, related_name="new_address"
    )
    # What its address is sealed for.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    email = EncryptedTextField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()

    objects = NewAddressQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # it is on no page of admin but the client's own

    def __str__(self) -> str:
        return f"Of client {self.client_id}"

    @classmethod
    def mint(cls, client: Any, email: str, now: datetime) -> tuple["NewAddress", str]:
        """Return one that is yet to be stored, and the token of its link, readable only now."""
        token = new_token()
        return cls(client=client, email=email, token_hash=digest(token), asked_at=now), token

    @property
    def ends_at(self) -> datetime:
        """When its link stops to work."""
        return self.asked_at + LINK_DAYS


class MergedCardQuerySet(models.QuerySet["MergedCard"]):
    """Questions about cards that were put together."""

    def outlived(self, now: datetime) -> Self:
        """Those that can't be undone any longer, and so are kept no longer."""
        return self.filter(merged_at__lte=now - UNDO_TIME)

    def standing(self, now: datetime) -> Self:
        """Those that can be undone."""
        return self.filter(merged_at__gt=now - UNDO_TIME)


class MergedCard(models.Model):
    """A card that was put together with another, for a day: all that parts the two again."""

    kept = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="merged")
    # What its words are sealed for.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    facts = EncryptedTextField()
    merged_at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = MergedCardQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-merged_at"]

    def __str__(self) -> str:
        return f"Into client {self.kept_id}"
