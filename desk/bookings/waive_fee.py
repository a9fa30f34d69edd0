"""The page that lets a client off their late fee."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking
from desk import refusals
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from desk.seen_form import OLD_PAGE


class WaiveFeePage(BookingPages):
    """Adds the page that waives it."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("waive", self.waive_view), *super().get_urls()]

    def waive_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then let the client off through the lifecycle: what the page named."""
        booking = self.to_change(request, pk, "waive")
        if not booking.fee_label:
            return self.back(request, pk)
        is_posted, seen = request.method == "POST", request.POST.get("seen")
        if is_posted and seen == booking.fee_label:
            _waive(request, booking)
            return self.back(request, pk)
        title = f"Waive the late fee of {booking}"
        return self.page(request, "waive", title, booking, error=OLD_PAGE if is_posted else "")


def _waive(request: HttpRequest, booking: Booking) -> None:
    now = now_of(request)
    try:
        lifecycle.waive_fee(booking.pk, by=by_of(request), now=now)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
    else:
        messages.success(request, f"Waived. {booking.client} is told by email.")
