"""Articles and their topics."""

import uuid
from datetime import date, datetime, time
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from academy.charts import ChartError
from academy.rendering import render
from pictures.models import Picture
from prose.cleaning import validate_lines, validate_title
from prose.dates import day_label
from prose.markdown import render_answer

WORDS_A_MINUTE = 200
FIRST_YEAR, LAST_YEAR = 2000, 2199
NOTHING_LEFT = "Nothing is left of this when it is shown as a page. Write some words."


def validate_year(day: date) -> None:
    """Refuse dates that are a slip of the keyboard."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}.")


def kept(slug: str) -> str:
    """Say why an address can't be changed."""
    return f"It stays “{slug}”: people keep links, and these lead there."


def _first_moment(day: date) -> datetime:
    """Return the first moment of a day in the UK."""
    return timezone.make_aware(datetime.combine(day, time()))


class TopicQuerySet(models.QuerySet["Topic"]):
    """Questions about topics."""

    def in_use(self, today: date) -> Self:
        """Topics that lead to an article which is out."""
        return self.filter(articles__in=Article.objects.published(today)).distinct()


class Topic(models.Model):
    """What several articles are about."""

    name = models.CharField(max_length=60, unique=True, validators=[validate_title])
    slug = models.SlugField(
        max_length=60,
        unique=True,
        help_text="The end of its address: letters, digits, hyphens. Once an article leads there, "
        "it stays.",
    )
    summary = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_title],
        help_text="One sentence at the head of its page and in search results.",
    )
    introduction = models.TextField(
        max_length=4000,
        blank=True,
        default="",
        db_default="",
        validators=[validate_lines],
        help_text="A few paragraphs above the articles of this topic. Markdown, as in an answer.",
    )
    html = models.TextField(blank=True, default="", db_default="", editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])

    def clean(self) -> None:
        """Keep the address that links lead to, and render the introduction."""
        self.render()
        before = Topic.objects.filter(pk=self.pk).exclude(slug=self.slug).first()
        if before and before.articles.read_by(timezone.localdate()).exists():
            raise ValidationError({"slug": kept(before.slug)})

    def render(self) -> None:
        """Set what is made of the introduction."""
        self.html = render_answer(self.introduction)


class ArticleQuerySet(models.QuerySet["Article"]):
    """Questions about articles."""

    def published(self, today: date) -> Self:
        """Articles that anybody may read, with their pictures: none before its date."""
        out = self.filter(state=Article.State.PUBLISHED, published_on__lte=today)
        return out.select_related("picture")

    def read_by(self, today: date) -> Self:
        """Articles that anybody could read on that day or before it."""
        return self.filter(Q(was_out=True) | Q(pk__in=self.published(today).values("pk")))

    def related_to(self, article: "Article") -> Self:
        """Other articles: those that share most topics with one first, then the newest."""
        shared = Count("topics", filter=Q(topics__articles=article))
        others = self.exclude(pk=article.pk).annotate(shared=shared)
        return others.order_by("-shared", "-published_on", "-pk")


