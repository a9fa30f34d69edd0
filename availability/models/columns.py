"""Columns of which a model has several alike."""

from collections.abc import Callable

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from prose.cleaning import validate_lines


def most_field(
    name: str, help_text: str
) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """Return the column of a cap that need not be set."""
    return models.PositiveSmallIntegerField(
        name,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=help_text,
    )


def words_field(
    name: str, help_text: str, default: Callable[[], str] | str = ""
) -> "models.TextField[str, str]":
    """Return a column for a few sentences of the practice’s own."""
    return models.TextField(
        name,
        max_length=400,
        blank=True,
        default=default,
        db_default="",
        validators=[validate_lines],
        help_text=help_text,
    )
