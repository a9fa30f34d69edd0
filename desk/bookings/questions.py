"""What becomes of a question to move: ask once more who hasn't answered, or let it stay."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminTextareaWidget

from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking, BookingEvent
from desk import refusals
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from desk.seen_form import SeenForm
from prose.cleaning import many_lines


class QuestionForm(SeenForm):
    """What the client reads with it, if anything."""

    reason = forms.CharField(
        label="What the client reads",
        help_text="A sentence or two in the email. Empty: nothing besides what it says anyway.",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])


class QuestionPages(BookingPages):
    """Adds the page that asks once more, and the page that withdraws the question."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.address_of("ask_again", self.ask_again_view),
            self.address_of("withdraw", self.withdraw_view),
            *super().get_urls(),
        ]

    def ask_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what they read, then ask them once more."""
        booking = self.to_change(request, pk)
        form = _form(request, booking, _last_reason(booking))
        if form.is_bound and form.is_valid():
            _ask_again(request, booking, form.cleaned_data)
            return self.back(request, pk)
        return self.page(request, "ask_again", f"Ask again about {booking}", booking, form=form)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what they read, then let the meeting stay as it is."""
        booking = self.to_change(request, pk)
        form = _form(request, booking)
        if form.is_bound and form.is_valid():
            _withdraw(request, booking, form.cleaned_data)
            return self.back(request, pk)
        return self.page(request, "withdraw", f"Let {booking} stay as it is", booking, form=form)


def _form(request: HttpRequest, booking: Booking, reason: str = "") -> QuestionForm:
    posted = request.POST if request.method == "POST" else None
    return QuestionForm(posted, initial={"seen": booking.sequence, "reason": reason})


def _last_reason(booking: Booking) -> str:
    """Return what the client read the last time."""
    asked = booking.events.filter(action=BookingEvent.Action.ASKED, is_undone=False).last()
    return asked.reason if asked else ""


def _ask_again(request: HttpRequest, booking: Booking, said: dict[str, Any]) -> None:
    now = now_of(request)
    try:
        lifecycle.ask_again(booking.pk, by=by_of(request), now=now, **said)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
    else:
        messages.success(request, f"{booking.client} is asked again by email in two minutes.")


def _withdraw(request: HttpRequest, booking: Booking, said: dict[str, Any]) -> None:
    now = now_of(request)
    try:
        kept = lifecycle.withdraw_question(booking.pk, by=by_of(request), now=now, **said)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
        return
    stays = f"It stays on {kept.where_and_when}."
    if lifecycle.way_back(kept):
        messages.success(request, f"{stays} {kept.client} is told by email in two minutes.")
    else:
        messages.success(request, f"{stays} The question hadn’t left, so nobody was emailed.")
