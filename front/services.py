"""What is offered, in words: for the front door, the fees and the first step of a booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from availability.catalogue import Offered
from availability.models import Format, Place, Service
from availability.walltime import utc
from bookings import policy, privacy_notice, slots
from front.choice import Choice
from prose.dates import moment_label

# Of so many therapists all free times are kept; of more only the first is looked for, each time.
FEW = 5


@dataclass(frozen=True, slots=True)
class FirstAct:
    """The one thing to do, like "Book a free 15-minute consultation".

    `meeting` is what somebody new books, "a free 15-minute consultation"; empty if there is nothing
    for them. `formats` are the ways to have it, for those who know which.
    """

    title: str
    url: str
    meeting: str
    formats: tuple["FormatLink", ...] = ()


@dataclass(frozen=True, slots=True)
class FormatLink:
    """A way to meet, and the address of its free times."""

    format: str
    label: str
    times_url: str


@dataclass(frozen=True, slots=True)
class Way:
    """A format as it can be had; `times_url` leads to the free times of a first meeting."""

    format: str
    label: str
    places: list[str]
    prices: list[str]
    times_url: str


@dataclass(frozen=True, slots=True)
class Fee:
    """A service with its price and its terms, in the words that are agreed when it is booked."""

    name: str
    length: str
    formats: str
    price: str
    summary: str
    policy: str


@dataclass(frozen=True, slots=True)
class NotTaking:
    """A therapist who takes no new people just now, and what they say of it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Who takes no new people just now; `is_all` if nobody new can be met at all."""

    people: tuple[NotTaking, ...]
    is_all: bool

    @property
    def headline(self) -> str:
        """Like "I’m not taking new people just now"; where others do take them, who doesn't."""
        is_one, names = len(self.people) == 1, [one.name for one in self.people]
        if self.is_all:
            who = "I’m" if is_one else "We’re"
            return f"{who} not taking new people just now"
        isnt = "isn’t" if is_one else "aren’t"
        return f"{listed(names, 'and')} {isnt} taking new people just now"

    @property
    def names_them(self) -> bool:
        """Whether it must be said whose words they are."""
        return len(self.people) > 1


def bookable(services: Sequence[Service]) -> list[Service]:
    """Return those whose therapist takes the people whom they are for."""
    return [service for service in services if service.takes_bookings]


def closed(services: Sequence[Service]) -> Closed | None:
    """Return who takes no new people just now, of those who offer these; None where all do."""
    theirs = [one for one in services if not one.takes_bookings]
    therapists = {service.therapist_id: service.therapist for service in theirs}.values()
    if not therapists:
        return None
    people = tuple(NotTaking(one.name, one.closed_words) for one in therapists)
    return Closed(people, first_meeting(bookable(services)) is None)


def is_several(services: Sequence[Service]) -> bool:
    """Whether more than one therapist offers them."""
    return len({service.therapist_id for service in services}) > 1


def first_meeting(services: Sequence[Service]) -> Service | None:
    """Return what somebody new books first."""
    return next((service for service in services if not service.for_clients), None)


def first_act(offered: Offered) -> FirstAct | None:
    """Return what to do first, where booking is open: it asks for consent to a notice.

    None where nothing can be booked, and while nobody takes new people.
    """
    able = bookable(offered.services)
    if not able or privacy_notice.current(offered.version) is None:
        return None
    first = first_meeting(able)
    if first is None and len(able) < len(offered.services):
        return None
    if first is None:
        return FirstAct("Book a time", reverse("book"), "")
    url = f"{reverse('book')}?what={first.slug}"
    formats = (fmt for fmt in Format if fmt in first.formats)
    links = (FormatLink(f, str(f.label), Choice(first, f).link("time")) for f in formats)
    return FirstAct(f"Book {first.one}", url, first.one, tuple(links))


def first_free(
    offered: Offered, services: Sequence[Service], now: datetime
) -> dict[tuple[int, str], int]:
    """Return the first free start of each of those services and formats, by `(id, format)`.

    A few therapists' are kept, each while their diary stands; where not, they are two queries.
    """
    versions = {one.therapist_id: offered.version_of(one) for one in services}
    if len(versions) > FEW:
        return slots.first_free(services, now)
    return slots.first_free_of_few(services, now, versions)


def next_free(offered: Offered, now: datetime) -> str:
    """Return the first moment for somebody new, in words; empty if there is none."""
    new = [service for service in bookable(offered.services) if not service.for_clients]
    found = first_free(offered, new, now)
    return moment_label(utc(min(found.values()))) if found else ""


def ways(services: Sequence[Service]) -> list[Way]:
    """Return a card of each format in which anything can be had."""
    having = [(fmt, [one for one in services if fmt in one.formats]) for fmt in Format]
    return [_way(fmt, its) for fmt, its in having if its]


def _way(fmt: Format, services: Sequence[Service]) -> Way:
    first = first_meeting(services)
    return Way(
        format=fmt.value,
        label=str(fmt.label),
        # A video room has no address: it is not a place that one finds.
        places=_once([p.name for one in services for p in _places(one, fmt) if p.address]),
        prices=_once([f"{_length(one)}, {one.price_label.lower()}" for one in services]),
        times_url=Choice(first, fmt).link("time") if first else "",
    )


def fees(services: Sequence[Service]) -> list[Fee]:
    """Return a row of each service."""
    several = is_several(services)
    return [_fee(service, several=several) for service in services]


def _fee(service: Service, *, several: bool) -> Fee:
    labels = [str(fmt.label).lower() for fmt in Format if fmt in service.formats]
    return Fee(
        name=f"{service.name}, with {service.therapist}" if several else service.name,
        length=_length(service),
        formats=listed(labels),
        price=service.price_label,
        summary=service.summary,
        policy=policy.words(policy.terms_for(service)),
    )


def listed(words: Sequence[str], last: str = "or") -> str:
    """Like "in person, online or walking"; `last` stands before the last."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _places(service: Service, fmt: str) -> list[Place]:
    """Return the places of a format. Reads the prefetched places: no query a card."""
    return [p for p in service.therapist.places.all() if p.format == fmt and p.is_active]


def _length(service: Service) -> str:
    return f"{service.length_minutes} minutes"


def _once(words: Sequence[str]) -> list[str]:
    """Drop what was said before."""
    return list(dict.fromkeys(words))
