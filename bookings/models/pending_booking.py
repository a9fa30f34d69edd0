"""What somebody asks to book who has yet to open a link that was mailed to them."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models

from availability.models import Format, Place, Service, Therapist, title_of
from bookings.typed_words import WISHES
from clients.models import PrivacyNotice
from encryption.fields import EncryptedTextField
from prose.dates import UK, day_label, span_label

# For how long the row, and so the link, stays: mail may come late, and the time be free still.
PENDING_STAYS = timedelta(days=2)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class PendingBookingQuerySet(models.QuerySet["PendingBooking"]):
    """Questions about them."""

    def whole(self) -> Self:
        """With everything that a page or a mail says of them."""
        whole = self.select_related("therapist__practice", "service", "place", "notice")
        return whole.defer("note", *WISHES)  # what they confided is on no page of these

    def opened_by(self, token: str, now: datetime) -> "PendingBooking | None":
        """The one whose mailed link has this token; hashes are compared, not tokens."""
        return self.filter(token_hash=_digest(token), created_at__gt=now - PENDING_STAYS).first()

    def kept(self, now: datetime) -> Self:
        """Those whose time is still kept, the next to lapse first."""
        return self.filter(kept_until__gt=now, is_booked=False).order_by("kept_until")

    def outlived(self, now: datetime) -> Self:
        """Those whose link opens nothing any more."""
        return self.filter(created_at__lte=now - PENDING_STAYS)


class PendingBooking(models.Model):
    """No booking yet: its time is kept by a hold until `kept_until`, and its link books it.

    `key` is the booking's idempotency key: opened twice, or pressed twice, it is booked once.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    notice = models.ForeignKey(PrivacyNotice, on_delete=models.CASCADE, null=True, related_name="+")
    format = models.CharField(max_length=16, choices=Format.choices)
    start = models.DateTimeField()
    length_minutes = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=100, blank=True)
    note = EncryptedTextField(blank=True, row="key")
    pronouns = EncryptedTextField(blank=True, default="", db_default="", row="key")
    languages = EncryptedTextField(blank=True, default="", db_default="", row="key")
    needs = EncryptedTextField(blank=True, default="", db_default="", row="key")
    key = models.UUIDField(unique=True)
    visitor = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    is_booked = models.BooleanField(default=False)
    kept_until = models.DateTimeField()
    created_at = models.DateTimeField(db_index=True)

    objects = PendingBookingQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # it is on no page of its own in admin

    def __str__(self) -> str:
        return f"{self.date_label}, {self.time_label}"

    def new_token(self) -> str:
        """Give it the token of its link, and return it: it can be read only now."""
        token = secrets.token_urlsafe(32)
        self.token_hash = _digest(token)
        return token

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.start + timedelta(minutes=self.length_minutes)

    @property
    def date_label(self) -> str:
        """Like "Tuesday 3 March 2026"."""
        return day_label(self.start.astimezone(UK).date())

    @property
    def time_label(self) -> str:
        """Like "10:30am to 10:45am UK time"."""
        return span_label(self.start, self.end)

    @property
    def format_label(self) -> str:
        """Like "In person"."""
        return str(Format(self.format).label)

    @property
    def title(self) -> str:
        """Like "Free 15-minute consultation"."""
        return title_of(self.service.noun, self.length_minutes, self.service.price)
