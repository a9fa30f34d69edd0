"""What the pages of one booking have in common: whose it is, and their frame."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from bookings.by import By
from bookings.models import Booking
from desk.base import DiaryAdmin

CHANGE = "admin:bookings_booking_change"


def user_of(request: HttpRequest) -> User | None:
    """Return who is signed in, for the history."""
    return request.user if request.user.is_authenticated else None


def by_of(request: HttpRequest) -> By:
    """Return whoever is signed in as acting for the practice."""
    return By.therapist(user_of(request))


class BookingPages(DiaryAdmin):
    """Finds a booking for who may change it, and shows a page about it."""

    diary = "therapist"

    def _to_change(self, request: HttpRequest, pk: int) -> Booking:
        """Return the booking if this person may change it: 403 for whoever may not, else 404."""
        if not request.user.has_perm("bookings.change_booking"):
            raise PermissionDenied
        whole = self.get_queryset(request).select_related("service", "client", "place", "therapist")
        return get_object_or_404(whole, pk=pk)

    def _page(
        self, request: HttpRequest, name: str, title: str, booking: Booking, **extra: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": booking,
            "booking": booking,
            **extra,
        }
        return TemplateResponse(request, f"desk/bookings/{name}.html", context)
