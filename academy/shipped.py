"""The articles that come with Kicks, from academy/articles/ into the database.

Each is loaded once. A later release renews it where nobody touched it; what the therapist changed
or deleted stays as they left it.

A file begins with facts between lines of dashes, then the text, then, under `# Questions`, each
question as a heading with its answer below.
"""

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from academy.charts import ChartError
from academy.models import Article, Shipped, Topic
from academy.save_article import store

ARTICLES = Path(__file__).parent / "articles"
TOPICS = "topics.txt"  # each a heading, one sentence, and an introduction
_FILE = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says; `name` is the file's and becomes the article's address."""

    name: str
    facts: dict[str, str]
    body: str
    questions: tuple[tuple[str, str], ...]

    @property
    def words(self) -> dict[str, Any]:
        """The columns that a renewal sets; dates and state are the therapist's."""
        alt = self.facts.get("alt", "")
        return {
            "title": self.facts["title"],
            "summary": self.facts["summary"],
            "cover": self.facts["cover"],
            "cover_alt": alt,
            "cover_is_decorative": not alt,
            "body": self.body,
        }


def read(path: Path) -> Source:
    """Read a file. Raises ValueError for one that is not written as above."""
    found = _FILE.fullmatch(path.read_text())
    if found is None:
        raise ValueError(f"{path.name} does not begin with facts between lines of ---")
    lines = (line.partition(": ") for line in found[1].splitlines())
    body, _, asked = found[2].partition("\n# Questions\n")
    _, *pairs = _HEADING.split(asked)
    answers = zip(pairs[::2], pairs[1::2], strict=True)
    return Source(
        name=path.stem,
        facts={key: value.strip() for key, _, value in lines},
        body=body.strip(),
        questions=tuple((question.strip(), answer.strip()) for question, answer in answers),
    )


@transaction.atomic
def load(state: Article.State = Article.State.PUBLISHED) -> list[str]:
    """Load what is new and renew what nobody touched; say what became of each.

    What is new gets the `state`. All other articles are rendered again, as this release renders.
    """
    said = [f"{path.stem}: {_load(read(path), state)}" for path in sorted(ARTICLES.glob("*.md"))]
    for article in Article.objects.prefetch_related("questions"):
        _render_again(article)
    return said


def _load(source: Source, state: Article.State) -> str:
    known = Shipped.objects.filter(name=source.name).select_related("article").first()
    if known is None:
        return _add(source, state)
    if known.article is None:
        return "deleted here, so left out"
    if digest(known.article) != known.digest:
        return "changed here, so left alone"
    known.digest = digest(_write(known.article, source))
    known.save()
    return "up to date"


def _add(source: Source, state: Article.State) -> str:
    if Article.objects.filter(slug=source.name).exists():
        return "left out, for another article has its address"
    day = date.fromisoformat(source.facts["date"])
    article = _write(Article(slug=source.name, state=state, published_on=day), source)
    Shipped.objects.create(name=source.name, digest=digest(article), article=article)
    return "added"


def _write(article: Article, source: Source) -> Article:
    for column, value in source.words.items():
        setattr(article, column, value)
    names = source.facts["topics"].split(", ")
    return store(article, topics=map(_topic, names), questions=source.questions)


def _topic(name: str) -> Topic:
    """Return the topic, known by its address where it was renamed here, else by its name."""
    summary, introduction = topics()[name]
    known = Topic.objects.filter(Q(slug=slugify(name)) | Q(name=name)).first()
    topic = known or Topic(name=name, slug=slugify(name), summary=summary)
    if not topic.introduction and topic.summary == summary:
        topic.introduction = introduction
        topic.render()
        topic.save()
    return topic


def topics() -> dict[str, tuple[str, str]]:
    """Return the sentence and the introduction of each topic that ships, by its name."""
    _, *pairs = _HEADING.split((ARTICLES / TOPICS).read_text())
    told = (words.partition("\n\n") for words in pairs[1::2])
    said = [(summary.strip(), introduction.strip()) for summary, _, introduction in told]
    return dict(zip(pairs[::2], said, strict=True))


def digest(article: Article) -> str:
    """Return a fingerprint of all that an article says, but for its dates and its state."""
    said = [
        article.title,
        article.slug,
        article.summary,
        article.cover,
        article.cover_alt,
        article.cover_is_decorative,
        article.body,
        sorted(article.topics.values_list("slug", flat=True)),
        list(article.questions.values_list("question", "answer")),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _render_again(article: Article) -> None:
    with suppress(ChartError):  # a chart that this release refuses stays as it was drawn
        article.render()
        article.save(update_fields=["html", "contents", "minutes"])
    for question in article.questions.all():
        question.render()
        question.save(update_fields=["html"])
