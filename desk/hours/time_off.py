"""Leave, and appointments elsewhere."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpRequest
from unfold.decorators import display

from availability import access
from availability.models import TimeOff
from desk.hours.preview import Previewed


@admin.register(TimeOff)
class TimeOffAdmin(Previewed):
    """From when to when nothing is offered; why, is read by whoever is away."""

    when_empty = "Leave, and appointments elsewhere: from when to when nothing is offered."
    list_display = ("therapist", "starts_at", "ends_at", "elsewhere", "why")
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

    @display(description="Reason")
    def why(self, off: Any) -> str:
        return off.read or "-"
