"""The mailed link by which a client's new address counts: opened, it shows a button; that acts."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from availability.models import Practice
from bookings import address_change
from bookings.by import By
from bookings.errors import NotBookableError
from clients.models import NewAddress
from front import refusals
from front.visitor import NEW_ADDRESS
from portal.access import ClosedError, client_page, into_session
from staff.models import SecurityEvent
from staff.security_events import write_down


@client_page
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the token for the session; nothing counts by that."""
    opened_by = partial(NewAddress.objects.opened_by, now=timezone.now())
    return into_session(request, token, opened_by, NEW_ADDRESS, "new_address")


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest) -> HttpResponse:
    """Show the address, with the button that lets it count; pressed twice, it counts once."""
    now, pk = timezone.now(), request.session.get(NEW_ADDRESS, 0)
    if pk is None:
        return _page(request, {"is_done": True})
    asked = NewAddress.objects.standing(now).filter(pk=pk).select_related("client").first()
    if asked is None:
        raise ClosedError
    if request.method != "POST":
        return _page(request, {"email": asked.email})
    try:
        address_change.confirm(asked, by=By.client(), now=now)
    except NotBookableError as refusal:
        return _page(request, {"email": asked.email, "refusal": refusals.words(refusal)})
    kind, about = SecurityEvent.Kind.LINKS_REVOKED, f"client:{asked.client_id}"
    write_down(kind, user_id=None, now=now, about=about)
    request.session[NEW_ADDRESS] = None
    return redirect("new_address")


def _page(request: HttpRequest, facts: dict[str, object]) -> HttpResponse:
    status = 422 if "refusal" in facts else 200
    facts["practice"] = Practice.objects.first()
    return render(request, "portal/new_address.html", facts, status=status)
