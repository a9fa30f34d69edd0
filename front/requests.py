"""What a request says, and the answer to one that asks too often."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from availability.catalogue import service_named
from availability.models import Practice
from clients import rate_limits
from front.picker import Choice
from front.zones import ZONES

UNPROCESSABLE, TOO_MANY = 422, 429
LONGEST_PARAMETER = 100

P = ParamSpec("P")


def private(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Keep a person's page out of every cache and index."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(wrapped)


def param(request: HttpRequest, name: str) -> str:
    """Return a parameter of the address; what no link of ours would say reads as absent."""
    value = request.GET.get(name, "")
    return value if len(value) <= LONGEST_PARAMETER and value.isprintable() else ""


def zone_of(request: HttpRequest) -> str:
    """Return the zone that the visitor chose to see beside UK time; any other reads as absent."""
    zone = param(request, "zone")
    return zone if zone in ZONES else ""


def find_choice(what: str, how: str, who: str = "", zone: str = "") -> Choice | None:
    """Return the service and format that a link names, if they are offered."""
    service, version = (what and service_named(what, who)) or (None, None)
    return Choice(service, how, version, zone) if service and how in service.formats else None


def choice_of(request: HttpRequest) -> Choice | None:
    """Return the choice that the address carries."""
    what, how, who = (param(request, name) for name in ("what", "how", "who"))
    return find_choice(what, how, who, zone_of(request))


def too_many(request: HttpRequest, limit: str, subject: str = "") -> HttpResponse | None:
    """Take one try; return the page that asks for patience when none is left.

    The subject is the visitor's network address unless another is given.
    """
    if rate_limits.allow(limit, subject or rate_limits.address_of(request.META)):
        return None
    context = {
        "practice": Practice.objects.first(),
        "wait_minutes": rate_limits.wait_minutes(limit),
    }
    response = render(request, "429.html", context, status=TOO_MANY)
    response["Retry-After"] = str(rate_limits.wait_minutes(limit) * 60)
    return response
