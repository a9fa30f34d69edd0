"""The end of each sign-in, whichever way it came: the session, the browser, what is kept of it."""

from datetime import datetime

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bookings.notices import staff_letters
from desk.first_steps.steps import INDEX, landing
from desk.sign_in import device_cookie, pending
from desk.sign_in.password_again import give
from staff import devices, factors, sessions
from staff.models import SecurityEvent
from staff.security_events import about_user, write_down

BACKEND = "desk.sign_in.backends.LimitedPasswords"


def after_password(request: HttpRequest, user: User, to: str, now: datetime) -> HttpResponse:
    """Go on once the password was right: in, or to the second factor."""
    has_factor = factors.has_factor(user)
    if not has_factor and not settings.SECOND_FACTOR_REQUIRED:
        return finish(request, user, to, now)
    if has_factor and devices.is_trusted(user, device_cookie.word_of(request), now):
        return finish(request, user, to, now)
    pending.put(request, user, to, now)
    return redirect("second_factor" if has_factor else "set_up")


def finish(
    request: HttpRequest, user: User, to: str, now: datetime, *, trust: bool = False
) -> HttpResponse:
    """Sign in, and lead on. All that is kept of it is kept in one transaction.

    Who asked for no page of their own is shown what they still have to do, if they begin.
    """
    word = device_cookie.word_of(request) or devices.new_word()
    with transaction.atomic():
        given_at = pending.over(request, user, now)
        auth.login(request, user, backend=BACKEND)
        met = devices.remember(user, word, device_cookie.origin_of(request), now, trust=trust)
        sessions.begin(request.session, met.device, now)
        give(request, given_at)
        _write_down(request, user, met, now)
    response = redirect(landing(user, now) if to == reverse(INDEX) else to)
    device_cookie.put(response, word)
    return response


def _write_down(request: HttpRequest, user: User, met: devices.Met, now: datetime) -> None:
    about, origin = about_user(user.pk), device_cookie.origin_of(request)
    kinds = [SecurityEvent.Kind.SIGNED_IN]
    if met.is_new:
        kinds.append(SecurityEvent.Kind.NEW_DEVICE)
        staff_letters.tell_of_new_device(user, met.device, now)
    for kind in kinds:
        write_down(kind, user_id=user.pk, now=now, about=about, origin=origin)
