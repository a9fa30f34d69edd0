"""What the pages of one booking have in common: whose it is, their address and their frame."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from bookings.models import Booking
from desk.diary_admin import DiaryAdmin
from desk.return_address import is_from_week, week_address
from prose.dates import UK

CHANGE, LIST = "admin:bookings_booking_change", "admin:bookings_booking_changelist"


class BookingPages(DiaryAdmin):
    """Finds a booking for who may change it, and shows a page about it."""

    diary = "therapist"

    def address_of(self, page: str, view: Callable[..., HttpResponse]) -> URLPattern:
        """Return the address of a page of one booking, for those who may enter admin."""
        seen = self.admin_site.admin_view(view)
        return path(f"<int:pk>/{page}/", seen, name=f"bookings_booking_{page}")

    def to_change(self, request: HttpRequest, pk: int, right: str = "change") -> Booking:
        """Return the booking if this person has the right to: 403 for whoever has not, else 404."""
        if not request.user.has_perm(f"bookings.{right}_booking"):
            raise PermissionDenied
        whole = self.get_queryset(request).select_related("service", "client", "place", "therapist")
        return get_object_or_404(whole, pk=pk)

    def with_filters(self, request: HttpRequest, url: str) -> str:
        """Return an address that knows how the list was narrowed from which one came."""
        context = {"opts": self.opts, "preserved_filters": self.get_preserved_filters(request)}
        return str(add_preserved_filters(context, url))

    def here(self, request: HttpRequest, pk: int) -> str:
        """Return where a page about the booking leads back to: the week that it is in by now.

        Where one didn't come from the calendar, that is the booking's own page.
        """
        if not is_from_week(request):
            return self.with_filters(request, reverse(CHANGE, args=[pk]))
        booking = Booking.objects.only("during", "therapist_id").get(pk=pk)
        day = booking.start.astimezone(UK).date()
        return week_address(request, day, booking.therapist_id)

    def back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead back there."""
        return redirect(self.here(request, pk))

    def back_to_list(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the narrowed list that one came from, for the next; else back there."""
        if is_from_week(request) or not self.get_preserved_filters(request):
            return self.back(request, pk)
        return redirect(self.with_filters(request, reverse(LIST)))

    def page(
        self, request: HttpRequest, name: str, title: str, booking: Booking, **extra: Any
    ) -> HttpResponse:
        """Return the page of that name, with what it shows besides."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": booking,
            "booking": booking,
            "here": self.here(request, booking.pk),
            **extra,
        }
        return TemplateResponse(request, f"desk/bookings/{name}.html", context)
