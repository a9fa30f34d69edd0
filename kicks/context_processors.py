"""What stands around every page: its address, and the practice for apps that do not know it."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from availability import catalogue
from availability.models import Practice, Therapist
from front import services
from front.visitor import turn_of


def practice(request: HttpRequest) -> dict[str, Any]:
    """Give a page its `practice`, what to do first, who is closed to new people and who writes.

    Each is asked for only where a page looks. A view that passes its own goes before. An address
    that leads nowhere costs no question.
    """
    if request.resolver_match is None:
        return {}
    offered = cache(catalogue.offered)
    return {
        "practice": SimpleLazyObject(Practice.objects.first),
        "first_act": SimpleLazyObject(lambda: services.first_act(offered())),
        "closed": SimpleLazyObject(lambda: services.closed(offered().services)),
        "only_therapist": SimpleLazyObject(_only_therapist),
    }


def _only_therapist() -> Therapist | None:
    """Return who writes, where the practice has only one therapist."""
    found = Therapist.objects.taking_bookings()[:2]
    return found[0] if len(found) == 1 else None


def device(request: HttpRequest) -> dict[str, Any]:
    """Give a form its `turn`: it differs from one person at a device to the next."""
    return {"turn": SimpleLazyObject(lambda: turn_of(request))}


def address(request: HttpRequest) -> dict[str, str]:
    """Give a page the site's own address, and its own without what was asked beside it.

    A view whose page is another with each question passes its own `canonical`.
    """
    return {"site_url": settings.SITE_URL, "canonical": settings.SITE_URL + request.path}
