"""The second step of a sign-in: a code of the app, a recovery code, or a passkey."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clients.rate_limits import allow
from desk.diary_admin import now_of
from desk.sign_in.device_cookie import origin_of
from desk.sign_in.finish import finish
from desk.sign_in.forms import SecondFactorForm
from desk.sign_in.pending import Pending, one_more_wrong
from desk.sign_in.responses import UNPROCESSABLE, after_password_alone, page
from staff import factors
from staff.factors import Checked
from staff.models import SecurityEvent
from staff.security_events import about_user, write_down

WRONG = (
    "That code isn’t right. The app shows a new one every 30 seconds, and each code works once. "
    "If yours never fit, check that your phone sets its clock itself."
)
WAIT = "There were too many wrong codes, so this one wasn’t looked at. Wait a few minutes."
UNREADABLE = (
    "The key of your app can’t be read just now, so no code of it can be checked. Use a passkey or "
    "a recovery code, and ask whoever looks after Kicks."
)
WORDS = {Checked.WRONG: WRONG, Checked.WAIT: WAIT, Checked.UNREADABLE: UNREADABLE}


@page
@after_password_alone
def second_factor(request: HttpRequest, pending: Pending) -> HttpResponse:
    """Ask for the code; offer the passkey to who has one."""
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    done = _answer(request, pending, form) if form.is_valid() else None
    if done:
        return done
    context = {
        "form": form,
        "has_app": factors.app_of(pending.user) is not None,
        "has_passkey": bool(factors.passkeys_of(pending.user)),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/sign_in/second_factor.html", context, status=status)


def _answer(request: HttpRequest, pending: Pending, form: SecondFactorForm) -> HttpResponse | None:
    """Let in whose code is right; None where the page has to say that it isn't."""
    checked = check(pending.user, form.cleaned_data["code"])
    if checked is Checked.RIGHT:
        trust = form.cleaned_data["trust"]
        return finish(request, pending.user, pending.to, now_of(request), trust=trust)
    if checked is Checked.WRONG and not _may_go_on(request, pending):
        messages.error(request, "There were too many wrong codes. Begin again.")
        return redirect("admin:login")
    form.add_error("code", WORDS[checked])
    return None


def check(user: User, typed: str) -> Checked:
    """Check a code, if so many are looked at."""
    return factors.check_code(user, typed) if allow("sign-in-code", str(user.pk)) else Checked.WAIT


def _may_go_on(request: HttpRequest, pending: Pending) -> bool:
    """Write a wrong code down, and count it."""
    about, origin = about_user(pending.user.pk), origin_of(request)
    kind = SecurityEvent.Kind.SIGN_IN_FAILED
    write_down(kind, user_id=None, now=now_of(request), about=about, origin=origin)
    return one_more_wrong(request.session)
