"""The front door and the fees: what can be booked, beside what the therapist wrote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from availability import catalogue
from front import home_page, services
from welcome.models import FrontPage


@require_safe
def home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001, the same for everybody
    """The front door. What nobody has written is left out."""
    page = home_page.home_page(catalogue.offered(), timezone.now())
    return HttpResponse(home_page.rendered(page))


@require_safe
def fees(request: HttpRequest) -> HttpResponse:
    """What each meeting costs, and what changing or cancelling it does."""
    catalogued = catalogue.offered()
    offered = catalogued.services
    context = {
        "practice": home_page.practice_of(offered),
        "front": FrontPage.current(),
        "first_act": services.first_act(catalogued),
        "closed": services.closed(offered),
        "fees": services.fees(services.bookable(offered)),
    }
    return render(request, "front/fees.html", context)
