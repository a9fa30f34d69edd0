"""The first step's page: one kind of meeting, and each way to have it as a line that leads on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from availability.models import Format, Practice, Service
from availability.walltime import utc
from front import services
from front.choice import Choice
from front.services import Closed
from prose.dates import UK, day_label

# The first free start of a service and format, by `(service's id, format)`.
Starts = Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: what and how narrow the page, the others go on with its links."""

    what: str = ""
    how: str = ""
    draft_id: str = ""
    zone: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What goes on to another kind of meeting."""
        every = {"how": self.how, "draft": self.draft_id, "zone": self.zone}
        return {name: value for name, value in every.items() if value}


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the page: how to meet, from when, and the address of its free times."""

    label: str
    art: str
    begins: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The ways to meet one therapist; who that is goes without saying where there is only one."""

    therapist: str
    meeting: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class OtherMeeting:
    """Another kind of meeting that the page leads to."""

    one: str
    for_clients: bool
    url: str


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """All that the page says, but for who looks at it.

    The `meeting` is told once where it is the same with each therapist, and else with each.
    """

    meeting: str
    is_same: bool
    for_clients: bool
    groups: tuple[Group, ...]
    others: tuple[OtherMeeting, ...]
    draft_id: str = ""
    message: str = ""
    # Who takes no new people just now, if anybody.
    closed: Closed | None = None


def choose_page(
    offered: Sequence[Service],
    shown: Sequence[Service],
    asked: Asked,
    starts: Starts,
    closed: Closed | None,
) -> ChoosePage:
    """Put the page together: one meeting is `shown`, the other ones that are offered are named."""
    first = shown[0]
    return ChoosePage(
        meeting=_meeting(first),
        is_same=len({_meeting(service) for service in shown}) == 1,
        for_clients=first.for_clients,
        groups=tuple(_groups(shown, asked, starts)),
        others=tuple(_others(offered, first, asked)),
        draft_id=asked.draft_id,
        closed=closed,
    )


def meeting_shown(offered: Sequence[Service], what: str, *, is_client: bool) -> list[Service]:
    """Return the services of one name, each therapist's: those asked for, or the first to book.

    For somebody new that is a first meeting, for a client a session.
    """
    named = [service for service in offered if service.slug == what]
    if named:
        return named
    fitting = (service for service in offered if service.for_clients == is_client)
    first = next(fitting, offered[0])
    return [service for service in offered if service.slug == first.slug]


def _groups(shown: Sequence[Service], asked: Asked, starts: Starts) -> list[Group]:
    several = services.is_several(shown)
    return [
        Group(
            service.therapist.name if several else "",
            _meeting(service),
            tuple(_way(service, fmt, asked, starts) for fmt in Format if fmt in service.formats),
        )
        for service in shown
    ]


def _meeting(service: Service) -> str:
    """Like "Free 15-minute consultation", "50-minute session, £75"."""
    return service.title if service.is_free else f"{service.title}, {service.price_label}"


def _way(service: Service, fmt: Format, asked: Asked, starts: Starts) -> Way:
    start = starts.get((service.pk, fmt))
    return Way(
        label=str(fmt.label),
        art=str(fmt.value),
        begins=_begins(start),
        url=Choice(service, fmt, zone=asked.zone).link("time", draft=asked.draft_id),
        is_chosen=fmt == asked.how,
    )


def _begins(start: int | None) -> str:
    if start is None:
        return "no free times just now"
    return f"from {day_label(utc(start).astimezone(UK).date(), year=False)}"


def _others(offered: Sequence[Service], shown: Service, asked: Asked) -> list[OtherMeeting]:
    """Return the other kinds of meeting, each once, whoever offers them."""
    firsts: dict[str, Service] = {}
    for service in offered:
        firsts.setdefault(service.slug, service)
    return [
        OtherMeeting(
            one.one,
            one.for_clients,
            f"{reverse('book')}?{urlencode({'what': one.slug, **asked.kept})}",
        )
        for one in firsts.values()
        if one.slug != shown.slug
    ]


@lru_cache(maxsize=256)
def rendered(page: ChoosePage, practice: Practice, _catalogue: int) -> str:
    """Render a page that says nothing of its visitor once, while all that it shows stands.

    The practice is a key by its id alone: the catalogue's version stands for its words.
    """
    return render_to_string("front/choose.html", context_of(page, practice))


def context_of(page: ChoosePage, practice: Practice) -> dict[str, Any]:
    """Return what the template says."""
    return {
        **asdict(page),
        "closed": page.closed,
        "practice": practice,
        "site_url": settings.SITE_URL,
        "canonical": settings.SITE_URL + reverse("book"),
    }
