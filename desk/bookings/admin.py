"""The therapist's view of the diary: read-only, but for what goes through the lifecycle."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from availability.models import Format, Place, validate_near_moment
from bookings import lifecycle, outcomes
from bookings.errors import NotBookableError, Warned, WarnedError
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent
from clients.models import Client
from desk import refusals
from desk.base import OfDiaries
from desk.bookings.pages import CHANGE, by_of
from desk.bookings.record import Recording, WentFilter
from desk.bookings.send_details import Telling
from desk.mail.bounces import WarnsOfBounces
from prose.cleaning import many_lines
from prose.dates import UK


class ReadOnly:
    """Nothing is added, changed or deleted by hand: the lifecycle is the only writer."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class BookingEventInline(ReadOnly, OfDiaries, TabularInline):
    diary = "booking__therapist"
    model = BookingEvent
    extra = 0
    fields = ("at", "actor", "user", "action", "is_late", "what", "reason")
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingEvent]:
        """Read who acted with them: each line names its own."""
        lines: QuerySet[BookingEvent] = super().get_queryset(request)
        return lines.select_related("user")


class CancelReasonForm(forms.Form):
    """Why the therapist cancels: the client reads it."""

    reason = forms.CharField(
        label="What the client reads",
        help_text="One or two sentences. It goes into the mail that cancels the appointment.",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])


class MoveBookingForm(forms.Form):
    """Where a booking goes: anywhere free, after a warning where it breaks a rule."""

    start = forms.DateTimeField(
        label="Start, UK time",
        validators=[validate_near_moment],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text="Any time that is free. If it breaks one of your rules, you are asked first.",
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), widget=UnfoldAdminSelectWidget, empty_label=None
    )
    reason = forms.CharField(
        label="What the client reads",
        help_text="One or two sentences. It goes into the mail that changes the appointment.",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, booking: Booking, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        place: Any = self.fields["place"]
        place.queryset = Place.objects.filter(
            therapist_id=booking.therapist_id, is_active=True, format__in=booking.service.formats
        )
        place.label_from_instance = lambda one: f"{one.get_format_display()}: {one}"

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])

    @property
    def change(self) -> Change:
        """What was decided."""
        said = self.cleaned_data
        start = said["start"].replace(second=0, microsecond=0)
        return Change(start, said["place"].format, said["place"], said["seen"])


