"""A place as a page shows it: what is said before somebody books, and what after."""

from collections.abc import Iterable
from dataclasses import dataclass

from availability.models import Fact, Format, Place, Service
from bookings.kept_facts import Where
from bookings.models import Booking
from bookings.notices.map_links import MapLink, map_links
from front.place_map import PlaceMap, place_map
from pictures.models import Picture


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """What a template may know of a place. `anchor` is its name in addresses of the page."""

    anchor: str
    name: str
    format: str
    address: str
    directions: str
    access: list[Fact]
    travel: list[Fact]
    bring: str
    picture: Picture | None
    map: PlaceMap | None
    links: list[MapLink]


def public_places(services: Iterable[Service]) -> list[PlaceCard]:
    """Return where one can be met, each once, rooms first; a video room is not to be found.

    The services come with their therapist's places: it asks nothing.
    """
    offered = list(services)
    places = {
        place.pk: place
        for fmt in (Format.IN_PERSON, Format.WALKING)
        for service in offered
        if fmt in service.formats
        for place in service.therapist.places.all()
        if place.is_active and place.format == fmt
    }
    return [public_card(place) for place in places.values()]


def public_card(place: Place) -> PlaceCard:
    """Return what anybody may read: the address and a map where the practice wishes, the way."""
    where = Where(place.name, place.address if place.is_public else place.area)
    return _card(place, where, has_map=place.is_public)


def told_card(booking: Booking) -> PlaceCard | None:
    """Return where a booking is, whole; None for a meeting online.

    Where its place has moved since, only what its client was told: no map, none of today's way.
    """
    if booking.format == Format.ONLINE:
        return None
    where, place = booking.where, booking.place_as_told
    return _card(place or Place(pk=booking.place_id, name=where.name), where, has_map=True)


def _card(place: Place, where: Where, *, has_map: bool) -> PlaceCard:
    point = place.point
    return PlaceCard(
        anchor=f"place-{place.pk}",
        name=where.name,
        format=place.format,
        address=where.address,
        directions=where.directions,
        access=place.access,
        travel=place.travel,
        bring=place.bring,
        picture=place.picture,
        map=place_map(point, where.name) if has_map and point else None,
        links=map_links(point, where.address) if has_map else [],
    )


def worth_a_look(cards: list[PlaceCard]) -> list[PlaceCard]:
    """Return them, or none where nothing is said of any place but its name."""
    said = (one.address or one.access or one.travel or one.bring or one.picture for one in cards)
    return cards if any(said) else []
