"""Storing an article from code, with all that admin's form checks."""

from collections.abc import Iterable

from django.db import transaction

from academy.models import Article, Question, Topic


@transaction.atomic
def store(
    article: Article, *, topics: Iterable[Topic] = (), questions: Iterable[tuple[str, str]] = ()
) -> Article:
    """Check, render and save an article with its topics and its questions and answers, or nothing.

    What it had of either before is replaced. Raises ValidationError.
    """
    article.full_clean()
    article.save()
    article.topics.set(topics)
    article.questions.all().delete()
    for position, (question, answer) in enumerate(questions):
        row = Question(article=article, question=question, answer=answer, position=position)
        row.full_clean()
        row.save()
    return article
