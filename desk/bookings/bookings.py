"""The therapist's view of the diary: read-only, but for what goes through the lifecycle."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from unfold.admin import TabularInline
from unfold.decorators import display

from bookings.models import Booking, BookingEvent
from clients.models import Client
from desk import refusals
from desk.bookings.action_links import action_links
from desk.bookings.cancel import CancelPage
from desk.bookings.filters import WentFilter, WhenFilter
from desk.bookings.move import MovePage
from desk.bookings.record import RecordPage
from desk.bookings.send_details import SendDetailsPage
from desk.bookings.waive_fee import WaiveFeePage
from desk.bounce_warning import WarnsOfBounces
from desk.diary_admin import OfDiaries, ReadOnly, now_of


class BookingEventInline(ReadOnly, OfDiaries, TabularInline):
    diary = "booking__therapist"
    model = BookingEvent
    extra = 0
    fields = ("at", "actor", "user", "action", "is_late", "what", "went_against", "reason")
    readonly_fields = ("went_against",)
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingEvent]:
        """Read who acted with them: each line names its own."""
        lines: QuerySet[BookingEvent] = super().get_queryset(request)
        return lines.select_related("user")

    @display(description="Against")
    def went_against(self, line: BookingEvent) -> str:
        return refusals.went_against(line.despite) or "-"


@admin.register(Booking)
class BookingAdmin(
    ReadOnly, WarnsOfBounces, MovePage, CancelPage, RecordPage, WaiveFeePage, SendDetailsPage
):
    """The list of bookings, and the page of each with what can be done there."""

    list_display = (
        "when",
        "client",
        "service",
        "format",
        "place",
        "contact",
        "status",
        "went",
        "reference",
    )
    list_filter = (WhenFilter, WentFilter, "status", "format")
    search_fields = ("client__name__says", "client__email", "reference")
    list_select_related = ("client", "service", "place")
    fields = (
        ("when", "status"),
        ("client", "contact"),
        ("service", "format"),
        "place",
        "told",
        ("price", "reference"),
        ("late_fee", "fee_waived"),
        ("asked_at", "proposed_start"),
        "policy",
        "confided",
        ("created_at", "sequence"),
        "went",
    )
    readonly_fields: ClassVar = ["when", "contact", "told", "went", "confided"]
    inlines = (BookingEventInline,)
    change_form_before_template = "desk/bookings/action_links.html"

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What is to come begins with the next; what has been, with the last."""
        latest_first = request.GET.get("when") == "past" or WentFilter.parameter_name in request.GET
        return ["-during" if latest_first else "during"]

    def whose(self, row: Booking) -> Client:
        return row.client

    @display(description="When", ordering="during")
    def when(self, booking: Booking) -> str:
        return f"{booking.date_label}, {booking.time_label}"

    @display(description="Contact")
    def contact(self, booking: Booking) -> str:
        return ", ".join(filter(None, (booking.client.email, booking.client.phone)))

    @display(description="Where, as they were told")
    def told(self, booking: Booking) -> str:
        where = booking.where
        return ", ".join(filter(None, (*where.lines, where.video_url)))

    @display(description="After the meeting")
    def went(self, booking: Booking) -> str:
        return booking.went_label or "-"

    @display(description="What brings them here")
    def confided(self, booking: Booking) -> str:
        return linebreaksbr(booking.note) or "-"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        context["action_links"] = action_links(context["original"], now_of(request))
        return super().render_change_form(request, context, *rest, **options)
