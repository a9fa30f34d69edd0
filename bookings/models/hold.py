"""A time that is kept for somebody a while."""

from datetime import datetime
from typing import ClassVar, Self, cast

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection, models

from availability.models import Format, Service, Therapist
from prose.dates import UK, day_label

_LET_GO = """
DELETE FROM bookings_hold WHERE therapist_id = %s AND visitor = %s AND lower(during) = %s
"""


class HoldQuerySet(models.QuerySet["Hold"]):
    """Questions about holds."""

    def ended(self, now: datetime) -> Self:
        """Holds that no longer keep it."""
        return self.filter(expires_at__lte=now)

    def let_go(self, therapist_id: int, visitor: str, start: datetime) -> None:
        """Delete what a visitor holds that begins then; by hand, as each booking does it."""
        with connection.cursor() as cursor:
            cursor.execute(_LET_GO, [therapist_id, visitor, start])

    def of(self, therapist_id: int) -> Self:
        """Those in one diary."""
        return self.filter(therapist_id=therapist_id)


class Hold(models.Model):
    """A time that somebody is about to book, kept from others for a few minutes.

    `visitor` names a browser's session by a random word that is used for nothing else.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="holds")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="holds")
    format = models.CharField(max_length=16, choices=Format.choices)
    during = DateTimeRangeField()
    visitor = models.CharField(max_length=32)
    expires_at = models.DateTimeField()
    # Kept because a page promised it, until a mailed link is opened: no other choice takes it away.
    is_promised = models.BooleanField(default=False, db_default=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["therapist", "service", "format", "during", "visitor"],
                name="hold_once_a_visitor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {day_label(self.start.astimezone(UK).date())}"

    @property
    def start(self) -> datetime:
        """The first instant that is kept."""
        return cast("datetime", self.during.lower)
