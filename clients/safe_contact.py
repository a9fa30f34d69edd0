"""How somebody can be reached without putting them at risk, as they said it to their therapist.

Whoever shares a phone or a mailbox may share it with the one person who mustn't know. So each way
has its own yes or no, and what writes, offers a call or leaves a message asks here.
"""

from datetime import datetime, time, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from prose import phone_numbers
from prose.cleaning import validate_one_line
from prose.dates import UK, clock_label


class SafeContact(models.Model):
    """The columns. With defaults of the database's: the release before writes none of them."""

    may_email = models.BooleanField("may be emailed", default=True, db_default=True)
    may_phone = models.BooleanField("may be called", default=True, db_default=True)
    # Nobody said so: a message is heard, and a text read, by whoever holds the phone.
    may_leave_message = models.BooleanField(
        "may be left a message", default=False, db_default=False
    )
    may_text = models.BooleanField("may be texted", default=False, db_default=False)
    neutral_words = models.BooleanField(
        "neutral words",
        default=False,
        db_default=False,
        help_text="Emails say when you meet and nothing of what it is or with which practice.",
    )
    quiet_from = models.TimeField(
        null=True, blank=True, help_text="UK time. Not to be reached from then on,"
    )
    quiet_until = models.TimeField(
        null=True, blank=True, help_text="until then; it may be the next morning."
    )
    ask_for = models.CharField(
        "name to ask for",
        max_length=100,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
        help_text="If somebody else may pick up, or they go by another name on the phone.",
    )
    contact_said_on = models.DateField("said on", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="client_quiet_hours_have_two_ends",
                condition=Q(quiet_from=None, quiet_until=None)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
            ),
        ]

    @property
    def has_quiet_hours(self) -> bool:
        """Whether there are hours in which they mustn't be reached."""
        return self.quiet_from is not None and self.quiet_until is not None

    @property
    def quiet_label(self) -> str:
        """Like "10pm to 7am"; empty if there are none."""
        if self.quiet_from is None or self.quiet_until is None:
            return ""
        return f"{clock_label(self.quiet_from)} to {clock_label(self.quiet_until)}"

    def is_quiet(self, now: datetime) -> bool:
        """Whether they mustn't be reached at this moment: by UK clocks, over midnight too."""
        return _is_between(now.astimezone(UK).time(), self.quiet_from, self.quiet_until)

    def call_link(self, phone: str, now: datetime) -> str:
        """Return the address that calls them by this number; empty where nobody may just now.

        Whoever shows a button that calls asks here, and shows none where there is nothing.
        """
        if not phone or not self.may_phone or self.is_quiet(now):
            return ""
        return phone_numbers.link(phone)

    def reachable_from(self, now: datetime) -> datetime:
        """Return `now`, or when their quiet hours end if it is in them."""
        return _next(self.quiet_until, now) if self.quiet_until and self.is_quiet(now) else now

    def quiet_again(self, now: datetime) -> datetime | None:
        """Return when their quiet hours begin next; None if there are none."""
        return _next(self.quiet_from, now) if self.quiet_from else None


def _next(clock: time, now: datetime) -> datetime:
    """Return the next moment at which the UK's clocks show this."""
    wall = now.astimezone(UK)
    at = wall.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    later = at if at > wall else at + timedelta(days=1)  # by the clock of its zone
    return later.astimezone(now.tzinfo)


def _is_between(clock: time, begin: time | None, end: time | None) -> bool:
    if begin is None or end is None:
        return False
    if begin < end:
        return begin <= clock < end
    return clock >= begin or clock < end
