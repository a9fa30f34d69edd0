"""A booking's history, on its page: who did what, when and why."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from availability import access
from bookings.models import BookingEvent
from desk import refusals
from desk.diary_admin import OfDiaries, ReadOnly

Action, Actor = BookingEvent.Action, BookingEvent.Actor


class BookingEventInline(ReadOnly, OfDiaries, TabularInline):
    """The lines; why a client changed it is read by the therapist alone, whom they told it."""

    diary = "booking__therapist"
    model = BookingEvent
    extra = 0
    fields = ("at", "actor", "user", "action", "is_late", "what", "went_against", "why")
    readonly_fields = ("went_against", "why")
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingEvent]:
        """Read who acted with them: each line names its own."""
        lines: QuerySet[BookingEvent] = super().get_queryset(request)
        if not request.user.has_perm("bookings.record_booking"):
            lines = lines.exclude(action__in=(Action.RECORDED, Action.WAIVED))
        return lines.select_related("user")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        if obj is not None and access.reads_notes(request.user, obj.therapist):
            return [*fields[:-1], "reason"]
        return fields

    @display(description="Against")
    def went_against(self, line: BookingEvent) -> str:
        return refusals.went_against(line.despite) or "-"

    @display(description="Reason")
    def why(self, line: BookingEvent) -> str:
        """What the practice wrote to the client; of a client's own words, only whose they are."""
        if line.actor != Actor.CLIENT:
            return line.reason or "-"
        return "Told to the therapist" if line.reason else "-"
