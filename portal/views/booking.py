"""One booking, on its client's own pages: how it stands, its file for a calendar, cancelling it."""

import uuid
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bookings import lifecycle, policy
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.models import Booking
from bookings.notices import invites, letters, reminders
from bookings.notices.summary import card, history
from front import refusals
from front.picker import beside
from front.requests import UNPROCESSABLE, private, zone_of
from portal.access import granted
from portal.forms import CancelForm
from prose.dates import moment_label, slot_value


@private
@require_safe
def booking(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The booking as it stands now, for as long as the link lives."""
    found = granted(request, uid)
    now = timezone.now()
    invite = letters.invite_for(found)
    open_still = not found.is_cancelled and found.start > now
    context = {
        "practice": found.therapist.practice,
        "booking": card(found, now),
        "clock": beside(found.time_label, found.start, zone_of(request)),
        "just_booked": "booked" in request.GET and open_still,
        "email": found.client.email,
        "remind_words": reminders.words(found, now),
        "ics_url": reverse("ics", args=[uid]),
        "google_url": invites.google_link(invite),
        "outlook_url": invites.outlook_link(invite),
        "cancel_url": reverse("cancel", args=[uid]) if open_still else None,
        "change_url": reverse("change", args=[uid]) if open_still else None,
        "just_moved": "moved" in request.GET and open_still,
        "reminders_chosen": "reminders" in request.GET and open_still,
        "wants_reminders": found.client.wants_reminders,
        "reminders_url": reverse("reminders", args=[uid]),
        "history": history(found),
        "policy": found.policy,
        "asked": asked_to_move(found) if open_still else None,
        "fee": found.fee_label,
        "book_again_url": reverse("book"),
    }
    return render(request, "portal/booking.html", context)


def asked_to_move(found: Booking) -> dict[str, str] | None:
    """Return what the client is asked, in words: the time that is proposed and where to take it."""
    if not found.is_asked_to_move:
        return None
    start = found.proposed_start
    if start is None or start <= timezone.now():
        return {"proposed": "", "url": ""}
    query = urlencode({"how": found.format, "slot": slot_value(start)})
    return {
        "proposed": moment_label(start),
        "url": f"{reverse('move', args=[found.uid])}?{query}",
    }


@private
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask, then cancel. A POST without a chosen option changes nothing."""
    found = granted(request, uid)
    now = timezone.now()
    here = reverse("booking", args=[uid])
    if found.is_cancelled or found.start <= now:
        return redirect(here)
    shown = {"seen": found.sequence, "told": policy.fee_told(policy.late_fee(found, now))}
    form = CancelForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_bound and form.is_valid() and _decide(found, form, now):
        return redirect(here)
    context = {
        "practice": found.therapist.practice,
        "booking": card(found, now),
        "form": form,
        "policy": found.policy,
        "late_fee": policy.fee_told(policy.late_fee(found, now)),
        "is_late": policy.is_late(found, now),
        "free_until": moment_label(policy.free_until(found)),
        "back_url": here,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/cancel.html", context, status=status)


def _decide(found: Booking, form: CancelForm, now: datetime) -> bool:
    """Do what was decided; False, with the reason in the form, if that cannot be done."""
    said, client = form.cleaned_data, By.client()
    if said["decision"] == CancelForm.NO:
        return True
    seen = found.sequence if said["seen"] is None else said["seen"]
    try:
        policy.require_told(policy.late_fee(found, now), said["told"])
        lifecycle.cancel(found.pk, by=client, reason=said["reason"], now=now, seen=seen)
    except NotBookableError as refusal:
        form.add_error(None, refusals.words(refusal))
        # The page shows it as it stands now: who confirms again has seen that.
        found.refresh_from_db()
        told = policy.fee_told(policy.late_fee(found, now))
        form.data = {**dict(form.data.items()), "seen": found.sequence, "told": told}
    return form.is_valid()


@private
@require_safe
def ics(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file for "add to calendar"."""
    found = granted(request, uid)
    text = invites.file(letters.invite_for(found), timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
