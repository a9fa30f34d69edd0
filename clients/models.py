"""Who books: clients, what they agreed to, their private links, how often one may ask."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now

from encryption.fields import EncryptedTextField
from prose.cleaning import same_mailbox, validate_email_address, validate_one_line
from prose.markdown import render_page


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
        # The mailbox narrows it down by an index: no index serves a comparison without case.
        return self.filter(mailbox=same_mailbox(email), email__iexact=email)


class Client(models.Model):
    """A person who booked or asked to."""

    name = models.CharField(max_length=100, validators=[validate_one_line])
    email = models.EmailField(max_length=254, validators=[validate_email_address])
    mailbox = models.CharField(max_length=254, db_index=True, editable=False)
    phone = models.CharField(max_length=30, blank=True, validators=[validate_one_line])
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
    created_at = models.DateTimeField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="client_email_once",
                violation_error_message="There is a client with this email address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.mailbox = same_mailbox(self.email)

    @property
    def first_name(self) -> str:
        """What to call them in a greeting."""
        return self.name.split(" ", 1)[0]

    @property
    def wants_reminders(self) -> bool:
        """Whether reminders are sent."""
        return self.reminders_from is not None

    def remind(self, now: datetime, *, wanted: bool) -> None:
        """Switch reminders on from `now`, or off; on is left as it is."""
        if wanted != self.wants_reminders:
            self.reminders_from = now if wanted else None


class Consent(models.Model):
    """That a client agreed, when, and to which words."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    notice = models.ForeignKey(PrivacyNotice, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ("given_at",)

    def __str__(self) -> str:
        # Not which notice: a list of consents would ask for each one's.
        return f"Given on {self.given_at:%-d %B %Y}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class AccessLinkQuerySet(models.QuerySet["AccessLink"]):
    """Questions about links."""

    def opened_by(self, token: str) -> "AccessLink | None":
        """The link that this token opens. Compares hashes, so timing says nothing of the token."""
        return self.filter(token_hash=_digest(token)).select_related("client").first()


class AccessLink(models.Model):
    """A private link: whoever holds its token is taken for the client, for this one purpose.

    Only the token's SHA-256 is stored: a copy of the database opens nothing.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="links")
    about = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    objects = AccessLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.about

    @classmethod
    def issue(cls, client: Client, about: str, now: datetime) -> str:
        """Make a link and return its token (256 random bits, URL-safe), readable only now."""
        link, token = cls.mint(client, about, now)
        link.save()
        return token

    @classmethod
    def mint(cls, client: Client, about: str, now: datetime) -> tuple["AccessLink", str]:
        """Return a link that is yet to be stored, and its token."""
        token = secrets.token_urlsafe(32)
        link = cls(client=client, about=about, token_hash=_digest(token), created_at=now)
        return link, token

    @classmethod
    def replace(cls, client: Client, abouts: Sequence[str], now: datetime) -> dict[str, str]:
        """Make one link for each in place of all there were; return the tokens by what they open.

        Call it in a transaction: the old links open nothing from the moment the new ones do.
        """
        cls.objects.filter(client=client, about__in=abouts).delete()
        minted = {about: cls.mint(client, about, now) for about in abouts}
        cls.objects.bulk_create([link for link, _ in minted.values()])
        return {about: token for about, (_, token) in minted.items()}


class LinkRequest(models.Model):
    """That somebody asked for the links of an address, anybody's: until a worker has answered."""

    email = EncryptedTextField()
    # What its address is sealed for.
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    asked_at = models.DateTimeField(db_index=True)

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
