"""The password is asked once more before something that whoever finds an open screen must not do.

    @owners_only
    @password_asked_again
    def give_away(request: HttpRequest, pk: int) -> HttpResponse: ...

Only what is posted is asked about: a page that is merely opened changes nothing, so what is guarded
is a press. The page that asks stands at the same address and carries what was posted, so that
nothing that was typed is lost, and nobody can be led elsewhere by it. Files are not carried.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django import forms
from django.contrib.admin import site
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminPasswordWidget

from desk.diary_admin import now_of
from desk.sign_in.forms import REFUSED
from desk.sign_in.limits import refusal_of

WRONG = "That isn’t your password. Check it and try again."
# The names of the page’s own field and of the session’s note.
PASSWORD, GIVEN = "password_again", "password_given"
GOOD_FOR = timedelta(minutes=10)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Parts = ParamSpec("Parts")
View = Callable[Concatenate[HttpRequest, Parts], HttpResponse]


class PasswordForm(forms.Form):
    """The password of whoever is signed in."""

    password_again = forms.CharField(
        label="Your password",
        strip=False,
        max_length=4096,  # Django hashes no longer one
        widget=UnfoldAdminPasswordWidget(
            attrs={"autocomplete": "current-password", "autofocus": True}
        ),
        error_messages={"required": "Enter your password."},
    )


def password_asked_again(view: View[Parts]) -> View[Parts]:
    """Let a press through to the view once the password was given, in the last ten minutes.

    It is checked by `authenticate`, so that whatever limits signing in limits this too.
    """

    @sensitive_post_parameters(PASSWORD)
    @wraps(view)
    def answer(request: HttpRequest, /, *args: Parts.args, **kwargs: Parts.kwargs) -> HttpResponse:
        if request.method in SAFE or _was_given(request, now_of(request)):
            _forget_field(request)
            return view(request, *args, **kwargs)
        form = PasswordForm(request.POST if PASSWORD in request.POST else None)
        if form.is_bound and form.is_valid():
            if _is_theirs(request, form.cleaned_data[PASSWORD]):
                request.session.cycle_key()  # whoever copied the cookie before has not given it
                request.session[GIVEN] = _note(request, now_of(request))
                _forget_field(request)
                return view(request, *args, **kwargs)
            refusal = refusal_of(request)
            form.add_error(PASSWORD, REFUSED[refusal] if refusal else WRONG)
        return _page(request, form)

    return answer


def _note(request: HttpRequest, now: datetime) -> list[float]:
    return [request.user.pk or 0, now.timestamp()]


def _was_given(request: HttpRequest, now: datetime) -> bool:
    """Whether this very person gave it lately; a clock that was set back is no reason."""
    whose, when = request.session.get(GIVEN, (0, 0.0))
    mine, instant = _note(request, now)
    return bool(whose == mine and 0 <= instant - when < GOOD_FOR.total_seconds())


def _is_theirs(request: HttpRequest, password: str) -> bool:
    found = authenticate(request, username=request.user.get_username(), password=password)
    return found is not None and found == request.user


def _forget_field(request: HttpRequest) -> None:
    """Take the password out of what the view reads: it goes into no form, message or row."""
    if PASSWORD in request.POST:
        posted = request.POST.copy()
        del posted[PASSWORD]
        request.POST = posted  # type: ignore[assignment]


def _page(request: HttpRequest, form: PasswordForm) -> HttpResponse:
    ours = (PASSWORD, "csrfmiddlewaretoken")
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ours
        for value in values
    ]
    facts = {"title": "Your password, please", "form": form, "kept": kept}
    context = {**site.each_context(request), **facts}
    return TemplateResponse(request, "desk/ask_again.html", context)
