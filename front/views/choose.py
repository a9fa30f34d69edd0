"""Step 1: how to meet. A plain GET without a cookie; a client who came by their link is greeted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from availability import catalogue
from availability.catalogue import Offered
from availability.models import Practice, Service
from bookings import privacy_notice
from bookings.models import Booking
from clients.models import Client
from front import choose_page, services
from front.choose_page import Asked, ChoosePage
from front.requests import zone_of
from front.responses import private
from front.services import Closed
from front.visitor import is_here, known_client, viewer_of
from prose.parameters import param

GONE = "Those details are no longer here, and nothing was booked."
NOT_OFFERED = "I don’t offer that. Here’s what you can book."


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Step 1. A link may name what is booked; else it is what comes first for whoever looks."""
    offered = catalogue.offered()
    able = Offered(services.bookable(offered.services), offered.versions)
    closed = services.closed(offered.services)
    if not able.services or privacy_notice.current(offered.version) is None:
        context = {"practice": Practice.objects.first(), "closed": closed}
        return render(request, "front/closed.html", context)
    now = timezone.now()
    client = known_client(request, now) if viewer_of(request).is_client else None
    page = _page(request, able, closed, now, is_client=client is not None)
    practice = able.services[0].therapist.practice
    if client:
        return _clients_page(request, page, practice, client, now)
    response = _strangers_page(request, page, practice, able)
    patch_vary_headers(response, ["Cookie"])
    return response


def _page(
    request: HttpRequest, offered: Offered, closed: Closed | None, now: datetime, *, is_client: bool
) -> ChoosePage:
    asked = Asked(
        param(request, "what"), param(request, "how"), param(request, "draft"), zone_of(request)
    )
    shown = choose_page.meeting_shown(offered.services, asked.what, is_client=is_client)
    starts = services.first_free(offered, shown, now)
    page = choose_page.choose_page(offered.services, shown, asked, starts, closed)
    return replace(page, message=_message(request, asked, shown, closed))


def _message(
    request: HttpRequest, asked: Asked, shown: Sequence[Service], closed: Closed | None
) -> str:
    """Say what became of what they came with; that a therapist is closed is said beside it."""
    if param(request, "again"):
        return GONE if closed else f"{GONE} Please start again."
    return "" if closed else _not_offered(asked, shown)


def _not_offered(asked: Asked, shown: Sequence[Service]) -> str:
    """Say so where a link names what is not offered, or not in that way."""
    is_what = asked.what in ("", shown[0].slug)
    is_how = not asked.how or any(asked.how in service.formats for service in shown)
    return "" if is_what and is_how else NOT_OFFERED


def _strangers_page(
    request: HttpRequest, page: ChoosePage, practice: Practice, offered: Offered
) -> HttpResponse:
    """Return the page that says nothing of its visitor; anew for a browser that was here before."""
    if page.draft_id or is_here(request):
        context = {**choose_page.context_of(page, practice), "may_finish": is_here(request)}
        return render(request, "front/choose.html", context)
    return HttpResponse(choose_page.rendered(page, practice, offered.version))


@private
def _clients_page(
    request: HttpRequest, page: ChoosePage, practice: Practice, client: Client, now: datetime
) -> HttpResponse:
    context = {
        **choose_page.context_of(page, practice),
        "client": client,
        "may_finish": True,
        "bookings": list(Booking.objects.whole().filter(client=client).upcoming(now)),
    }
    return render(request, "front/choose.html", context)
