"""How booking pages answer: out of caches, 422 for what can’t be, 429 for too many tries.

What was sent in vain is answered 303: the page that says why is asked for anew, so that the Back
button finds no page that asks to send a form again.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from availability.models import Practice
from clients import rate_limits

SEE_OTHER, UNPROCESSABLE, TOO_MANY = 303, 422, 429

P = ParamSpec("P")


def private(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Keep a person's page out of every cache and index."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(wrapped)


def look_again(address: str) -> HttpResponse:
    """Lead on from a form that was sent in vain to the page that says why."""
    return HttpResponseRedirect(address, status=SEE_OTHER)


def too_many(request: HttpRequest, limit: str) -> HttpResponse | None:
    """Take one try of the visitor's; return the page that asks for patience when none is left."""
    return too_many_of(request, rate_limits.visitor_limits(limit, request.META))


def too_many_of(request: HttpRequest, asked: Sequence[rate_limits.Asked]) -> HttpResponse | None:
    """Take one try of each limit; return that page when one has none left."""
    limit = rate_limits.refused(asked)
    if not limit:
        return None
    context = {
        "practice": Practice.objects.first(),
        "wait_minutes": rate_limits.wait_minutes(limit),
    }
    response = render(request, "429.html", context, status=TOO_MANY)
    response["Retry-After"] = str(rate_limits.wait_minutes(limit) * 60)
    return response
