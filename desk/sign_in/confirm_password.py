"""The page that asks for the password again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from desk.diary_admin import now_of
from desk.sign_in.confirmed import confirm
from desk.sign_in.forms import AgainForm
from desk.sign_in.responses import UNPROCESSABLE, me, must_be_signed_in, page


@page
@must_be_signed_in
def confirm_password(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and lead to the page that wanted it."""
    form = AgainForm(request, me(request), request.POST if request.method == "POST" else None)
    if form.is_valid():
        request.session.cycle_key()  # whoever copied the cookie before has not given it
        confirm(request, now_of(request))
        return redirect(_to(request))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/sign_in/confirm_password.html", {"form": form}, status=status)


def _to(request: HttpRequest) -> str:
    """Return where to go on; a foreign address is none of ours."""
    to = request.GET.get("next", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(to, hosts, require_https=request.is_secure())
    return to if safe else reverse("own_sign_in")