class WhenFilter(admin.SimpleListFilter):
    """What is to come, unless asked otherwise: that is what a therapist looks for."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("past", "Past"), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": "Upcoming"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        now = timezone.now()
        if self.value() == "past":
            return queryset.filter(during__endswith__lte=now)
        if self.value() == "all":
            return queryset
        return queryset.filter(during__endswith__gt=now)


def _links(links: list[tuple[str, str]]) -> str:
    """Return links below one another."""
    return format_html_join(
        mark_safe("<br>"),
        '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">{}</a>',
        links,
    )


def _change_links(booking: Booking) -> str:
    """Return links to all that can be done with it now, the way back first."""
    back = _way_back(booking)
    found = _links([*back, *_to_do(booking, is_waiting=bool(back))])
    return found or "It is cancelled, so nothing can be done here."


def _to_do(booking: Booking, *, is_waiting: bool) -> Iterator[tuple[str, str]]:
    """Yield what can be done with it: where, and in words; mail about it may be `is_waiting`."""

    def page(name: str) -> str:
        return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])

    if booking.fee_label:
        yield page("waive"), f"Waive the late fee of {booking.fee_label}…"
    if outcomes.is_open(booking, timezone.now()):
        yield page("record"), "Record how it went…"
    elif not booking.is_cancelled:
        yield page("move"), "Move this meeting…"
        if booking.format != Format.ONLINE and Format.ONLINE in booking.service.formats:
            yield f"{page('move')}?how={Format.ONLINE}", "Move it online, same time…"
        if booking.asked_at is None and not is_waiting:
            yield page("details"), "Send the details again…"
        yield page("cancel"), "Cancel this meeting…"


def _way_back(booking: Booking) -> list[tuple[str, str]]:
    """Return where the last change can be taken back; nothing if its mail has left."""
    mail = lifecycle.way_back(booking)
    if mail is None:
        return []
    return [(reverse("admin:outbox_outgoingmail_take_back", args=[mail]), "Take it back…")]


@admin.register(Booking)
class BookingAdmin(ReadOnly, WarnsOfBounces, Recording, Telling):
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
    search_fields = ("client__name", "client__email", "reference")
    list_select_related = ("client", "service", "place")
    fields = (
        ("when", "status"),
        ("client", "contact"),
        ("service", "format", "place"),
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
    change_form_before_template = "desk/bookings/change_links.html"

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
        context["change_links"] = _change_links(context["original"])
        return super().render_change_form(request, context, *rest, **options)

    def get_urls(self) -> list[URLPattern]:
        cancel = self.admin_site.admin_view(self.cancel_view)
        move = self.admin_site.admin_view(self.move_view)
        mine = [
            path("<int:pk>/cancel/", cancel, name="bookings_booking_cancel"),
            path("<int:pk>/move/", move, name="bookings_booking_move"),
        ]
        return mine + super().get_urls()

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask where it goes, then move it through the lifecycle."""
        booking = self._to_change(request, pk)
        posted = request.POST if request.method == "POST" else None
        form = MoveBookingForm(booking, posted, initial=self._as_it_stands(request, booking))
        warned = self._move(request, booking, form) if form.is_bound and form.is_valid() else None
        if form.is_bound and form.is_valid() and warned is None:
            return redirect(CHANGE, pk)
        shown = refusals.warnings(warned, timezone.now()) if warned else []
        keys = sorted(warned.keys) if warned else []
        title = f"Move {booking}"
        return self._page(request, "move", title, booking, form=form, warnings=shown, despite=keys)

    def _as_it_stands(self, request: HttpRequest, booking: Booking) -> dict[str, Any]:
        """Fill the form with the booking; `how` names a format to move it to, at the same time."""
        places = Place.objects.filter(therapist_id=booking.therapist_id, is_active=True)
        other = places.filter(format=request.GET.get("how", "")[:16].replace("\0", "")).first()
        return {
            "start": booking.start.astimezone(UK).strftime("%Y-%m-%dT%H:%M"),
            "place": (other or booking.place).pk,
            "seen": booking.sequence,
        }

    def _move(self, request: HttpRequest, booking: Booking, form: MoveBookingForm) -> Warned | None:
        """Move it; return what it goes against, or put into the form why it can't be moved."""
        if form.change.is_where(booking) and form.change.seen == booking.sequence:
            messages.info(request, f"Nothing changed: it stays on {booking.where_and_when}.")
            return None
        try:
            lifecycle.reschedule(
                booking.pk,
                form.change,
                by=by_of(request),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
                despite=frozenset(request.POST.getlist("despite")),
            )
        except WarnedError as refusal:
            return refusal.warned
        except NotBookableError as refusal:
            form.add_error("start", refusals.words(refusal, timezone.now()))
            # The page shows it as it stands now: who presses again has seen that.
            booking.refresh_from_db()
            form.data = {**request.POST.dict(), "seen": booking.sequence}
        else:
            messages.success(request, f"Moved. {booking.client} is told by mail.")
        return None

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then cancel through the lifecycle."""
        booking = self._to_change(request, pk)
        posted = request.POST if request.method == "POST" else None
        form = CancelReasonForm(posted, initial={"seen": booking.sequence})
        if form.is_bound and form.is_valid():
            self._cancel(request, booking, form.cleaned_data)
            return redirect(CHANGE, pk)
        return self._page(request, "cancel", f"Cancel {booking}", booking, form=form)

    def _cancel(self, request: HttpRequest, booking: Booking, said: dict[str, Any]) -> None:
        try:
            lifecycle.cancel(
                booking.pk,
                by=by_of(request),
                now=timezone.now(),
                **said,
            )
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, timezone.now()))
        else:
            words = "Cancelled. {} is told by mail in two minutes. {}"
            messages.success(
                request, format_html(words, booking.client, _links(_way_back(booking)))
            )
