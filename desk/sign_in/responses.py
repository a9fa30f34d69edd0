"""How the pages of a sign-in answer: out of caches, 422 for what can't be, 429 for too many."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from desk.diary_admin import user_of
from desk.sign_in.password_again import ask, was_given
from desk.sign_in.pending import Pending, pending_of
from staff import factors

UNPROCESSABLE, TOO_MANY = 422, 429
OVER = "Please give your password again: it was a while ago."

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page(view: View[P]) -> View[P]:
    """Keep a page out of every cache, and what is typed out of every report."""
    methods = require_http_methods(["GET", "HEAD", "POST"])
    return never_cache(sensitive_post_parameters()(methods(view)))


def after_password_alone(
    view: Callable[Concatenate[HttpRequest, Pending, P], HttpResponse],
) -> View[P]:
    """Show a page to who has given their password and has a second factor to show."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = pending_of(request)
        if found is None:
            return again(request)
        if not factors.has_factor(found.user):
            return redirect("set_up")
        return view(request, found, *args, **kwargs)

    return wrapped


def again(request: HttpRequest) -> HttpResponse:
    """Begin anew with the password."""
    messages.warning(request, OVER)
    return redirect("admin:login")


def enroller_of(request: HttpRequest) -> User | None:
    """Return who may add a factor now: signed in and just confirmed, or with none to show yet.

    Who has one shows it first: or the password alone would be enough to add another.
    """
    user = user_of(request)
    if user is not None and user.is_staff:
        return user if was_given(request) else None
    found = pending_of(request)
    return found.user if found and not factors.has_factor(found.user) else None


def adds_a_factor(view: Callable[[HttpRequest, User], HttpResponse]) -> View[[]]:
    """Show a page to who may add a factor now; ask others for the password, or the factor there is.

    Whoever is signed in is asked for their password on the page itself.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /) -> HttpResponse:
        if site.has_permission(request):
            return ask(request, reverse("own_sign_in")) or view(request, me(request))
        user = enroller_of(request)
        if user is None:
            return redirect("second_factor") if pending_of(request) else again(request)
        return view(request, user)

    return wrapped


def must_be_signed_in(view: View[P]) -> View[P]:
    """Show a page to staff who are signed in; all others to the sign-in, as admin does."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if site.has_permission(request):
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))

    return wrapped


def me(request: HttpRequest) -> User:
    """Return who is signed in, on a page that shows itself to nobody else."""
    user = user_of(request)
    if user is None:
        raise PermissionDenied
    return user
