"""Recovery codes: shown once, when they are made; a new set takes the place of the old."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from desk.diary_admin import now_of
from desk.first_steps.steps import landing
from desk.sign_in.password_again import password_asked_first
from desk.sign_in.responses import me, must_be_signed_in, page
from staff import factors


@page
@must_be_signed_in
@password_asked_first
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Say what they are for; a press makes them and shows them, this once."""
    user, now = me(request), now_of(request)
    codes = factors.new_codes(user, now) if request.method == "POST" else []
    context = {"codes": codes, "left": factors.codes_left(user), "onward": landing(user, now)}
    return render(request, "desk/sign_in/recovery_codes.html", context)
