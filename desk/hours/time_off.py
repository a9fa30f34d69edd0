"""Leave, and appointments elsewhere."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import display

from availability import access
from availability.models import TimeOff
from desk.hours.preview import Previewed
from desk.hours.whole_days import TimeOffForm
from desk.return_address import week_address
from prose.dates import UK, day_label, moment_label, parse_slot
from prose.parameters import param

# By which words an address names the moments of a row.
SPAN = {"starts_at": "off_from", "ends_at": "off_until"}


@admin.register(TimeOff)
class TimeOffAdmin(Previewed):
    """From when to when nothing is offered; why, is read by whoever is away."""

    when_empty = "Leave, and appointments elsewhere: from when to when nothing is offered."
    form = TimeOffForm
    list_display = ("therapist", "when", "elsewhere", "why")
    list_select_related = ("therapist",)
    fields = ("therapist", "starts_at", "ends_at", "elsewhere", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimeOff]:
        """Read with each row the reason, if the reader is the one who is away."""
        rows: QuerySet[TimeOff] = super().get_queryset(request)
        theirs = When(therapist__in=access.notes_read_by(request.user), then=F("reason"))
        return rows.annotate(read=Case(theirs, default=Value("Time off")))

    def get_fields(self, request: HttpRequest, obj: TimeOff | None = None) -> Any:
        fields = super().get_fields(request, obj)
        if obj is None or access.reads_notes(request.user, obj.therapist):
            return fields
        return [name for name in fields if name != "reason"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in the span that was pressed in the calendar, in UK time; what is none is left out.

        By words of our own: Django would hand a column's on as it was written.
        """
        span = {name: parse_slot(param(request, word)) for name, word in SPAN.items()}
        return {**super().get_changeform_initial_data(request), **span}

    def response_add(self, request: HttpRequest, obj: TimeOff, *rest: Any) -> HttpResponse:
        """Lead back to the calendar if that is where a time was pressed."""
        response = super().response_add(request, obj, *rest)
        week = week_address(request, obj.starts_at.astimezone(UK).date(), obj.therapist_id)
        return redirect(week) if week else response

    @display(description="When", ordering="starts_at")
    def when(self, off: TimeOff) -> str:
        """Say whole days by their dates, the last one too."""
        if off.whole_days is None:
            return f"{moment_label(off.starts_at)}, until {moment_label(off.ends_at)}"
        first, last = off.whole_days
        return day_label(first) if first == last else f"{day_label(first)} to {day_label(last)}"

    @display(description="Reason")
    def why(self, off: Any) -> str:
        return off.read or "-"
