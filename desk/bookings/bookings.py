"""The view of the diary: read-only, but for what goes through the lifecycle."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from bookings.models import Booking
from clients.models import Client
from desk.bookings.action_links import action_links
from desk.bookings.cancel import CancelPage
from desk.bookings.confided import Confided
from desk.bookings.filters import WentFilter, WhenFilter
from desk.bookings.history import BookingEventInline
from desk.bookings.move import MovePage
from desk.bookings.record import RecordPage
from desk.bookings.send_details import SendDetailsPage
from desk.bookings.waive_fee import WaiveFeePage
from desk.bounce_warning import WarnsOfBounces
from desk.diary_admin import ReadOnly, now_of

# What is written down after the meeting, and what is due for changing late: of no use for who books
# and moves.
AFTERWARDS: dict[Any, str] = {
    "went": "record",
    WentFilter: "record",
    ("late_fee", "fee_waived"): "waive",
}


@admin.register(Booking)
class BookingAdmin(
    Confided,
    ReadOnly,
    WarnsOfBounces,
    MovePage,
    CancelPage,
    RecordPage,
    WaiveFeePage,
    SendDetailsPage,
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
        "confided_or_not",
        ("created_at", "sequence"),
        "went",
    )
    readonly_fields: ClassVar = ["when", "contact", "told", "went"]
    inlines = (BookingEventInline,)
    change_form_before_template = "desk/bookings/action_links.html"

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What is to come begins with the next; what has been, with the last."""
        latest_first = request.GET.get("when") == "past" or WentFilter.parameter_name in request.GET
        return ["-during" if latest_first else "during"]

    def get_list_display(self, request: HttpRequest) -> Any:
        return _for_reader(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> Any:
        return _for_reader(request, super().get_list_filter(request))

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        return _for_reader(request, super().get_fields(request, obj))

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

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        context["action_links"] = action_links(context["original"], now_of(request), request.user)
        return super().render_change_form(request, context, *rest, **options)


def _for_reader(request: HttpRequest, parts: Any) -> list[Any]:
    """Return those columns, fields or filters that the reader has the right to."""
    return [
        part
        for part in parts
        if part not in AFTERWARDS or request.user.has_perm(f"bookings.{AFTERWARDS[part]}_booking")
    ]
