"""What brings a client here: shown to their therapist alone, and written down each time."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from unfold.decorators import display

from availability import access
from bookings.models import Booking
from desk.diary_admin import DiaryAdmin, now_of
from staff.models import SecurityEvent
from staff.security_events import write_down


class Confided(DiaryAdmin):
    """Adds the note to the page of a booking: last of all, so that nothing else shows it."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "confided", "sealed")

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        """Put the note in the place that is kept for it, or who reads it in its stead."""
        mine = obj is not None and access.reads_notes(request.user, obj.therapist)
        shown = "confided" if mine else "sealed"
        fields = super().get_fields(request, obj)
        return [shown if name == "confided_or_not" else name for name in fields]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        booking = context["original"]
        if booking.note and access.reads_notes(request.user, booking.therapist):
            _write_down(request, booking)
        return super().render_change_form(request, context, *rest, **options)

    @display(description="What brings them here")
    def confided(self, booking: Booking) -> str:
        return linebreaksbr(booking.note) or "-"

    @display(description="What brings them here")
    def sealed(self, booking: Booking) -> str:
        return f"Only {booking.therapist} reads this."


def _write_down(request: HttpRequest, booking: Booking) -> None:
    """Keep that the note was opened: once for each time that the page is shown."""
    opened, about = SecurityEvent.Kind.NOTE_OPENED, f"booking:{booking.pk}"
    write_down(opened, user_id=request.user.pk, now=now_of(request), about=about)
