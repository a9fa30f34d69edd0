"""The pages that tell the client something and change no time: the fee is waived, the details."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking
from desk import refusals
from desk.bookings.pages import CHANGE, BookingPages, by_of


class Telling(BookingPages):
    """Adds what lets a client off their fee, and what sends them the details once more."""

    def get_urls(self) -> list[URLPattern]:
        waive = self.admin_site.admin_view(self.waive_view)
        details = self.admin_site.admin_view(self.details_view)
        mine = [
            path("<int:pk>/waive/", waive, name="bookings_booking_waive"),
            path("<int:pk>/details/", details, name="bookings_booking_details"),
        ]
        return mine + super().get_urls()

    def waive_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then let the client off through the lifecycle."""
        booking = self._to_change(request, pk)
        if request.method == "POST" or not booking.fee_label:
            if booking.fee_label:
                self._waive(request, booking)
            return redirect(CHANGE, pk)
        return self._page(request, "waive", f"Waive the late fee of {booking}", booking)

    def _waive(self, request: HttpRequest, booking: Booking) -> None:
        try:
            lifecycle.waive_fee(booking.pk, by=by_of(request), now=timezone.now())
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, timezone.now()))
        else:
            messages.success(request, f"Waived. {booking.client} is told by mail.")

    def details_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then send the client how the booking stands."""
        booking = self._to_change(request, pk)
        if request.method == "POST":
            self._send_details(request, booking)
            return redirect(CHANGE, pk)
        title = f"Send the details of {booking} again"
        return self._page(request, "details", title, booking)

    def _send_details(self, request: HttpRequest, booking: Booking) -> None:
        try:
            lifecycle.send_details(booking.pk, by=by_of(request), now=timezone.now())
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, timezone.now()))
        else:
            messages.success(request, f"They are on their way to {booking.client.email}.")
