"""What was typed with a booking, and whether it was its client who typed it.

Anybody can type anybody's address. What they type beside it stays with the booking: the client's
card, their consents and what counts for all their meetings change only once somebody presses the
button behind a link that was mailed to the address, or the therapist says so.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from clients.models import Client, PrivacyNotice
from encryption.fields import EncryptedTextField
from prose.names import greeting_name


@dataclass(frozen=True, slots=True)
class Wishes:
    """What would make meeting easier for somebody; none need say any of it."""

    pronouns: str = ""
    languages: str = ""
    needs: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """Return the columns that keep it."""
        return asdict(self)


NO_WISHES = Wishes()
WISHES = tuple(NO_WISHES.columns)


class TypedWords(models.Model):
    """The columns. A web process of the release before writes none: then the card's words count."""

    contact_name = models.CharField(
        "name as typed", max_length=100, blank=True, default="", db_default="", editable=False
    )
    contact_email = models.EmailField(
        "address as typed", max_length=254, blank=True, default="", db_default="", editable=False
    )
    contact_phone = models.CharField(
        "phone as typed", max_length=100, blank=True, default="", db_default="", editable=False
    )
    # What would make it easier for them: confided, like the note.
    pronouns = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    languages = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    needs = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    # What they agreed to as they typed; it counts as the client's from `proven_at` on.
    notice = models.ForeignKey(
        PrivacyNotice,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    proven_at = models.DateTimeField("address confirmed", null=True, editable=False)
    # A first meeting for whom there is another: met before, or booked twice.
    is_repeat = models.BooleanField("has met before", default=False, db_default=False)
    # When it is let go, where the practice has it so; None where it stands.
    release_at = models.DateTimeField("let go", null=True, editable=False)
    # Of this meeting alone, beside what counts for all the client's.
    reminds = models.BooleanField(default=True, db_default=True, editable=False)
    reminds_from = models.DateTimeField(null=True, editable=False)

    if TYPE_CHECKING:
        client: models.ForeignKey[Client, Client]

    class Meta:
        abstract = True

    @property
    def is_proven(self) -> bool:
        """Whether its client has confirmed it by their mail, or the therapist for them."""
        return self.proven_at is not None

    @property
    def typed_name(self) -> str:
        """The name that came with it."""
        return self.contact_name or self.client.name

    @property
    def typed_email(self) -> str:
        """The address that came with it, as it was spelled."""
        return self.contact_email or self.client.email

    @property
    def called(self) -> str:
        """By which name mail and the practice speak of its client."""
        return self.client.name if self.is_proven else self.typed_name

    @property
    def reached(self) -> str:
        """By which phone number the practice reaches them, if they gave one."""
        return self.client.phone if self.is_proven else self.contact_phone or self.client.phone

    @property
    def greeting(self) -> str:
        """What stands after "Hello" in mail; empty if nothing does."""
        return greeting_name(self.called)

    @property
    def differs_from_card(self) -> bool:
        """Whether something was typed that the client's card doesn't say."""
        client = self.client
        phone = self.contact_phone or client.phone
        return (self.typed_name, phone) != (client.name, client.phone)

    def remind(self, now: datetime, *, wanted: bool) -> None:
        """Switch this meeting's reminders on from `now`, or off; on is left as it is."""
        if wanted != self.reminds:
            self.reminds = wanted
            self.reminds_from = now if wanted else self.reminds_from
