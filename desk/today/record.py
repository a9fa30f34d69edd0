"""One tap of Today: who came, how a first meeting ended, taking that back, keeping a booking."""

from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from availability import access
from bookings import lifecycle, outcomes
from bookings.errors import NotBookableError
from bookings.models import Booking, BookingEvent, Outcome
from bookings.outcomes import Report
from desk import refusals
from desk.diary_admin import by_of, now_of
from desk.recorded import tell_of_mail
from desk.seen_form import SeenForm
from desk.today.meetings import midnight
from desk.today.shown import shown_to

NONE_PRESSED = "Nothing was changed. Press one of the buttons."
EARLIER = "This was recorded on an earlier day. You can still change it on the booking’s own page."
WAY_BACK = "To take it back, press “Undo” before then."


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was pressed of a meeting."""
    booking = _found(request, pk, "record")
    said, form = request.POST.get("say", ""), SeenForm(request.POST, initial={"seen": 0})
    report = _report(booking, said)
    if report is None:
        return _refused(request, NONE_PRESSED)
    if not form.is_valid():
        return _refused(request, *form.errors["seen"])
    return _keep(request, booking, report, form.cleaned_data["seen"])


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was recorded today; on a later day that is for the booking's page."""
    booking, form = _found(request, pk, "record"), SeenForm(request.POST, initial={"seen": 0})
    if not form.is_valid():
        return _refused(request, *form.errors["seen"])
    if booking.attendance and not _is_of_today(booking, now_of(request)):
        return _refused(request, EARLIER)
    return _keep(request, booking, Report(""), form.cleaned_data["seen"])


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a second first meeting stand."""
    booking = _found(request, pk, "change")
    try:
        lifecycle.keep_repeat(booking.pk, by=by_of(request), now=now_of(request))
    except NotBookableError as refusal:
        return _refused(request, refusals.words(refusal, now_of(request)))
    return _back(request, "#waiting")


def _found(request: HttpRequest, pk: int, right: str) -> Booking:
    """Return the booking for who may do this with it: 403 without the right, 404 if not theirs."""
    if not request.user.has_perm(f"bookings.{right}_booking"):
        raise PermissionDenied
    theirs = access.narrowed(Booking.objects.whole(), "therapist", request.user)
    return get_object_or_404(theirs, pk=pk)


def _report(booking: Booking, said: str) -> Report | None:
    """Return what a button says; how a first meeting ended says that they came, too."""
    if said in Booking.Attendance.values:
        return Report(said)
    if said in Outcome.values:
        return Report(booking.attendance or Booking.Attendance.ATTENDED, said)
    return None


def _is_of_today(booking: Booking, now: datetime) -> bool:
    lines = booking.events.filter(action=BookingEvent.Action.RECORDED)
    return lines.filter(at__gte=midnight(now)).exists()


def _keep(request: HttpRequest, booking: Booking, report: Report, seen: int) -> HttpResponse:
    now, seen_by = now_of(request), replace(report, seen=seen)
    try:
        lifecycle.record(booking.pk, seen_by, by=by_of(request), now=now)
    except NotBookableError as refusal:
        return _refused(request, refusals.words(refusal, now))
    if outcomes.ends_in_an_outcome(booking):
        tell_of_mail(request, booking, report, WAY_BACK)
    is_listed = booking.end > midnight(now)
    return _back(request, f"#meeting-{booking.pk}" if is_listed else "#waiting")


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    """Say why above the page, which shows how things stand."""
    messages.error(request, why)
    return _back(request)


def _back(request: HttpRequest, part: str = "") -> HttpResponse:
    """Lead to where the button was."""
    return redirect(f"{reverse('today')}{shown_to(request).query}{part}")
