"""Mail that must leave, as rows: finished text that knows nothing of bookings."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Least, Now

from encryption.fields import EncryptedTextField

# Between two tries of one mail.
LONGEST_WAIT = timedelta(hours=2)
# Mail that should have left so long ago is in trouble; the first tries, 1, 2 and 4 minutes apart,
# are over by then.
LATE = timedelta(minutes=10)
# The mail server took our word and declined this one mail: the others are not concerned.
REFUSED = "^SMTP(RecipientsRefused|DataError):"
# Of what a provider calls a mail.
LONGEST_NAME = 120
# A name of 80 characters, each of which may need a backslash, and an address of 254; a UUID of 36
# and the domain of such an address.
LONGEST_SENDER = 450
LONGEST_ID = 300
# How long a mail that was given up is news.
FAILED_LATELY = timedelta(days=3)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Questions about mail. All times are the database's."""

    def due(self) -> Self:
        """Mail whose moment has come: new, or let go by a dead sender."""
        nobodys = Q(lease_until=None) | Q(lease_until__lte=Now())
        waiting = Q(state=OutgoingMail.State.PENDING, due_at__lte=Now()) & nobodys
        return self.filter(waiting | _abandoned())

    def of_use(self) -> Self:
        """Mail that is not worthless by now."""
        return self.exclude(not_after__lte=Now())

    def too_late(self) -> Self:
        """Mail that nobody is sending and that is worthless by now, whenever its next try is."""
        waiting = Q(state=OutgoingMail.State.PENDING)
        return self.filter(waiting | _abandoned(), not_after__lte=Now())

    def late(self) -> Self:
        """Mail that should have left a while ago, `since` when.

        A try in vain moves `due_at`, so that alone would let mail wait for a day unnoticed.
        """
        # No due or retried mail is due later than this: what waits for its day is not even read.
        soon = self.may_leave().filter(due_at__lte=Now() + LONGEST_WAIT)
        since = soon.annotate(since=Least("due_at", "failing_since"))  # Postgres passes over NULL
        return since.filter(since__lte=Now() - LATE)

    def stuck(self) -> Self:
        """Late mail, but for what a mail server refused: one wrong address is no outage."""
        return self.late().exclude(last_error__regex=REFUSED)

    def given_up_lately(self) -> Self:
        """Mail that was given up in the last days."""
        return self.filter(_given_up_lately())

    def failed_lately(self) -> Self:
        """Mail that was given up, or came back, in the last days."""
        since = Now() - FAILED_LATELY
        bounced = Q(fate=OutgoingMail.Fate.BOUNCED, fate_at__gt=since)
        return self.filter(_given_up_lately() | bounced)

    def came_back(self) -> Self:
        """Mail that its address did not want."""
        return self.filter(fate__in=UNWANTED)

    def unwelcome(self) -> Self:
        """For each address that wants no mail now: the mail that last told so.

        The address is well again with a later mail that was delivered. Where a mail server said
        no at its door, it is enough that it took a later one in.
        """
        later = OutgoingMail.objects.filter(to=OuterRef("to"))
        then = OuterRef("fate_at")
        delivered = later.filter(fate=OutgoingMail.Fate.DELIVERED, fate_at__gt=then)
        taken = later.filter(fate="", state=OutgoingMail.State.SENT, sent_at__gt=then)
        at_the_door = Q(sent_at=None)
        return self.came_back().exclude(
            Exists(delivered)
            | (at_the_door & Exists(taken))
            | Exists(later.came_back().filter(fate_at__gt=then))
        )

    def may_leave(self) -> Self:
        """Mail that has not come to its end."""
        return self.filter(state__in=[OutgoingMail.State.PENDING, OutgoingMail.State.SENDING])

    def unsent(self) -> Self:
        """Mail that no sender is handing over just now, be it next in line or left half-way."""
        return self.filter(Q(state=OutgoingMail.State.PENDING) | _abandoned())


class OutgoingMail(models.Model):
    """One mail to one person. `key` is unique: the same notice can never be queued twice.

    The bodies carry private links, so they are encrypted at rest, each for the mail of this key.
    """

    class State(models.TextChoices):
        """Where the mail stands. Only PENDING and SENDING can still leave.

        SENDING is the moment of handing over; what a sender has only claimed is still PENDING.
        """

        PENDING = "pending", "Waiting"
        SENDING = "sending", "Leaving"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Too late"

    class Fate(models.TextChoices):
        """What became of it afterwards, as far as anybody told."""

        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Marked as spam"

    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=40)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=LONGEST_SENDER, help_text="The From header.")
    reply_to = models.CharField(
        max_length=254, blank=True, db_default="", help_text="Where answers go, if elsewhere."
    )
    subject = models.CharField(max_length=200)
    text = EncryptedTextField(row="key")
    html = EncryptedTextField(blank=True, row="key")
    invite = models.TextField(blank=True, help_text="The calendar part, if any.")
    invite_method = models.CharField(max_length=10, blank=True)
    unsubscribe_url = EncryptedTextField(
        "how to stop its kind",
        blank=True,
        db_default="",
        help_text="The List-Unsubscribe header.",
        row="key",
    )
    message_id = models.CharField(max_length=LONGEST_ID, unique=True)
    due_at = models.DateTimeField(help_text="When it is tried, or tried again.")
    not_after = models.DateTimeField(
        null=True, blank=True, help_text="From then on it is worthless and never leaves."
    )
    failing_since = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(
        max_length=LONGEST_NAME, blank=True, db_default="", help_text="What the provider calls it."
    )
    fate = models.CharField(
        "what became of it", max_length=10, choices=Fate.choices, blank=True, db_default=""
    )
    fate_at = models.DateTimeField("at", null=True, blank=True)
    fate_reason = models.CharField("reason", max_length=300, blank=True, db_default="")

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "email"
        verbose_name_plural = "emails"
        indexes: ClassVar = [
            # Only what may still leave: a sweep stays flat with a million sent rows behind it.
            models.Index(
                fields=["due_at"],
                name="outbox_may_leave",
                condition=Q(state__in=["pending", "sending"]),
            ),
            models.Index(fields=["due_at"], name="outbox_failed", condition=Q(state="failed")),
            # What came back is rare; whether an address took a later mail is asked of each.
            models.Index(
                fields=["fate_at"],
                name="outbox_came_back",
                condition=Q(fate__in=["bounced", "complained"]),
            ),
            models.Index(fields=["to"], name="outbox_to"),
            models.Index(
                fields=["provider_id"], name="outbox_provider_id", condition=~Q(provider_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.subject


UNWANTED = (OutgoingMail.Fate.BOUNCED, OutgoingMail.Fate.COMPLAINED)


def _given_up_lately() -> Q:
    return Q(state=OutgoingMail.State.FAILED, due_at__gt=Now() - FAILED_LATELY)


def _abandoned() -> Q:
    """Mail that a sender began to hand over and did not live to tell of."""
    return Q(state=OutgoingMail.State.SENDING, lease_until__lte=Now())


class Sweep(models.Model):
    """The last time that somebody looked through the outbox: a row for each who does."""

    class By(models.TextChoices):
        """Who looks. Either is enough; the worker has beat and the broker behind it."""

        WORKER = "worker", "The worker"
        SWEEPER = "sweeper", "The sweeper"

    by = models.CharField(max_length=10, choices=By.choices, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()  # it is on no page of admin

    def __str__(self) -> str:
        return self.by
