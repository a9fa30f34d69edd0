"""The page that sends a client the details of their booking once more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking
from desk import refusals
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of


class SendDetailsPage(BookingPages):
    """Adds the page that sends them."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("details", self.details_view), *super().get_urls()]

    def details_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then send the client how the booking stands."""
        booking = self.to_change(request, pk)
        if request.method == "POST":
            _send_details(request, booking)
            return self.back(request, pk)
        title = f"Send the details of {booking} again"
        return self.page(request, "details", title, booking)


def _send_details(request: HttpRequest, booking: Booking) -> None:
    now = now_of(request)
    try:
        lifecycle.send_details(booking.pk, by=by_of(request), now=now)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
    else:
        messages.success(request, f"They are on their way to {booking.client.email}.")
