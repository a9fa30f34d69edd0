"""A diary for somebody who begins: with services and places, so that it only lacks hours.

What the practice offers already is what a new therapist offers too: services, with their prices and
rules, and places are copied from its first diary, and can be changed there like any other.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.text import slugify

from availability.models import Format, Place, Practice, Service, Therapist
from staff.people import name_of

# How a place is called that has a name of its own yet to get.
NAMES = {
    Format.IN_PERSON: "Room",
    Format.ONLINE: "Video room",
    Format.WALKING: "Meeting point",
}


class NoPlaceError(Exception):
    """Nowhere to meet in this format: none was given, and the practice has none to copy."""

    def __init__(self, fmt: Format) -> None:
        """Take the format."""
        super().__init__(fmt)
        self.format = fmt


@dataclass(frozen=True, slots=True)
class Wanted:
    """How somebody will meet clients, and where, by format: an address, online a link."""

    formats: tuple[Format, ...]
    where: dict[Format, str]


def make_diary(user: User, practice: Practice, wanted: Wanted) -> Therapist:
    """Make a diary with services and places; raises `NoPlaceError` where a format has no place."""
    first = practice.therapists.order_by("-is_active", "pk").first()
    name = name_of(user)
    therapist = Therapist.objects.create(
        practice=practice, user=user, name=name, slug=_slug(name), email=user.email
    )
    for fmt in wanted.formats:
        _make_places(therapist, fmt, wanted.where.get(fmt, ""), first)
    _make_services(therapist, wanted.formats, first)
    return therapist


def _slug(name: str) -> str:
    """Return what stands in links: of two people of one name the second gets a number."""
    base = slugify(name)[:40] or "therapist"
    taken = set(Therapist.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


def _make_places(therapist: Therapist, fmt: Format, where: str, first: Therapist | None) -> None:
    if where:
        said = {"video_url" if fmt == Format.ONLINE else "address": where}
        Place.objects.create(therapist=therapist, format=fmt, name=NAMES[fmt], **said)
        return
    there = first.places.filter(format=fmt, is_active=True) if first else Place.objects.none()
    if not there:
        raise NoPlaceError(fmt)
    _copy(there, therapist)


def _make_services(
    therapist: Therapist, formats: Iterable[Format], first: Therapist | None
) -> None:
    offered = first.services.filter(is_active=True) if first else Service.objects.none()
    ways = [str(fmt) for fmt in formats]
    _copy(offered or [_consultation()], therapist, formats=ways)


def _consultation() -> Service:
    """Return what a practice begins with that offers nothing yet: a free first meeting."""
    return Service(
        name="Consultation",
        slug="consultation",
        audience=Service.Audience.NEW,
        length_minutes=15,
        price=Decimal(0),
    )


def _copy(rows: Iterable[Model], therapist: Therapist, **facts: object) -> None:
    """Store each row once more, as this therapist's."""
    for row in rows:
        new = copy(row)
        new.pk, new._state = None, copy(row._state)  # noqa: SLF001, Django's way to copy a row
        new._state.adding = True  # noqa: SLF001
        for name, value in {"therapist": therapist, **facts}.items():
            setattr(new, name, value)
        new.save()
