"""The front door and the fees: what can be booked, beside what the therapist wrote."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from academy.models import Article
from availability import catalogue
from availability.models import Practice, Service, Therapist
from front import services
from front.places import public_places, worth_a_look
from prose.markdown import render_answer
from welcome.models import FrontPage

MOST_ARTICLES = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door. What nobody has written is left out."""
    catalogued, now = catalogue.offered(), timezone.now()
    offered = catalogued.services
    able, act, front = services.bookable(offered), services.first_act(offered), FrontPage.whole()
    context = {
        "practice": _practice(offered),
        "front": front,
        "offered": able,
        "first_act": act,
        "closed": services.closed(offered),
        "next_free": services.next_free(catalogued, now) if act else "",
        "ways": [(way, front.way(way.format)) for way in services.ways(able)],
        "places": worth_a_look(public_places(offered)),
        "therapists": _introduced(offered),
        "fees": services.fees(able),
        "questions": [(one.title, _html(one.text)) for one in front.questions],
        "articles": Article.objects.published(timezone.localdate(now))[:MOST_ARTICLES],
    }
    return render(request, "front/home.html", context)


@require_safe
def fees(request: HttpRequest) -> HttpResponse:
    """What each meeting costs, and what changing or cancelling it does."""
    offered = catalogue.offered().services
    context = {
        "practice": _practice(offered),
        "front": FrontPage.current(),
        "first_act": services.first_act(offered),
        "closed": services.closed(offered),
        "fees": services.fees(services.bookable(offered)),
    }
    return render(request, "front/fees.html", context)


def _practice(services: Sequence[Service]) -> Practice | None:
    """Return the practice; where nothing is offered it is asked for."""
    return services[0].therapist.practice if services else Practice.objects.first()


def _therapists(services: Sequence[Service]) -> Iterable[Therapist]:
    """Return who can be met, each once; where nothing is offered they are asked for."""
    if not services:
        return Therapist.objects.taking_bookings().select_related("portrait")
    return {service.therapist_id: service.therapist for service in services}.values()


def _introduced(offered: Sequence[Service]) -> list[Therapist]:
    """Return those of whom there is something to read, if only that others take new people."""
    closed = services.closed(offered)
    apart = closed is not None and not closed.is_all
    return [
        one for one in _therapists(offered) if one.is_introduced or (apart and one.is_closed_to_new)
    ]


# Answers are few and change seldom, and a render takes longer than all else that the page does.
@lru_cache(maxsize=64)
def _html(markdown: str) -> SafeString:
    return mark_safe(render_answer(markdown))  # noqa: S308, it sanitises
