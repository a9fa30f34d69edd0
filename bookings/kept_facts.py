"""What a booking keeps of where it is and who invites to it: as its client was told.

Today's places and addresses decide what is booked newly, never what a standing booking says.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import models

from availability.models import Place, Therapist


@dataclass(frozen=True, slots=True)
class Where:
    """The words of a place, as a client reads them."""

    name: str
    address: str = ""
    directions: str = ""
    video_url: str = ""

    @property
    def lines(self) -> list[str]:
        """Where it is, as the lines of an address label."""
        return [line for line in (self.name, self.address) if line]

    def stored(self) -> dict[str, str]:
        """Return it as JSON keeps it."""
        return asdict(self)


def where_of(place: Place) -> Where:
    """Return a place's words as they are today."""
    return Where(place.name, place.address, place.directions, place.video_url)


def before_booking(place: Place) -> Where:
    """Return what is said of a place to somebody who hasn’t booked: its address, or the area."""
    hidden = place.address_shown == Place.AddressShown.BOOKED
    return Where(place.name, place.area if hidden else place.address)


def place_columns(place_id: int, where: Where) -> dict[str, Any]:
    """Return the columns in which a booking keeps where it is."""
    return {
        "place_kept": place_id,
        "place_name": where.name,
        "place_address": where.address,
        "place_directions": where.directions,
        "video_url": where.video_url,
    }


PLACE_COLUMNS = tuple(place_columns(0, Where("")))


def organizer_columns(therapist: Therapist) -> dict[str, str]:
    """Return the columns in which a booking keeps its ORGANIZER, as calendars know it."""
    return {"organizer_name": therapist.practice.organizer_name, "organizer_email": therapist.email}


class KeptFacts(models.Model):
    """The columns. A web process of the release before writes none of them: then today's count.

    `place_kept` is the place whose words they are: where it is not the booking's place, that
    process has moved the booking since.
    """

    place_kept = models.BigIntegerField(null=True, editable=False)
    place_name = models.CharField(
        max_length=80, blank=True, default="", db_default="", editable=False
    )
    place_address = models.CharField(
        max_length=200, blank=True, default="", db_default="", editable=False
    )
    place_directions = models.TextField(blank=True, default="", db_default="", editable=False)
    video_url = models.URLField("video link", blank=True, default="", db_default="", editable=False)
    organizer_name = models.CharField(
        max_length=80, blank=True, default="", db_default="", editable=False
    )
    organizer_email = models.EmailField(blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True

    @property
    def kept_where(self) -> Where:
        """The words that are kept."""
        return Where(self.place_name, self.place_address, self.place_directions, self.video_url)

    def keep_where(self, place_id: int, where: Where) -> None:
        """Keep where it is from now on; the caller saves `PLACE_COLUMNS`."""
        for name, value in place_columns(place_id, where).items():
            setattr(self, name, value)
