"""How a consultation ends, and what the therapist then writes: their own words, or these.

The words are here and not in rows: so every therapist has them from the first day, and only what
somebody changed is stored.
"""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models

from availability.models import Therapist
from prose.cleaning import validate_one_line


class Outcome(models.TextChoices):
    """How a consultation ends."""

    CONTINUE = "continue", "Continue"
    NOT_THE_FIT = "not_the_fit", "Not the right fit"
    THINK = "think", "Think about it"


# May be read over somebody's shoulder, so it is the same whatever the outcome.
SUBJECT = "After our appointment"
WORDS: dict[Outcome, str] = {
    Outcome.CONTINUE: """\
It was good to meet you, and I’d be glad to go on working with you.

When you’re ready, choose a time for our first session with the link below. There’s no hurry.

If you have a question before then, just answer this email.""",
    Outcome.NOT_THE_FIT: """\
Thank you for meeting me, and for what you told me.

I’ve thought about what would help you most, and I don’t think I’m the right therapist for it. \
That’s about how I work and what I know, not about you: it was right to ask, and I hope you’ll go \
on looking.

Two places to look: the British Association for Counselling and Psychotherapy (BACP) and the UK \
Council for Psychotherapy (UKCP) each have a directory on their websites, where you can search by \
area and by what you’d like help with. Your GP can also tell you what’s free near you, and in \
England you can ask NHS Talking Therapies yourself, without a GP.

If it would help to talk through where to turn, answer this email and I’ll do what I can.""",
    Outcome.THINK: """\
Thank you for meeting me. There’s no hurry to decide: take the time you need.

If you’d like to go on, ask for your link on the page below, then choose a time that suits you. \
If you’d rather not, you don’t need to do anything.

If a question comes up while you think, just answer this email.""",
}

# What the mail adds below the words.
ADDED: dict[Outcome, str] = {
    Outcome.CONTINUE: "Below your words stands their private link to book sessions.",
    Outcome.NOT_THE_FIT: "No link to book follows.",
    Outcome.THINK: "Below your words stands a link to the page that emails them their link.",
}


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Questions about follow-ups."""

    def of(self, therapists: Iterable[Therapist]) -> "list[FollowUp]":
        """One for each outcome and therapist, in order; unsaved where the words are ours."""
        therapists = list(therapists)
        rows = self.filter(therapist__in=therapists)
        own = {(row.therapist_id, row.outcome): row for row in rows}
        return [
            own.get((therapist.pk, outcome))
            or FollowUp(therapist=therapist, outcome=outcome, subject=SUBJECT, body=WORDS[outcome])
            for therapist in therapists
            for outcome in Outcome
        ]


class FollowUp(models.Model):
    """The mail after a consultation that ended in one way, as its therapist wants it."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="follow_ups")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    is_on = models.BooleanField("send it", default=True)
    subject = models.CharField(
        max_length=120,
        validators=[validate_one_line],
        help_text="It may be read over somebody’s shoulder: keep it neutral.",
    )
    body = models.TextField(
        "what you write",
        max_length=4000,
        help_text="Plain text; a blank line between paragraphs. “Hello” and their name come first, "
        "your name comes last.",
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ("therapist", "outcome")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["therapist", "outcome"], name="follow_up_once_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return str(Outcome(self.outcome).label)

    @property
    def added(self) -> str:
        """What the mail adds below the words."""
        return ADDED[Outcome(self.outcome)]

    @property
    def paragraphs(self) -> list[str]:
        """What stands between blank lines."""
        parts = (part.strip() for part in self.body.replace("\r\n", "\n").split("\n\n"))
        return [part for part in parts if part]
