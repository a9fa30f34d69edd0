"""Mail that must leave, as rows: finished text that knows nothing of bookings."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encryption.fields import EncryptedTextField


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Questions about mail."""

    def due(self) -> Self:
        """Mail whose moment has come, by the database's clock: new, or let go by a dead sender."""
        waiting = Q(state=OutgoingMail.State.PENDING, due_at__lte=Now())
        abandoned = Q(state=OutgoingMail.State.SENDING, lease_until__lte=Now())
        return self.filter(waiting | abandoned)

    def unsent(self) -> Self:
        """Mail that has not begun to leave."""
        return self.filter(state=OutgoingMail.State.PENDING)


class OutgoingMail(models.Model):
    """One mail to one person. `key` is unique: the same notice can never be queued twice.

    The bodies carry private links, so they are encrypted at rest.
    """

    class State(models.TextChoices):
        """Where the mail stands. Only PENDING and SENDING can still leave."""

        PENDING = "pending", "Waiting"
        SENDING = "sending", "Leaving"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=40)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254, help_text="The From header.")
    subject = models.CharField(max_length=200)
    text = EncryptedTextField()
    html = EncryptedTextField(blank=True)
    invite = models.TextField(blank=True, help_text="The calendar part, if any.")
    invite_method = models.CharField(max_length=10, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "mail"
        verbose_name_plural = "mail"
        indexes: ClassVar = [
            # Only what may still leave: a sweep stays flat with a million sent rows behind it.
            models.Index(
                fields=["due_at"],
                name="outbox_may_leave",
                condition=Q(state__in=["pending", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
