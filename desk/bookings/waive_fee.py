"""The page that lets a client off what is due."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking
from desk import no_address, refusals
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
        if not booking.owed_label:
            return self.back(request, pk)
        is_posted, seen = request.method == "POST", request.POST.get("seen")
        if is_posted and seen == booking.owed_label:
            _waive(request, booking)
            return self.back(request, pk)
        title = f"Waive the fee of {booking}"
        return self.page(request, "waive", title, booking, error=OLD_PAGE if is_posted else "")


def _waive(request: HttpRequest, booking: Booking) -> None:
    now = now_of(request)
    try:
        waived = lifecycle.waive_fee(booking.pk, by=by_of(request), now=now)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
    else:
        _tell(request, waived)


def _tell(request: HttpRequest, waived: Booking) -> None:
    if waived.changed_at == now_of(request) and not waived.late_fee:
        messages.success(request, "Waived. They weren’t told of it, so nobody is emailed.")
    elif waived.changed_at == now_of(request):
        messages.success(request, f"Waived. {no_address.told(waived.client)}")
    else:
        messages.info(request, "Nothing was due any more, so nothing changed.")
