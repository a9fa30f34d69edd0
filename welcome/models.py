"""The words of the home page and of the accessibility statement, as the therapist edits them.

There is one of each. Where none is stored, an unsaved one stands in with what ships (words.py).
"""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.urls import reverse

from welcome import words


class OnlyRow(models.Model):
    """A table with one row at the most: its key can be nothing but 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="%(app_label)s_%(class)s_only_row")
        ]

    def clean(self) -> None:
        if self._state.adding and self.stored():
            raise ValidationError("There is one already. Go back and change that one.")

    @classmethod
    def stored(cls) -> Self | None:
        """Return the row, if there is one."""
        return cls._default_manager.first()

    @classmethod
    def current(cls) -> Self:
        """Return the row; where none is stored, an unsaved one with the words that ship."""
        return cls.stored() or cls()


class FrontPage(OnlyRow):
    """What the home page says, but for the facts that have a home elsewhere.

    The practice, its therapists, services and places are in the availability app.
    """

    class Picture(models.TextChoices):
        """What `templates/front/_picture.html` shows."""

        RIVER = "river", "A river and a lamp"
        FULHAM = "fulham", "A map of the Thames, with Fulham lit"

    headline = models.CharField(max_length=80, default=words.HEADLINE)
    reassurance = models.CharField(
        max_length=120,
        blank=True,
        default=words.REASSURANCE,
        help_text="One line under the button that books.",
    )
    picture = models.CharField(max_length=10, choices=Picture.choices, default=Picture.RIVER)
    for_whom = models.TextField(
        max_length=600,
        blank=True,
        help_text="A sentence or two: whom you work with. Empty: this part is left out.",
    )
    reasons = models.TextField(
        "why people come",
        max_length=1000,
        blank=True,
        help_text="One reason a line, as people would say it themselves.",
    )
    in_person = models.TextField(
        max_length=300, blank=True, help_text="What it’s like, in a sentence or two."
    )
    online = models.TextField(max_length=300, blank=True)
    walking = models.TextField(max_length=300, blank=True)
    approach = models.TextField(
        "how I work",
        max_length=600,
        blank=True,
        help_text="A sentence or two; each approach has its own words below.",
    )
    fees_note = models.TextField(
        "about fees",
        max_length=500,
        blank=True,
        help_text="Under the fees, like who pays less. The fees and the terms themselves stand "
        "under Services.",
    )
    invitation = models.CharField(
        max_length=200, blank=True, help_text="Beside the button at the end of the page."
    )

    class Meta(OnlyRow.Meta):
        verbose_name = "home page"
        verbose_name_plural = "home page"

    def __str__(self) -> str:
        return "Home page"

    def get_absolute_url(self) -> str:
        return reverse("home")

    @classmethod
    def whole(cls) -> Self:
        """Return the home page with all its passages: two queries."""
        found = cls.current()
        prefetch_related_objects([found], "passages")
        return found

    @property
    def reason_list(self) -> list[str]:
        """The reasons, one a line."""
        return [line.strip() for line in self.reasons.splitlines() if line.strip()]

    def way(self, name: str) -> str:
        """Return what it is like to meet in a format; empty for one that it does not know."""
        return {"in_person": self.in_person, "online": self.online, "walking": self.walking}.get(
            name, ""
        )

    def part(self, name: str) -> "list[Passage]":
        """Return the passages of one part. Reads those that `whole` prefetched."""
        return [passage for passage in self.passages.all() if passage.part == name]

    @property
    def steps(self) -> "list[Passage]":
        """How it starts."""
        return self.part(Passage.Part.STEP)

    @property
    def approaches(self) -> "list[Passage]":
        """What the therapist's work draws on."""
        return self.part(Passage.Part.APPROACH)

    @property
    def questions(self) -> "list[Passage]":
        """What people ask, and the answers."""
        return self.part(Passage.Part.QUESTION)


class Passage(models.Model):
    """A heading of the home page and the words under it.

    All parts share a table, so that the page reads them in one query.
    """

    class Part(models.TextChoices):
        """Where it stands."""

        STEP = "step", "How it starts"
        APPROACH = "approach", "Approach"
        QUESTION = "question", "Question"

    page = models.ForeignKey(FrontPage, on_delete=models.CASCADE, related_name="passages")
    part = models.CharField(max_length=10, choices=Part.choices, editable=False)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=1500)
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest stands first.")

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title


class AccessibilityStatement(OnlyRow):
    """What was done so that everybody can use the site, what was not, and how to complain."""

    text = models.TextField(
        max_length=10_000,
        default=words.statement,
        help_text="Markdown: an empty line between paragraphs, ## before a heading, - before each "
        "line of a list. Your email address and phone number follow it. Say only what is so.",
    )
    reviewed_on = models.DateField(
        "last reviewed", default=words.checked_on, help_text="When you last went through it."
    )

    class Meta(OnlyRow.Meta):
        verbose_name = "accessibility statement"
        verbose_name_plural = "accessibility statement"

    def __str__(self) -> str:
        return "Accessibility statement"

    def get_absolute_url(self) -> str:
        return reverse("accessibility")
