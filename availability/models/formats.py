"""How two people meet."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Format(models.TextChoices):
    """How two people meet."""

    IN_PERSON = "in_person", "In person"
    ONLINE = "online", "Online"
    WALKING = "walking", "Walking"


def formats_field(help_text: str) -> "ArrayField[list[str], list[str]]":
    """Return a column that holds one or more formats."""
    one: models.CharField[str, str] = models.CharField(max_length=16, choices=Format.choices)
    return ArrayField(one, size=len(Format), help_text=help_text)
