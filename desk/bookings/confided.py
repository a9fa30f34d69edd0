"""What brings a client here, and what makes it easier for them: shown to their therapist alone.

Each time that something of it is shown is written down.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from unfold.decorators import display

from availability import access
from bookings.models import Booking
from bookings.typed_words import WISHES
from desk.diary_admin import DiaryAdmin
from desk.opened_notes import has_confided, write_down_opened

# The lines of a page, by the column that they show.
SHOWN = {name: f"shown_{name}" for name in WISHES}


class Confided(DiaryAdmin):
    """Adds what was confided to the page of a booking: last of all, so that nothing else shows it.

    What would make it easier for them has a line where they said something of it.
    """

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "confided", "sealed", *SHOWN.values())

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        """Put the note in the place that is kept for it, or who reads it in its stead."""
        mine = obj is not None and access.reads_notes(request.user, obj.therapist)
        said = [SHOWN[name] for name in WISHES if mine and getattr(obj, name)]
        shown = ["confided", *said] if mine else ["sealed"]
        at = (fields := list(super().get_fields(request, obj))).index("confided_or_not")
        return [*fields[:at], *shown, *fields[at + 1 :]]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        booking = context["original"]
        if has_confided(booking) and access.reads_notes(request.user, booking.therapist):
            write_down_opened(request, booking)
        return super().render_change_form(request, context, *rest, **options)

    @display(description="What brings them here")
    def confided(self, booking: Booking) -> str:
        return linebreaksbr(booking.note) or "-"

    @display(description="Their pronouns")
    def shown_pronouns(self, booking: Booking) -> str:
        return booking.pronouns

    @display(description="Languages they speak")
    def shown_languages(self, booking: Booking) -> str:
        return booking.languages

    @display(description="What would make it easier")
    def shown_needs(self, booking: Booking) -> str:
        return linebreaksbr(booking.needs)

    @display(description="What brings them here")
    def sealed(self, booking: Booking) -> str:
        return f"Only {booking.therapist} reads this."
