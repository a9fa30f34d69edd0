"""The front door, the privacy notice, and the page for a form that has gone stale."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from availability.models import Format, Practice, Service
from bookings.times import Choice
from clients.models import PrivacyNotice


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door."""
    services = list(Service.objects.offered().prefetch_related("therapist__places"))
    first = next((service for service in services if not service.for_clients), None)
    context = {
        "practice": services[0].therapist.practice if services else Practice.objects.first(),
        "offered": services,
        "services": [_service_card(service) for service in services],
        "first_act": _first_act(first) if first else None,
    }
    return render(request, "home.html", context)


def _first_act(service: Service) -> dict[str, str]:
    title = service.title[:1].lower() + service.title[1:]
    return {"title": f"Book a {title}", "url": f"{reverse('book')}?what={service.slug}"}


def _service_card(service: Service) -> dict[str, Any]:
    return {
        "title": service.title,
        "summary": service.summary,
        "price_label": service.price_label,
        "formats": [_format_card(service, fmt) for fmt in service.formats],
    }


def _format_card(service: Service, fmt: str) -> dict[str, Any]:
    return {
        "label": Format(fmt).label,
        "art": fmt,
        "where": where(service, fmt),
        "book_url": Choice(service, fmt).link("book"),
    }


def where(service: Service, fmt: str) -> str:
    """Name the places of a format. Reads the prefetched places: no query a card."""
    places = [p for p in service.therapist.places.all() if p.format == fmt and p.is_active]
    return "; ".join(place.name for place in places)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice that people agree to when they book."""
    context = {
        "practice": Practice.objects.first(),
        "notice": PrivacyNotice.objects.current(),
    }
    return render(request, "privacy.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001, Django's
    """A form whose token is missing or old: say so kindly and lead back to it."""
    context = {"practice": Practice.objects.first(), "retry_url": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)
