"""The view of the diary: read-only, but for what goes through the lifecycle."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from availability import access
from bookings.models import Booking, PendingBooking
from bookings.whose_client import with_is_met
from clients.models import Client
from desk import search_terms
from desk.bookings.action_links import action_links
from desk.bookings.book import BookPage
from desk.bookings.cancel import CancelPage
from desk.bookings.confided import Confided
from desk.bookings.confirm import ConfirmPage, to_check, to_confirm, typed_words
from desk.bookings.filters import ToCheckFilter, WentFilter, WhenFilter, is_search
from desk.bookings.history import BookingEventInline
from desk.bookings.move import MovePage
from desk.bookings.questions import QuestionPages
from desk.bookings.record_outcome import RecordPage
from desk.bookings.send_details import SendDetailsPage
from desk.bookings.take_back_all import TakeBackAllPage
from desk.bookings.waive_fee import WaiveFeePage
from desk.bounce_warning import WarnsOfBounces
from desk.diary_admin import ReadOnly, now_of
from prose import phone_numbers

# What is written down after the meeting, and what is due for changing late: of no use for who books
# and moves.
AFTERWARDS: dict[Any, str] = {
    "went": "record",
    WentFilter: "record",
    ("late_fee", "fee_waived"): "waive",
    ("no_show_fee", "fee_if_cancelled"): "waive",
}


TYPED = ("contact_name__says", "contact_email", "contact_phone__dials", "reference")
ON_CARD = ("name__says", "email", "phone__dials")


@admin.register(Booking)
class BookingAdmin(
    Confided,
    ReadOnly,
    WarnsOfBounces,
    BookPage,
    MovePage,
    QuestionPages,
    CancelPage,
    RecordPage,
    WaiveFeePage,
    SendDetailsPage,
    ConfirmPage,
    TakeBackAllPage,
):
    """The list of bookings, and the page of each with what can be done there."""

    when_empty = (
        "Clients book on the website, and each meeting is listed here at once. “Past” shows "
        "what has been."
    )
    list_display = (
        "when",
        "person",
        "service",
        "format",
        "place",
        "contact",
        "status",
        "to_check",
        "went",
        "reference",
    )
    list_filter = (WhenFilter, WentFilter, ToCheckFilter, "status", "format")
    # Said here that there is a search; what it asks of a word stands in `get_search_results`.
    search_fields = TYPED
    list_select_related = ("client", "service", "place")
    fields = (
        ("when", "status"),
        ("person", "contact"),
        ("typed", "to_check"),
        ("service", "format"),
        "place",
        "told",
        ("price", "reference"),
        ("late_fee", "fee_waived"),
        ("no_show_fee", "fee_if_cancelled"),
        ("asked_at", "proposed_start"),
        "policy",
        "confided_or_not",
        ("created_at", "sequence"),
        "went",
    )
    readonly_fields: ClassVar = ["when", "person", "contact", "typed", "to_check", "told", "went"]
    inlines = (BookingEventInline,)
    change_form_before_template = "desk/bookings/action_links.html"
    list_before_template = "desk/bookings/above_list.html"
    everything = "?when=all"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        """Read with each row whether its therapist meets its client (bookings/whose_client.py)."""
        return with_is_met(super().get_queryset(request))

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002, Django's own
        queryset: QuerySet[Booking],
        search_term: str,
    ) -> tuple[QuerySet[Booking], bool]:
        """Search what came with a booking; what the card says only where its client is theirs."""
        words = search_terms.words(search_term)
        return queryset.filter(*map(_holds, words)), False

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What is to come begins with the next; what has been, with the last."""
        when = request.GET.get(WhenFilter.parameter_name)
        is_past = when == WhenFilter.PAST or WentFilter.parameter_name in request.GET
        latest_first = is_past or (when is None and is_search(request))
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

    @display(description="Client", ordering="client__name")
    def person(self, booking: Any) -> str:
        """Lead to their card; of an address that is another's client, say what was typed."""
        if not booking.is_met:
            return str(booking.called)
        url = reverse("admin:clients_client_card", args=[booking.client_id])
        return format_html('<a href="{}">{}</a>', url, booking.client)

    @display(description="Contact")
    def contact(self, booking: Any) -> str:
        if not booking.is_met:
            return _reached(booking.typed_email, booking.contact_phone)
        client = booking.client
        return _reached(client.email, client.phone, may_dial=client.may_phone)

    @display(description="Typed with the booking")
    def typed(self, booking: Booking) -> str:
        """What differs from the card: the card stays as it is until somebody confirms it."""
        return typed_words(booking) if booking.differs_from_card else "-"

    @display(description="To check")
    def to_check(self, booking: Booking) -> str:
        return ". ".join(to_check(booking)) or "-"

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
        booking, now = context["original"], now_of(request)
        links = action_links(booking, now, request.user)
        context["action_links"] = [(self.with_filters(request, url), words) for url, words in links]
        confirm = to_confirm(request, booking)
        context["to_confirm"] = {**confirm, "url": self.with_filters(request, confirm["url"])}
        return super().render_change_form(request, context, *rest, **options)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Above the list: what it shows; whose booking isn't one yet, until when it's kept."""
        waiting = PendingBooking.objects.whole().kept(now_of(request))
        mine = waiting.filter(therapist__in=access.therapists_of(request.user))
        context = {**(extra_context or {}), "pending": mine}
        page = super().changelist_view(request, context)
        changelist = getattr(page, "context_data", {}).get("cl")
        if changelist:
            page.context_data["times"] = list(_times(changelist))
        return page


def _times(changelist: Any) -> Iterator[dict[str, Any]]:
    """Yield what the list can be narrowed to by time: a filter that nobody sees hides rows."""
    for spec in changelist.filter_specs:
        if isinstance(spec, WhenFilter):
            yield from spec.choices(changelist)


def _holds(word: str) -> Q:
    """Return what asks for bookings with this word.

    Each table is asked by itself, so that an index answers: none serves an "or" across two.
    """
    typed = Booking.objects.filter(search_terms.any_of(TYPED, word)).order_by()
    cards = Client.objects.filter(search_terms.any_of(ON_CARD, word)).order_by()
    on_card = Q(client__in=cards.values("pk")) & Q(is_met=True)
    return Q(pk__in=typed.values("pk")) | on_card


def _reached(email: str, phone: str, *, may_dial: bool = True) -> str:
    """Return an address and a number, which a press dials; as it was typed where it is none."""
    to_dial = phone_numbers.link(phone) if may_dial else ""
    number = (
        format_html('<a href="{}">{}</a>', to_dial, phone) if to_dial else phone_numbers.told(phone)
    )
    return format_html("{}, {}", email, number) if number else email


def _for_reader(request: HttpRequest, parts: Any) -> list[Any]:
    """Return those columns, fields or filters that the reader has the right to."""
    return [
        part
        for part in parts
        if part not in AFTERWARDS or request.user.has_perm(f"bookings.{AFTERWARDS[part]}_booking")
    ]
