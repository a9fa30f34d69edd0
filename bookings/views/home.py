"""The front door and the fees: what can be booked, beside what the therapist wrote."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from academy.models import Article
from availability.models import Practice, Service, Therapist
from bookings import offers
from prose.markdown import render_answer
from welcome.models import FrontPage

MOST_ARTICLES = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door. What nobody has written is left out."""
    services, now = offers.offered(), timezone.now()
    act = offers.first_act(services)
    front = FrontPage.whole()
    context = {
        "practice": _practice(services),
        "front": front,
        "offered": services,
        "first_act": act,
        "next_free": offers.next_free(services, now) if act else "",
        "ways": [(way, front.way(way.format)) for way in offers.ways(services)],
        "therapists": [one for one in _therapists(services) if one.registration or one.about],
        "fees": offers.fees(services),
        "questions": [(one.title, _html(one.text)) for one in front.questions],
        "articles": Article.objects.published(timezone.localdate(now))[:MOST_ARTICLES],
    }
    return render(request, "welcome/home.html", context)


@require_safe
def fees(request: HttpRequest) -> HttpResponse:
    """What each meeting costs, and what changing or cancelling it does."""
    services = offers.offered()
    context = {
        "practice": _practice(services),
        "front": FrontPage.current(),
        "first_act": offers.first_act(services),
        "fees": offers.fees(services),
    }
    return render(request, "welcome/fees.html", context)


def _practice(services: Sequence[Service]) -> Practice | None:
    """Return the practice; where nothing is offered it is asked for."""
    return services[0].therapist.practice if services else Practice.objects.first()


def _therapists(services: Sequence[Service]) -> Iterable[Therapist]:
    """Return who can be met, each once; where nothing is offered they are asked for."""
    if not services:
        return Therapist.objects.taking_bookings()
    return {service.therapist_id: service.therapist for service in services}.values()


# Answers are few and change seldom, and a render takes longer than all else that the page does.
@lru_cache(maxsize=64)
def _html(markdown: str) -> SafeString:
    return mark_safe(render_answer(markdown))  # noqa: S308, it sanitises
