"""Who books: clients, what they agreed to, their private links, how often one may ask."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Lower, Now

from clients.safe_contact import SafeContact
from clients.sealed_rows import EmergencyContact, MergedCard, NewAddress
from clients.tokens import digest, new_token
from encryption.fields import EncryptedTextField
from prose.cleaning import same_mailbox, validate_email_address, validate_one_line
from prose.markdown import render_page
from prose.name_search import PlainName, PlainNumber, anywhere, trigrams

__all__ = (
    "AccessLink",
    "AccessLinkQuerySet",
    "Client",
    "ClientQuerySet",
    "Consent",
    "EmergencyContact",
    "LinkRequest",
    "MergedCard",
    "NewAddress",
    "PrivacyNotice",
    "PrivacyNoticeQuerySet",
    "RateBucket",
)


class PrivacyNoticeQuerySet(models.QuerySet["PrivacyNotice"]):
    """Questions about notices."""

    def current(self) -> "PrivacyNotice | None":
        """The notice that people agree to today."""
        return self.order_by("-version").first()


class PrivacyNotice(models.Model):
    """What the practice says it does with personal data, as it read in one version."""

    version = models.PositiveSmallIntegerField(unique=True)
    published_on = models.DateField()
    body = models.TextField(
        max_length=20_000,
        help_text="Markdown: an empty line between paragraphs, ## before a heading, - before each "
        "line of a list. Your email address follows it.",
    )
    # What the page shows, made of the body when it is cleaned. Without it the body is plain text,
    # as all were that people agreed to before notices had headings.
    html = models.TextField(blank=True, default="", db_default="", editable=False)

    objects = PrivacyNoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"Privacy notice, version {self.version}"

    def clean(self) -> None:
        self.html = render_page(self.body)
        if self.body and not self.html:
            raise ValidationError({"body": "Nothing is left of this on a page. Write some words."})


class ClientQuerySet(models.QuerySet["Client"]):
    """Questions about clients."""

    def at(self, email: str) -> Self:
        """Clients who read mail at this very address."""
        if not email:
            return self.none()  # no address is nobody's in particular
        # The mailbox narrows it down by an index: no index serves a comparison without case.
        return self.filter(mailbox=same_mailbox(email), email__iexact=email)

    def reading(self, email: str) -> Self:
        """Clients whose mailbox this is a spelling of: this very address first, then the proven."""
        if not email:
            return self.none()
        spelled = Case(When(email__iexact=email, then=0), default=1)
        proven_first = F("proven_at").asc(nulls_last=True)
        return self.filter(mailbox=same_mailbox(email)).order_by(spelled, proven_first, "pk")


class Client(SafeContact):
    """A person who booked or asked to."""

    name = models.CharField(max_length=100, validators=[validate_one_line])
    # Empty for whom the practice booked by name alone: they are told otherwise than by email.
    email = models.EmailField(max_length=254, blank=True, validators=[validate_email_address])
    mailbox = models.CharField(max_length=254, db_index=True, blank=True, editable=False)
    phone = models.CharField(max_length=100, blank=True, validators=[validate_one_line])
    accepted_at = models.DateTimeField(
        "accepted", null=True, blank=True, help_text="From then on they may book sessions."
    )
    reminders_from = models.DateTimeField(
        "reminders",
        null=True,
        blank=True,
        db_default=Now(),
        help_text="Reminders that fall due from then on are sent; none if there is no date.",
    )
    # Until then the card is only what somebody typed who may be anybody.
    proven_at = models.DateTimeField("address confirmed", null=True, blank=True, editable=False)
    created_at = models.DateTimeField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes: ClassVar = [
            trigrams(PlainName("name"), "client_name_search"),
            anywhere("email", "client_email_search"),
            trigrams(PlainNumber("phone"), "client_phone_search"),
        ]
        constraints: ClassVar = [
            *SafeContact.Meta.constraints,
            models.UniqueConstraint(
                Lower("email"),
                name="client_email_once",
                condition=~Q(email=""),
                violation_error_message="There is a client with this email address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.mailbox = same_mailbox(self.email) if self.email else ""

    @property
    def is_proven(self) -> bool:
        """Whether a link that was mailed to the address was opened, or the therapist vouches."""
        return self.proven_at is not None

    @property
    def mailed_at(self) -> str:
        """Where the practice may write of its own accord; empty where it may not."""
        return self.email if self.may_email else ""

    @property
    def wants_reminders(self) -> bool:
        """Whether reminders are sent."""
        return self.reminders_from is not None

    def remind(self, now: datetime, *, wanted: bool) -> None:
        """Switch reminders on from `now`, or off; on is left as it is."""
        if wanted != self.wants_reminders:
            self.reminders_from = now if wanted else None


class Consent(models.Model):
    """That a client agreed, or was told, when, how and which words."""

    class How(models.TextChoices):
        """How they learned of the words."""

        ONLINE = "online", "Agreed when booking"
        PHONE = "phone", "Told by phone"
        LINK = "link", "Shown with a private link"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    notice = models.ForeignKey(PrivacyNotice, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    how = models.CharField(
        max_length=6, choices=How.choices, default=How.ONLINE, db_default=How.ONLINE
    )
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("given_at",)

    def __str__(self) -> str:
        # Not which notice: a list of consents would ask for each one's.
        return f"Given on {self.given_at:%-d %B %Y}"


class AccessLinkQuerySet(models.QuerySet["AccessLink"]):
    """Questions about links."""

    def opened_by(self, token: str, now: datetime) -> "AccessLink | None":
        """The link that this token opens. Compares hashes, so timing says nothing of the token."""
        return self.standing(now).filter(token_hash=digest(token)).select_related("client").first()

    def standing(self, now: datetime) -> Self:
        """Links that still open: neither ended nor revoked, and sent to where the client reads.

        The address is compared each time, so that no way of changing it leaves a link open, not
        even one that was being written meanwhile. A link without one is of a release before; who
        has no address has no link.
        """
        theirs = Q(sent_to=Lower("client__email")) | Q(sent_to="")
        standing = self.filter(theirs, revoked_at=None, ends_at__gt=now)
        return standing.exclude(client__email="")

    def of_tokens(self, tokens: Iterable[str]) -> Self:
        """The links of these tokens, whether or not they stand."""
        return self.filter(token_hash__in=[digest(token) for token in tokens])

    def revoke(self, now: datetime) -> int:
        """End them for good, with every session that they opened; return how many stood."""
        return self.filter(revoked_at=None).update(revoked_at=now)


class AccessLink(models.Model):
    """A private link: whoever holds its token is taken for the client, for this one purpose.

    Only the token's SHA-256 is stored: a copy of the database opens nothing. A session remembers
    by which links it was opened, and asks at each request whether they stand.
    """

    class Purpose(models.TextChoices):
        """What a link opens, and nothing else."""

        BOOKING = "booking", "One booking"
        CLIENT = "client", "To book sessions"
        REMINDERS = "reminders", "To stop reminders"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="links")
    # Empty where a process of the release before wrote it: then what it is about tells.
    purpose = models.CharField(max_length=10, choices=Purpose.choices, db_default="")
    about = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_to = models.CharField(max_length=254, db_default="")
    created_at = models.DateTimeField()
    # The default is for what a process of the release before writes.
    ends_at = models.DateTimeField(db_default=Now() + timedelta(days=90))
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Whoever asked for it may have been anybody: the older ones end when its reader says so by a
    # press, not before.
    replaces = models.BooleanField(default=False, db_default=False)

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["about"], name="access_link_about")]

    def __str__(self) -> str:
        return self.about

    @classmethod
    def mint(cls, client: Client, **facts: Any) -> tuple["AccessLink", str]:
        """Return a link that is yet to be stored, and its token, readable only now.

        The token is 256 random bits, URL-safe. The link is for who reads mail at the client's
        address; `facts` are its other columns.
        """
        token, sent_to = new_token(), client.email.lower()
        return cls(client=client, token_hash=digest(token), sent_to=sent_to, **facts), token

    def older(self, now: datetime) -> AccessLinkQuerySet:
        """The links to the same that still open and whose place this one is to take."""
        if not self.replaces:
            return AccessLink.objects.none()
        same = AccessLink.objects.standing(now).filter(client=self.client_id, about=self.about)
        return same.filter(purpose__in=(self.purpose, ""), pk__lt=self.pk)


class LinkRequest(models.Model):
    """That somebody asked for the links of an address, anybody's: until a worker has answered."""

    email = EncryptedTextField()
    # What its address is sealed for.
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    asked_at = models.DateTimeField(db_index=True)
    # What they had chosen to book, as a link says it; empty if nothing.
    wanted = models.CharField(max_length=200, blank=True, db_default="", default="")

    class Meta:
        default_permissions = ()  # it is on no page of admin

    def __str__(self) -> str:
        return f"asked {self.asked_at:%-d %B %Y}"


class RateBucket(models.Model):
    """How many tries one key has left: a token bucket. The key is a hash, so no address is kept."""

    key = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    updated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key[:8]
