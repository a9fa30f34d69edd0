"""Notes: whose they are and of which meeting in the open, every word of them sealed."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Max, Prefetch, Q
from django.db.models.functions import Coalesce

from availability.models import Therapist
from bookings.models import Booking
from bookings.whose_client import Therapists, met_by
from clients.models import Client
from encryption.fields import EncryptedTextField

LONGEST = 20_000


class NoteQuerySet(models.QuerySet["Note"]):
    """Questions about notes, none of which opens any."""

    def read_by(self, therapists: Therapists) -> Self:
        """Notes that these therapists wrote of somebody whom they meet."""
        theirs = met_by(Client.objects.all(), therapists)
        return self.filter(therapist__in=therapists, client__in=theirs)

    def listed(self) -> Self:
        """The last first: by the meeting that they are of, or else by when they were begun."""
        began = Coalesce("booking__during__startswith", "created_at")
        last = Max("versions__written_at")
        known = self.annotate(of=began, written_at=last, count=Count("versions"))
        return known.select_related("booking__service").order_by("-of", "-pk")

    def with_versions(self) -> Self:
        """With all that was written, the last version first; sealed until somebody reads it."""
        versions = NoteVersion.objects.order_by("-number")
        return self.prefetch_related(Prefetch("versions", versions, to_attr="written"))


class Note(models.Model):
    """One note of one client: of a meeting, or free. Its words stand in its versions."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notes")
    # Whose it is for good: no hand-over gives it to anybody else.
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="notes")
    booking = models.ForeignKey(
        Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="notes"
    )
    created_at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # nobody has a right to another's: see availability/access.py
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(booking__isnull=False), name="note_once_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class NoteVersion(models.Model):
    """What a note said at one time: written once, never changed, shown last or by opening it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    # What its text is sealed for.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField()
    text = EncryptedTextField()
    written_at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ("note", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "number"], name="note_version_once"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
