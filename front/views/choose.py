"""Step 1: what to book and how to meet. A plain GET without a cookie."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from availability.models import Practice, Service
from availability.walltime import utc
from bookings import slots
from clients.models import PrivacyNotice
from front import services
from front.choice import Choice, find_choice
from front.requests import zone_of
from front.responses import UNPROCESSABLE
from prose.dates import moment_label
from prose.parameters import param

GROUPS = {False: "If we haven’t met before", True: "If we’ve already met"}


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Step 1. A link may carry what and how, to make the choice, or one of them, to narrow it."""
    offered = services.offered()
    if not offered or PrivacyNotice.objects.current() is None:
        context = {"practice": Practice.objects.first()}
        return render(request, "front/closed.html", context)
    what, how, who = (*param(request, "choice").split(":"), "", "", "")[:3]
    choice = find_choice(what, how, who, zone_of(request))
    if choice:
        return redirect(choice.link("time", draft=param(request, "draft")))
    error = "Choose what you’d like to book" if "choice" in request.GET else ""
    return _cards_page(request, offered, error, timezone.now())


def _cards_page(
    request: HttpRequest, offered: list[Service], error: str, now: datetime
) -> HttpResponse:
    what, how = param(request, "what"), param(request, "how")
    shown = [s for s in offered if what in ("", s.slug) and (not how or how in s.formats)]
    context = {
        "practice": offered[0].therapist.practice,
        "groups": list(_groups(shown or offered, what, how, now)),
        "draft_id": param(request, "draft"),
        "message": _message(request, shown),
        "error": error,
        "narrowed": 0 < len(shown) < len(offered),
        # Kept when the button is pressed with nothing chosen.
        "kept": {"what": what, "how": how} if shown else {},
        "zone": zone_of(request),
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "front/choose.html", context, status=status)


def _message(request: HttpRequest, shown: list[Service]) -> str:
    if param(request, "again"):
        return "Those details are no longer here, and nothing was booked. Please start again."
    return "" if shown else "I don’t offer that. Here’s what you can book."


def _groups(offered: list[Service], what: str, how: str, now: datetime) -> Iterable[dict[str, Any]]:
    first = slots.first_free(offered, now)
    several = services.is_several(offered)
    for for_clients, title in GROUPS.items():
        cards = [
            {
                **_card(Choice(service, fmt), several=several),
                "checked": (what, how) == (service.slug, fmt),
                "next": _next(first.get((service.pk, fmt))),
            }
            for service in offered
            if service.for_clients == for_clients
            for fmt in service.formats
        ]
        if cards:
            yield {"title": title, "choices": cards}


def _next(start: int | None) -> str:
    if start is None:
        return "No free times just now."
    return f"Next free: {moment_label(utc(start))}."


def _card(choice: Choice, *, several: bool) -> dict[str, Any]:
    service, therapist = choice.service, choice.service.therapist
    hint = ". ".join(filter(None, (services.where(service, choice.format), service.price_label)))
    return {
        "value": f"{service.slug}:{choice.format}:{therapist.slug}",
        "id": f"choice-{service.pk}-{choice.format}",
        "title": f"{choice.label}, with {therapist.name}" if several else choice.label,
        "hint": f"{hint}.",
        "art": choice.format,
    }
