"""What the academy's templates cannot say themselves."""

from collections.abc import Iterable
from typing import Any

from django import template

from academy import structured
from academy.models import Article, Question

register = template.Library()


@register.simple_tag
def about_article(
    article: Article, questions: Iterable[Question], practice: str = ""
) -> dict[str, Any]:
    """Return what search engines read of an article."""
    return structured.about(article, questions, practice)
