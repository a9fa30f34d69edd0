"""The password is asked once more before what whoever finds an open screen must not do.

    @owners_only
    @password_asked_again
    def give_away(request: HttpRequest, pk: int) -> HttpResponse: ...

Most pages change nothing when they are opened, so only a press is asked about; what shows or adds
a key of somebody's own sign-in is asked about before it opens (`password_asked_first`). One note in
the session says for both who gave it, and when: at the sign-in, or since. Nothing but the
password itself counts: neither a second factor nor a press makes its ten minutes longer.

The page that asks stands at the same address. It carries what was posted, so that nothing that was
typed is lost, and nobody can be led elsewhere by it. Files are not carried.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from desk.diary_admin import now_of, user_of
from desk.sign_in.forms import PASSWORD, AgainForm

# What the session keeps; and what a page posts that was only to be opened.
GIVEN, OPENS = "password_given", "password_opens"
GOOD_FOR = timedelta(minutes=10)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UNPROCESSABLE = 422
OURS = (PASSWORD, OPENS, "csrfmiddlewaretoken")
Parts = ParamSpec("Parts")
View = Callable[Concatenate[HttpRequest, Parts], HttpResponse]


def password_asked_again(view: View[Parts]) -> View[Parts]:
    """Let a press through to the view once the password was given, in the last ten minutes.

    Whoever changes their mind is led back to the page at this address.
    """
    return _asked_again(view, "")


def password_asked_again_from(back: str) -> Callable[[View[Parts]], View[Parts]]:
    """Do the same for an address that only takes presses: the way back is to the page `back`."""

    def decorate(view: View[Parts]) -> View[Parts]:
        return _asked_again(view, back)

    return decorate


def password_asked_first(view: View[Parts]) -> View[Parts]:
    """Open this page, and take its presses, once the password was given in the last ten minutes."""

    @sensitive_post_parameters(PASSWORD)
    @wraps(view)
    def answer(request: HttpRequest, /, *args: Parts.args, **kwargs: Parts.kwargs) -> HttpResponse:
        asked = ask(request, reverse("own_sign_in"))
        return asked or view(request, *args, **kwargs)

    return answer


def _asked_again(view: View[Parts], back: str) -> View[Parts]:
    @sensitive_post_parameters(PASSWORD)
    @wraps(view)
    def answer(request: HttpRequest, /, *args: Parts.args, **kwargs: Parts.kwargs) -> HttpResponse:
        if request.method in SAFE:
            return view(request, *args, **kwargs)
        way_back = reverse(back, args=args, kwargs=kwargs) if back else request.get_full_path()
        asked = ask(request, way_back)
        return asked or view(request, *args, **kwargs)

    return answer


def give(request: HttpRequest, at: datetime) -> None:
    """Keep that whoever is signed in gave their password at that moment."""
    request.session[GIVEN] = _note(request, at)


def was_given(request: HttpRequest) -> bool:
    """Whether this very person gave it lately; a clock that was set back is no reason."""
    whose, when = request.session.get(GIVEN, (0, 0.0))
    mine, instant = _note(request, now_of(request))
    return bool(whose == mine and 0 <= instant - when < GOOD_FOR.total_seconds())


def ask(request: HttpRequest, back: str) -> HttpResponse | None:
    """Return the page that asks; None once the password was given, and the view may go on.

    It is checked by `authenticate`, so that whatever limits signing in limits this too. A page
    that was only to be opened is opened anew: what opens it must not count as its press.
    """
    if not was_given(request):
        form = _form(request)
        if not form.is_valid():
            return _page(request, form, back)
        request.session.cycle_key()  # whoever copied the cookie before has not given it
        give(request, now_of(request))
    is_opened = OPENS in request.POST
    _forget_fields(request)
    return redirect(request.get_full_path()) if is_opened else None


def _note(request: HttpRequest, at: datetime) -> list[float]:
    return [request.user.pk or 0, at.timestamp()]


def _form(request: HttpRequest) -> AgainForm:
    user = user_of(request)
    if user is None:
        raise PermissionDenied
    return AgainForm(request, user, request.POST if PASSWORD in request.POST else None)


def _forget_fields(request: HttpRequest) -> None:
    """Take the password out of what the view reads: it goes into no form, message or row."""
    if PASSWORD in request.POST:
        posted = request.POST.copy()
        del posted[PASSWORD]
        request.POST = posted  # type: ignore[assignment]


def _page(request: HttpRequest, form: AgainForm, back: str) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in OURS
        for value in values
    ]
    if request.method in SAFE or OPENS in request.POST:
        kept = [(OPENS, "1")]
    context = {"form": form, "kept": kept, "back": back}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "desk/sign_in/password_again.html", context, status=status)
