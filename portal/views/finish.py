"""Whoever used this device has finished with it, or is somebody else than it takes them for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from availability.models import Practice
from front.visitor import begin_anew
from portal.access import client_page

# What browsers throw away besides, as they hear it over https: what they kept of our pages, those
# behind the back button among them. Not "cookies": that would take those of the practice's other
# sites too, and somebody's sign-in to admin; ours goes with the session.
CLEAR = '"cache", "storage"'


@client_page
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """End the session, and leave nothing for the back button. Repeating it is harmless."""
    return _clear(request, "finished")


@client_page
@require_safe
def finished(request: HttpRequest) -> HttpResponse:
    """Say that it is closed here, and how to come back."""
    return render(request, "portal/finished.html", {"practice": Practice.objects.first()})


@client_page
@require_POST
def not_me(request: HttpRequest) -> HttpResponse:
    """Begin anew for somebody else than the client whom the page greeted."""
    return _clear(request, "book")


def _clear(request: HttpRequest, to: str) -> HttpResponse:
    begin_anew(request)
    request.session.flush()  # the cookie goes too
    response = redirect(to)
    response["Clear-Site-Data"] = CLEAR
    return response
