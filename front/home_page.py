"""The front door: what can be booked, beside what the therapist wrote, and nothing else.

It says the same to everybody, so it is rendered once and kept while all that it shows stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from academy.models import Article
from availability.catalogue import Offered
from availability.models import Practice, Service, Therapist
from front import services
from front.places import public_places, worth_a_look
from prose.markdown import render_answer
from welcome.models import FrontPage

MOST_ARTICLES = 3


@dataclass(frozen=True, slots=True)
class HomePage:
    """All that decides what the page says.

    What is offered, and what the therapist wrote, stand while the catalogue's `version` does:
    triggers write it. An article may come with the day, and the next free time with any booking.
    """

    version: int
    today: date
    next_free: str
    offered: Offered = field(compare=False)


def home_page(offered: Offered, now: datetime) -> HomePage:
    """Return what the page says now: no query while the diaries stand."""
    next_free = services.next_free(offered, now)
    return HomePage(offered.version, timezone.localdate(now), next_free, offered)


@lru_cache(maxsize=16)
def rendered(page: HomePage) -> str:
    """Render the page. What is read for it is as new as its version, or newer."""
    return render_to_string("front/home.html", _context(page))


def _context(page: HomePage) -> dict[str, Any]:
    offered = page.offered.services
    able, front = services.bookable(offered), FrontPage.whole()
    return {
        "practice": practice_of(offered),
        "front": front,
        "offered": able,
        "first_act": services.first_act(page.offered),
        "closed": services.closed(offered),
        "next_free": page.next_free,
        "ways": [(way, front.way(way.format)) for way in services.ways(able)],
        "places": worth_a_look(public_places(offered)),
        "therapists": _introduced(offered),
        "fees": services.fees(able),
        "questions": [(one.title, _html(one.text)) for one in front.questions],
        "articles": Article.objects.published(page.today)[:MOST_ARTICLES],
        "site_url": settings.SITE_URL,
        "canonical": settings.SITE_URL + reverse("home"),
    }


def practice_of(offered: Sequence[Service]) -> Practice | None:
    """Return the practice; where nothing is offered it is asked for."""
    return offered[0].therapist.practice if offered else Practice.objects.first()


def _therapists(offered: Sequence[Service]) -> Iterable[Therapist]:
    """Return who can be met, each once; where nothing is offered they are asked for."""
    if not offered:
        return Therapist.objects.taking_bookings().select_related("portrait")
    return {service.therapist_id: service.therapist for service in offered}.values()


def _introduced(offered: Sequence[Service]) -> list[Therapist]:
    """Return those of whom there is something to read, if only that others take new people."""
    closed = services.closed(offered)
    apart = closed is not None and not closed.is_all
    return [
        one for one in _therapists(offered) if one.is_introduced or (apart and one.is_closed_to_new)
    ]


def _html(markdown: str) -> SafeString:
    return mark_safe(render_answer(markdown))  # noqa: S308, it sanitises
