"""The page that cancels a booking: the client reads why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.html import format_html, format_html_join
from unfold.widgets import UnfoldAdminTextareaWidget

from bookings import lifecycle, policy
from bookings.errors import NotBookableError
from bookings.models import Booking
from desk import no_address, refusals
from desk.bookings.action_links import way_back
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from desk.seen_form import SeenForm
from prose.cleaning import many_lines


class CancelReasonForm(SeenForm):
    """Why the therapist cancels: the client reads it."""

    reason = forms.CharField(
        label="What the client reads",
        help_text="One or two sentences. It goes into the email that cancels the appointment.",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])


class CancelPage(BookingPages):
    """Adds the page that cancels."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("cancel", self.cancel_view), *super().get_urls()]

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then cancel through the lifecycle."""
        booking = self.to_change(request, pk)
        posted = request.POST if request.method == "POST" else None
        form = CancelReasonForm(posted, initial={"seen": booking.sequence})
        if form.is_bound and form.is_valid():
            _cancel(request, booking, form.cleaned_data)
            return self.back(request, pk)
        costs = policy.fee_told(policy.late_fee(booking, now_of(request)))
        facts = {"form": form, "costs_them": costs}
        return self.page(request, "cancel", f"Cancel {booking}", booking, **facts)


def _cancel(request: HttpRequest, booking: Booking, said: dict[str, Any]) -> None:
    now = now_of(request)
    try:
        cancelled = lifecycle.cancel(booking.pk, by=by_of(request), now=now, **said)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
    else:
        _tell(request, cancelled)


def _tell(request: HttpRequest, cancelled: Booking) -> None:
    """Say what was done, with the way back; who was quicker has told the client already."""
    if cancelled.changed_at == now_of(request):
        told = no_address.told(cancelled.client, when=" in two minutes")
        link = '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">{}</a>'
        back = format_html_join("", link, way_back(cancelled))
        messages.success(request, format_html("Cancelled. {} {}", told, back))
    else:
        messages.info(request, "It was cancelled before. Nothing changed, and nobody was emailed.")
