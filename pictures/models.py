"""A picture, by the name that its files share."""

import re
from datetime import datetime
from typing import ClassVar, Self
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from pictures.variants import KINDS
from prose.cleaning import validate_title

NAME = 32  # letters: half of a SHA-256, as hexadecimal digits
FILE = re.compile(rf"(?P<name>[0-9a-f]{{{NAME}}})-[1-9][0-9]{{2,3}}\.(?P<kind>{'|'.join(KINDS)})")


def storage() -> Storage:
    """Return where the files are: a folder or a bucket, as the settings say."""
    return storages["pictures"]


def file_name(name: str, width: int, kind: str) -> str:
    """Return the name of a file."""
    return f"{name}-{width}.{kind}"


class PictureQuerySet(models.QuerySet["Picture"]):
    """Questions about pictures."""

    def unused(self) -> Self:
        """Pictures that no row of any model shows."""
        shown_by = Picture._meta.related_objects  # noqa: SLF001, Django's documented name
        nowhere = {f"{one.name}__isnull": True for one in shown_by}
        return self.filter(**nowhere)

    def let_go_before(self, moment: datetime) -> Self:
        """Pictures that have been shown nowhere since before then."""
        return self.unused().filter(unused_since__lt=moment)


class Focus(models.TextChoices):
    """What a page keeps of a picture that it cuts to its own shape: each is a class of `kt.css`."""

    MIDDLE = "middle", "The middle"
    TOP = "top", "The top"
    BOTTOM = "bottom", "The bottom"
    LEFT = "left", "The left"
    RIGHT = "right", "The right"
    TOP_LEFT = "top-left", "The top left corner"
    TOP_RIGHT = "top-right", "The top right corner"
    BOTTOM_LEFT = "bottom-left", "The bottom left corner"
    BOTTOM_RIGHT = "bottom-right", "The bottom right corner"


class Picture(models.Model):
    """What somebody uploaded for one row: its files are there before it is, and after it.

    A row that shows it has a one-to-one column that names it. Another picture is another row with
    files of another name, so that whatever keeps a file by its address may keep it for good.
    """

    name = models.CharField(max_length=NAME, unique=True, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)  # of the largest files
    height = models.PositiveSmallIntegerField(editable=False)
    widths = ArrayField(models.PositiveSmallIntegerField(), editable=False)
    alt = models.CharField(max_length=200, blank=True, validators=[validate_title])
    is_decorative = models.BooleanField(default=False)
    focus = models.CharField(
        max_length=12, choices=Focus.choices, default=Focus.MIDDLE, db_default=Focus.MIDDLE
    )
    added_at = models.DateTimeField()
    # Seen so by the housekeeping; its files stay a while for pages that are kept somewhere.
    unused_since = models.DateTimeField(null=True, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="picture_is_described_or_decoration",
                condition=Q(is_decorative=True, alt="") | Q(is_decorative=False) & ~Q(alt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.alt or "A picture"

    def address(self, width: int, kind: str) -> str:
        """Return where a browser finds a file."""
        return storage().url(file_name(self.name, width, kind))

    @property
    def preview(self) -> str:
        """The address of the smallest file that every browser shows."""
        return self.address(min(self.widths), KINDS[-1])

    @property
    def shared_address(self) -> str:
        """The whole address of the largest file that every program reads, for other sites."""
        return urljoin(settings.SITE_URL, self.address(max(self.widths), KINDS[-1]))

    @property
    def shape(self) -> float:
        """How wide it is, measured by its height."""
        return self.width / self.height
