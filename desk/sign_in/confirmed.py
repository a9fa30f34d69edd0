"""Whether it's still the person themselves: the password, asked for again before some acts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from desk.diary_admin import now_of

CONFIRMED = "confirmed"
LASTS = timedelta(minutes=10)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def confirm(request: HttpRequest, now: datetime) -> None:
    """Keep that the password was given just now."""
    request.session[CONFIRMED] = now.timestamp()


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the password was given a moment ago, at the sign-in or since."""
    given = request.session.get(CONFIRMED, 0)
    return 0 <= now_of(request).timestamp() - given < LASTS.total_seconds()


def asks_again(view: View[P]) -> View[P]:
    """Ask for the password before this page, unless it was given a moment ago."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        to = urlencode({"next": request.path})
        return redirect(f"{reverse('confirm_password')}?{to}")

    return wrapped