class Article(models.Model):
    """One article. Its `uid` names it in the feed for ever, whatever its address becomes."""

    class State(models.TextChoices):
        """Who may read it."""

        DRAFT = "draft", "Draft: only you see it"
        PUBLISHED = "published", "Published: everybody sees it from its date on"

    class Cover(models.TextChoices):
        """The drawings of templates/academy/covers/."""

        CHAIRS = "chairs", "Two chairs and a lamp"
        DOOR = "door", "An open door"
        STONES = "stones", "Three stones by the river"
        WALK = "walk", "A walk along the river"
        WINDOW = "window", "A chair, and a laptop by the window"
        BRIDGE = "bridge", "A bridge at sunrise"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=100, validators=[validate_title])
    slug = models.SlugField(
        "address",
        max_length=80,
        unique=True,
        help_text="The end of its address: letters, digits, hyphens. Once people could read it, it "
        "stays: links lead there.",
        error_messages={"unique": "Another article has this address. Choose another."},
    )
    summary = models.CharField(
        max_length=200,
        validators=[MinLengthValidator(50), validate_title],
        help_text="One or two sentences, 50 to 200 characters: under the title, in lists and in "
        "search results.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    published_on = models.DateField(
        "date",
        default=timezone.localdate,
        validators=[validate_year],
        help_text="A published article shows from this day on, UK time.",
    )
    updated_on = models.DateField(
        "updated",
        null=True,
        blank=True,
        validators=[validate_year],
        help_text="Fill this in when you have changed what the article says. Typing errors don’t "
        "count.",
    )
    # That anybody could read it once: from then on its address stays, even as a draft.
    was_out = models.BooleanField(default=False, db_default=False, editable=False)
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    cover = models.CharField("drawing", max_length=10, choices=Cover.choices, default=Cover.CHAIRS)
    cover_is_decorative = models.BooleanField(
        "the drawing is decoration",
        default=False,
        help_text="It says nothing that the words don’t: screen readers pass over it.",
    )
    cover_alt = models.CharField(
        "what the drawing shows",
        max_length=200,
        blank=True,
        validators=[validate_title],
        help_text="Read aloud to people who can’t see it. Needed unless it is decoration.",
    )
    # Uploaded on a page of its own; with it the drawing is not shown.
    picture = models.OneToOneField(
        Picture, on_delete=models.PROTECT, null=True, related_name="article", editable=False
    )
    author = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_title],
        help_text="Who wrote it and their registration, in one line under the title. Empty: the "
        "therapist, where the practice has only one, else the practice.",
    )
    body = models.TextField("text", max_length=40_000, validators=[validate_lines])
    html = models.TextField(blank=True, editable=False)
    contents = models.JSONField(default=list, blank=True, editable=False)
    minutes = models.PositiveSmallIntegerField("reading time", default=1, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ("-published_on", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="academy_article_rendered", condition=~Q(html="")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.slug])

    def is_published(self, today: date) -> bool:
        return self.state == self.State.PUBLISHED and self.published_on <= today

    @property
    def cover_hidden(self) -> bool:
        """Whether what stands at the head says nothing: a picture, or else the drawing."""
        return self.picture.is_decorative if self.picture else self.cover_is_decorative

    @property
    def date_label(self) -> str:
        return day_label(self.published_on)

    @property
    def updated_label(self) -> str:
        """The day of the last change of substance; empty if there was none."""
        return day_label(self.updated_on) if self.updated_on else ""

    @property
    def changed_on(self) -> date:
        """The day since which it says what it says."""
        return self.updated_on or self.published_on

    @property
    def published_at(self) -> datetime:
        """The date as a moment, for a feed."""
        return _first_moment(self.published_on)

    @property
    def changed_at(self) -> datetime:
        """The day of the last change of substance as a moment, for a feed."""
        return _first_moment(self.changed_on)

    def clean(self) -> None:
        """Check what its fields say together, and render the text."""
        wrong = {
            **self._wrong_address(),
            **self._wrong_dates(),
            **self._wrong_cover(),
            **self._wrong_text(),
        }
        if wrong:
            raise ValidationError(wrong)

    def _wrong_address(self) -> dict[str, str]:
        today = timezone.localdate()
        before = Article.objects.read_by(today).filter(pk=self.pk).first()
        is_out = bool(self.published_on) and self.is_published(today)
        self.was_out = before is not None or is_out
        return {"slug": kept(before.slug)} if before and before.slug != self.slug else {}

    def _wrong_dates(self) -> dict[str, str]:
        if self.updated_on and self.published_on and self.updated_on < self.published_on:
            return {"updated_on": "It can’t be updated before its own date."}
        return {}

    def _wrong_cover(self) -> dict[str, str]:
        if self.cover_is_decorative and self.cover_alt:
            return {"cover_alt": "Leave this empty, or say that the drawing is not decoration."}
        if not self.cover_is_decorative and not self.cover_alt:
            return {"cover_alt": "Say what the drawing shows, or say that it is decoration."}
        return {}

    def _wrong_text(self) -> dict[str, str]:
        try:
            self.render()
        except ChartError as error:
            return {"body": str(error)}
        return {} if self.html or not self.body else {"body": NOTHING_LEFT}

    def render(self) -> None:
        """Set all that is made of the text. Raises `ChartError`."""
        rendered = render(self.body)
        self.html, self.contents = rendered.html, rendered.contents
        self.minutes = max(1, round(rendered.words / WORDS_A_MINUTE))
