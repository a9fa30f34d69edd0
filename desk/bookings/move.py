"""The page that moves a booking: anywhere free, after a warning where it breaks a rule."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from availability.models import Place, validate_near_moment
from bookings import lifecycle, policy
from bookings.errors import NotBookableError, Warned, WarnedError
from bookings.lifecycle import Change
from bookings.models import Booking
from desk import no_address, refusals
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from desk.seen_form import SeenForm
from prose.cleaning import many_lines
from prose.dates import UK
from prose.parameters import param


class MoveBookingForm(SeenForm):
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
        help_text="One or two sentences. It goes into the email that changes the appointment.",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, booking: Booking, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.booking = booking
        place: Any = self.fields["place"]
        in_use = Q(is_active=True, format__in=booking.service.formats)
        mine = Place.objects.filter(therapist_id=booking.therapist_id)
        place.queryset = mine.filter(in_use | Q(pk=booking.place_id))
        place.label_from_instance = partial(_label, booking)

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])

    def refuse(self, why: str, booking: Booking) -> None:
        """Say why it can't be moved there, beside how it stands now: who presses again saw that."""
        self.add_error("start", why)
        self.carry_on(booking.sequence)

    @property
    def change(self) -> Change:
        """What was decided."""
        said = self.cleaned_data
        start = said["start"].replace(second=0, microsecond=0)
        place, fmt = said["place"], said["place"].format
        if place.pk == self.booking.place_id:
            fmt = self.booking.format  # whatever the place has become since
        return Change(start, fmt, place, said["seen"])


def _label(booking: Booking, place: Place) -> str:
    """Name a place; of the booking's own, by what it keeps, say if it isn't in use any more."""
    if place.pk != booking.place_id:
        return f"{place.get_format_display()}: {place}"
    in_use = place.is_active and booking.format in booking.service.formats
    unused = "" if in_use else " (no longer in use)"
    return f"{booking.format_label}: {booking.where.name}{unused}"


class MovePage(BookingPages):
    """Adds the page that moves."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("move", self.move_view), *super().get_urls()]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask where it goes, then move it through the lifecycle."""
        booking = self.to_change(request, pk)
        posted = request.POST if request.method == "POST" else None
        form = MoveBookingForm(booking, posted, initial=_as_it_stands(request, booking))
        warned = _move(request, booking, form) if form.is_bound and form.is_valid() else None
        if form.is_bound and form.is_valid() and warned is None:
            return self.back(request, pk)
        kept = policy.fee_told(booking.fee_if_cancelled)
        facts: dict[str, Any] = {"form": form, "kept": kept}
        if warned:
            facts["warnings"] = refusals.warnings(warned, now_of(request))
            facts["despite"] = sorted(warned.keys)
        return self.page(request, "move", f"Move {booking}", booking, **facts)


def _as_it_stands(request: HttpRequest, booking: Booking) -> dict[str, Any]:
    """Fill the form with the booking; `how` names a format to move it to, at the same time."""
    places = Place.objects.filter(therapist_id=booking.therapist_id, is_active=True)
    other = places.filter(format=param(request, "how")).first()
    return {
        "start": booking.start.astimezone(UK).strftime("%Y-%m-%dT%H:%M"),
        "place": (other or booking.place).pk,
        "seen": booking.sequence,
    }


def _move(request: HttpRequest, booking: Booking, form: MoveBookingForm) -> Warned | None:
    """Move it; return what it goes against, or put into the form why it can't be moved."""
    try:
        moved = lifecycle.reschedule(
            booking.pk,
            form.change,
            by=by_of(request),
            reason=form.cleaned_data["reason"],
            now=now_of(request),
            despite=frozenset(request.POST.getlist("despite")),
        )
    except WarnedError as refusal:
        return refusal.warned
    except NotBookableError as refusal:
        booking.refresh_from_db()
        form.refuse(refusals.words(refusal, now_of(request)), booking)
    else:
        _tell(request, moved)
    return None


def _tell(request: HttpRequest, moved: Booking) -> None:
    """Say what was done: where it stood there already, whoever put it there, no email has left."""
    if moved.changed_at == now_of(request):
        messages.success(request, f"Moved. {no_address.told(moved.client)}")
    else:
        messages.info(request, f"Nothing changed: it stays on {moved.where_and_when}.")
