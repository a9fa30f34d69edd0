"""What the academy's templates cannot say themselves."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from academy import structured
from academy.models import Article, Question

register = template.Library()


@register.simple_tag
def structured_data(
    article: Article, questions: Iterable[Question], practice: str = ""
) -> SafeString:
    """Write what search engines read of an article."""
    return structured.script(structured.about(article, questions, practice))
