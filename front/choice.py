"""What to book and how to meet, and the links that carry it from step to step."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from availability.catalogue import Version, service_named
from availability.models import Format, Place, Service
from bookings import privacy_notice
from clients.models import PrivacyNotice

# The steps of a booking, and the pages that stand in their place when one is moved.
MOVING = {"book": "booking", "time": "change", "details": "move", "zone": "change"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What and how: the first step's answer."""

    service: Service
    format: str
    # The versions under which the service was read; None where nobody looked.
    version: Version | None = None
    # Whose clock is shown beside the UK's: one of `zones.ZONES`, or empty for the browser's own.
    zone: str = ""
    # Where a booking is moved: its uid, and its start, which is not in its own way.
    moves: str = ""
    moving: int | None = None
    # Its start once more, where choosing it would change nothing: then it isn't offered.
    hides: int | None = None
    # Its own length in seconds, which it keeps; None for what is booked newly.
    length: int | None = None

    @property
    def length_minutes(self) -> int:
        """How long the meeting lasts."""
        return self.service.length_minutes if self.length is None else self.length // 60

    @property
    def query(self) -> dict[str, str]:
        """The choice as parameters of a link."""
        query = {"what": self.service.slug, "how": self.format}
        query["who"] = self.service.therapist.slug
        return {**query, "zone": self.zone} if self.zone else query

    @property
    def format_label(self) -> str:
        """Like "Online"."""
        return str(Format(self.format).label)

    @property
    def label(self) -> str:
        """Like "Free 15-minute consultation, online"."""
        return f"{self.service.title}, {self.format_label.lower()}"

    def link(self, name: str, **extra: str) -> str:
        """Return the address of a step that carries the choice."""
        given = {key: value for key, value in extra.items() if value}
        if self.moves:
            query = {"how": self.format, **({"zone": self.zone} if self.zone else {})}
            return f"{_path(MOVING[name], self.moves)}?{urlencode({**query, **given})}"
        return f"{_path(name)}?{urlencode({**self.query, **given})}"

    @property
    def hidden(self) -> dict[str, str]:
        """What the form of the times carries on to the next step beside the time."""
        zone = {"zone": self.zone} if self.zone else {}
        return {"how": self.format, **zone} if self.moves else self.query

    def places(self) -> list[Place]:
        """Return the places in use for the format. Reads those that came with the service."""
        its = self.service.therapist.places.all()
        return [place for place in its if place.format == self.format and place.is_active]

    @property
    def notice(self) -> PrivacyNotice | None:
        """The notice that somebody new agrees to, if there is one."""
        if self.version is None:
            return PrivacyNotice.objects.current()
        return privacy_notice.current(self.version.catalogue)

    @property
    def notice_version(self) -> int:
        """That notice's version; 0 while there is none."""
        return self.notice.version if self.notice else 0

    @property
    def next_path(self) -> str:
        """Where that form goes."""
        return _path(MOVING["details"], self.moves) if self.moves else _path("details")


# A page has a handful of links to two or three steps, and each look at the map costs as much as
# the rest of the link.
@lru_cache(maxsize=64)
def _path(name: str, uid: str = "") -> str:
    return reverse(name, args=[uid] if uid else None)


def find_choice(what: str, how: str, who: str = "", zone: str = "") -> Choice | None:
    """Return the service and format that a link names, if they can be booked."""
    service, version = (what and service_named(what, who)) or (None, None)
    if service is None or how not in service.formats or not service.takes_bookings:
        return None
    return Choice(service, how, version, zone)
