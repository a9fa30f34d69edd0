"""Setting a second factor up: an authenticator app, by its picture or its letters, or a passkey."""

from base64 import b32encode
from textwrap import wrap

import segno
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from desk.diary_admin import now_of
from desk.sign_in.finish import finish
from desk.sign_in.forms import CodeForm
from desk.sign_in.pending import pending_of
from desk.sign_in.responses import UNPROCESSABLE, adds_a_factor, page
from desk.sign_in.second_factor import WORDS
from staff import factors
from staff.factors import Checked
from staff.models import AuthenticatorApp

GROUP = 4  # letters that are read at once


@page
@adds_a_factor
def set_up(request: HttpRequest, user: User) -> HttpResponse:
    """Say what a second factor is, and let choose which."""
    context = {"has_app": factors.app_of(user) is not None, "is_new": pending_of(request)}
    return render(request, "desk/sign_in/set_up.html", context)


@page
@adds_a_factor
def set_up_app(request: HttpRequest, user: User) -> HttpResponse:
    """Show the key as a picture and as letters, and take the app into use by its first code."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        checked = factors.confirm_app(user, form.cleaned_data["code"], now_of(request))
        if checked is Checked.RIGHT:
            return after_adding(request, user)
        form.add_error("code", WORDS[checked])
    device = factors.begin_app(user, now_of(request))
    context = {"form": form, "picture": _picture(device), "letters": _letters(device)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/sign_in/set_up_app.html", context, status=status)


def _picture(device: AuthenticatorApp) -> str:
    """Return the QR code: SVG of a path alone, made here, with nothing that anybody typed in it."""
    code = segno.make(device.config_url, error="m")
    return str(
        code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="kt-qr")
    )


def _letters(device: AuthenticatorApp) -> str:
    return " ".join(wrap(b32encode(device.bin_key).decode(), GROUP))


@page
@adds_a_factor
def set_up_passkey(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001
    """Offer the button that asks the browser for a passkey."""
    return render(request, "desk/sign_in/set_up_passkey.html")


def after_adding(request: HttpRequest, user: User) -> HttpResponse:
    """Lead on: in, if this was the last step of a sign-in; by the recovery codes if there are none.

    The password was right and there was no factor to ask for; now there is one, and it was used.
    """
    codes = reverse("recovery_codes")
    found = pending_of(request)
    if found is not None and not request.user.is_authenticated:
        to = found.to if factors.codes_left(user) else codes
        return finish(request, user, to, now_of(request))
    if factors.codes_left(user):
        messages.success(request, "Added. From now on you can sign in with it.")
        return redirect("own_sign_in")
    return redirect(codes)
