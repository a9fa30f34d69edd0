"""A booking's history."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from bookings.models.booking import Booking
from encryption.fields import EncryptedTextField


class BookingEvent(models.Model):
    """One line of a booking's history: who did what, when, and why."""

    class Actor(models.TextChoices):
        """Who acted."""

        CLIENT = "client", "Client"
        THERAPIST = "therapist", "Therapist"
        ASSISTANT = "assistant", "Assistant"
        SYSTEM = "system", "System"

    class Action(models.TextChoices):
        """What was done."""

        BOOKED = "booked", "Booked"
        MOVED = "moved", "Changed"
        CANCELLED = "cancelled", "Cancelled"
        WAIVED = "waived", "Late fee waived"
        ASKED = "asked", "Asked to move"
        WITHDRAWN = "withdrawn", "Question withdrawn"
        UNDONE = "undone", "Taken back"
        RECORDED = "recorded", "Recorded"
        SENT = "sent", "Details sent again"
        READDRESSED = "readdressed", "Sent to the client’s new address"
        KEPT = "kept", "Kept, though they may have met before"

    # What its reason is sealed for. The default of the database's is for a release before.
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=10, choices=Actor.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    action = models.CharField(max_length=12, choices=Action.choices)
    # Names of places are long, and a change may tell five facts: no length would be enough.
    what = models.TextField(blank=True, db_default="", help_text="From what to what it changed.")
    # What a therapist was warned of and accepted: never for the client's eyes.
    despite = models.CharField(
        "against",
        max_length=500,
        blank=True,
        db_default="",
        help_text="Which rules it went against.",
    )
    is_late = models.BooleanField("late", default=False, db_default=False)
    reason = EncryptedTextField(blank=True)
    sequence = models.PositiveIntegerField()
    # What can be taken back while the mail that tells of it waits: how the booking stood, and the
    # mail's key.
    was = models.JSONField(db_default={}, editable=False)
    told_by = models.CharField(max_length=120, blank=True, db_default="", editable=False)
    is_undone = models.BooleanField(default=False, db_default=False, editable=False)
    # The same of all that one leave decided, so that it can be taken back in one step.
    decision = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ("at", "pk")
        indexes: ClassVar = [
            models.Index(fields=["told_by"], name="event_told_by", condition=~Q(told_by="")),
            models.Index(
                fields=["decision"], name="event_decision", condition=Q(decision__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} by the {self.get_actor_display().lower()}"
