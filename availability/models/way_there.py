"""How somebody finds a place, gets in and feels there: the columns of a place, and their order."""

from typing import NamedTuple

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from availability.models.validators import validate_finite
from prose.cleaning import validate_printable


class Fact(NamedTuple):
    """A sentence about a place, and the name of the small drawing beside it."""

    drawing: str
    words: str


def _sentence(name: str, help_text: str) -> "models.CharField[str, str]":
    """Return a column for a sentence that need not be written."""
    return models.CharField(
        name,
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_printable],
        help_text=help_text,
    )


class WayThere(models.Model):
    """What a place says of the way, and to whom it says its address.

    With defaults of the database's: a web process of the release before writes none of them.
    """

    class AddressShown(models.TextChoices):
        """From when on somebody reads the address."""

        PUBLIC = "public", "On the website, with a map"
        STEPS = "steps", "While they book"
        BOOKED = "booked", "Only once they’ve booked"

    address_shown = models.CharField(
        "who reads the address",
        max_length=8,
        choices=AddressShown.choices,
        default=AddressShown.STEPS,
        db_default=AddressShown.STEPS,
        help_text="Until then people read the area below, the way and the access, no house number "
        "and no map. Whoever has booked always reads all of it.",
    )
    area = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        validators=[validate_printable],
        help_text="Roughly where, for those who don’t read the address yet, like “Fulham, SW6”.",
    )
    steps = _sentence(
        "steps and lift",
        "One sentence, the bad news first, like “14 stairs with a rail, and no lift.” It stands "
        "first, and before anybody books.",
    )
    toilet = _sentence("toilet", "Like “A toilet on the same floor, with a wide door.”")
    inside = _sentence(
        "what it’s like", "Like “Chairs with arms, and one without. No sign in the window.”"
    )
    train = _sentence(
        "train and tube", "Like “District line to Putney Bridge, then 7 minutes on foot, level.”"
    )
    bus = _sentence("bus", "Like “Buses stop on the high street, 3 minutes away.”")
    parking = _sentence(
        "parking and bikes", "Like “Bike stands outside. Parking is paid until 8pm.”"
    )
    bring = _sentence(
        "what to bring",
        "Like “Shoes for muddy paths, and something for the rain.” Empty: a line that fits how "
        "you meet.",
    )

    latitude = models.FloatField(
        null=True,
        blank=True,
        validators=[validate_finite, MinValueValidator(-90), MaxValueValidator(90)],
        help_text="Degrees north, like 51.4696 for Fulham. Maps show it when you press on a point.",
    )
    longitude = models.FloatField(
        null=True,
        blank=True,
        validators=[validate_finite, MinValueValidator(-180), MaxValueValidator(180)],
        help_text="Degrees east, like -0.2127 for Fulham.",
    )

    class Meta:
        abstract = True

    @property
    def point(self) -> tuple[float, float] | None:
        """Degrees north and east; None where nobody entered both."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def access(self) -> list[Fact]:
        """What one meets at the door and inside; what nobody wrote is left out."""
        found = (("steps", self.steps), ("toilet", self.toilet), ("inside", self.inside))
        return [Fact(drawing, words) for drawing, words in found if words]

    @property
    def travel(self) -> list[Fact]:
        """How one gets there; what nobody wrote is left out."""
        found = (("train", self.train), ("bus", self.bus), ("parking", self.parking))
        return [Fact(drawing, words) for drawing, words in found if words]

    @property
    def is_public(self) -> bool:
        """Whether anybody reads the address."""
        return self.address_shown == self.AddressShown.PUBLIC
