"""The therapist's view of the diary: read-only, but for what goes through the lifecycle."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from bookings import lifecycle
from bookings.models import Booking, BookingEvent
from bookings.slots import NotBookableError
from clients.text import many_lines


class ReadOnly:
    """Nothing is added, changed or deleted by hand: the lifecycle is the only writer."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class BookingEventInline(ReadOnly, TabularInline):
    model = BookingEvent
    extra = 0
    fields = ("at", "actor", "user", "action", "reason")
    verbose_name_plural = "history"


class CancelReasonForm(forms.Form):
    """Why the therapist cancels: the client reads it."""

    reason = forms.CharField(
        label="What the client reads",
        help_text="One or two sentences. It goes into the mail that cancels the appointment.",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])


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
            return queryset.filter(during__endswith__lte=now).order_by("-during")
        if self.value() == "all":
            return queryset
        return queryset.filter(during__endswith__gt=now)


@admin.register(Booking)
class BookingAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "when",
        "client",
        "service",
        "format",
        "place",
        "contact",
        "status",
        "reference",
    )
    list_filter = (WhenFilter, "status", "format")
    search_fields = ("client__name", "client__email", "reference")
    list_select_related = ("client", "service", "place")
    fields = (
        ("when", "status"),
        ("client", "contact"),
        ("service", "format", "place"),
        ("price", "reference"),
        "confided",
        ("created_at", "sequence"),
        "cancel_link",
    )
    readonly_fields: ClassVar = ["when", "contact", "confided", "cancel_link"]
    inlines = (BookingEventInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        """A therapist sees the bookings of their own diary; the practice's owner sees all."""
        bookings = super().get_queryset(request)
        if request.user.is_superuser:
            return bookings
        return bookings.filter(therapist__user_id=request.user.pk)

    @display(description="When", ordering="during")
    def when(self, booking: Booking) -> str:
        return f"{booking.date_label}, {booking.time_label}"

    @display(description="Contact")
    def contact(self, booking: Booking) -> str:
        return ", ".join(filter(None, (booking.client.email, booking.client.phone)))

    @display(description="What brings them here")
    def confided(self, booking: Booking) -> str:
        return linebreaksbr(booking.note) or "-"

    @display(description="Cancel")
    def cancel_link(self, booking: Booking) -> str:
        if booking.is_cancelled or booking.start <= timezone.now():
            return "It has begun or is cancelled, so nothing can be done here."
        url = reverse("admin:bookings_booking_cancel", args=[booking.pk])
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">'
            "Cancel this meeting…</a>",
            url,
        )

    def get_urls(self) -> list[URLPattern]:
        cancel = self.admin_site.admin_view(self.cancel_view)
        mine = [
            path("<int:pk>/cancel/", cancel, name="bookings_booking_cancel"),
        ]
        return mine + super().get_urls()

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then cancel through the lifecycle."""
        if not request.user.has_perm("bookings.change_booking"):
            raise PermissionDenied
        booking = get_object_or_404(self.get_queryset(request), pk=pk)
        form = CancelReasonForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            self._cancel(request, booking, form.cleaned_data["reason"])
            return redirect("admin:bookings_booking_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Cancel {booking}",
            "opts": self.opts,
            "original": booking,
            "booking": booking,
            "form": form,
        }
        return TemplateResponse(request, "admin/bookings/booking/cancel.html", context)

    def _cancel(self, request: HttpRequest, booking: Booking, reason: str) -> None:
        try:
            lifecycle.cancel(
                booking.pk,
                actor=BookingEvent.Actor.THERAPIST,
                reason=reason,
                now=timezone.now(),
                user=request.user if request.user.is_authenticated else None,
            )
        except NotBookableError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Cancelled. {booking.client} is told by mail.")
