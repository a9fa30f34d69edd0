"""The questions that an article answers below its text."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from academy.models.article import NOTHING_LEFT, Article
from prose.cleaning import validate_lines, validate_title
from prose.markdown import render_answer


class Question(models.Model):
    """A question that an article's readers ask, with its answer."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="questions")
    question = models.CharField(max_length=200, validators=[validate_title])
    answer = models.TextField(
        max_length=4000,
        validators=[validate_lines],
        help_text="Markdown, as above, without headings or charts.",
    )
    html = models.TextField(blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest stands first.")

    class Meta:
        ordering = ("position", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="academy_question_rendered", condition=~Q(html="")),
        ]

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        """Render the answer."""
        self.render()
        if self.answer and not self.html:
            raise ValidationError({"answer": NOTHING_LEFT})

    def render(self) -> None:
        """Set what is made of the answer."""
        self.html = render_answer(self.answer)
