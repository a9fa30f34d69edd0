"""Articles, their topics, and the questions that they answer.

What a page shows is rendered when a row is cleaned, so once a change and never in a request; the
database refuses a row that was not.
"""

from academy.models.article import Article, Topic, validate_year
from academy.models.question import Question
from academy.models.shipped import Shipped

__all__ = ["Article", "Question", "Shipped", "Topic", "validate_year"]
