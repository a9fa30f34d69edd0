"""The client cancels a booking."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bookings import fee_words, lifecycle, policy
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.models import Booking
from bookings.notices.summary import card
from front import refusals
from front.responses import UNPROCESSABLE
from portal.access import client_page, granted, is_open
from portal.forms import CancelForm
from prose.dates import moment_label


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask, then cancel. A POST without a chosen option changes nothing."""
    now = timezone.now()
    found = granted(request, uid, now)
    posted = request.POST if request.method == "POST" else None
    if not is_open(found, now):
        # Pressed twice, it is cancelled, and the page says so as it did the first time.
        return redirect(_way_on(uid, cancelled=bool(posted and found.is_cancelled)))
    form = CancelForm(posted, initial=_shown(found, now))
    if form.is_bound and form.is_valid() and _decide(found, form, now):
        return redirect(_way_on(uid, cancelled=form.cleaned_data["decision"] == CancelForm.YES))
    if "seen" in form.errors:
        form.show(**_shown(found, now))
    return _ask(request, found, form, now)


def _way_on(uid: uuid.UUID, *, cancelled: bool) -> str:
    """Lead to the booking, which says what has just become of it if it is cancelled."""
    here = reverse("booking", args=[uid])
    return f"{here}?cancelled=1" if cancelled else here


def _shown(found: Booking, now: datetime) -> dict[str, Any]:
    return {"seen": found.sequence, "told": policy.fee_told(policy.late_fee(found, now))}


def _decide(found: Booking, form: CancelForm, now: datetime) -> bool:
    """Do what was decided; False, with the reason in the form, if that cannot be done."""
    said, client = form.cleaned_data, By.client()
    if said["decision"] == CancelForm.NO:
        return True
    try:
        shown = {"seen": said["seen"], "told": said["told"]}
        lifecycle.cancel(found.pk, by=client, reason=said["reason"], now=now, **shown)
    except NotBookableError as refusal:
        form.add_error(None, refusals.words(refusal))
        # The page shows it as it stands now: who confirms again has seen that.
        found.refresh_from_db()
        form.show(**_shown(found, now))
    return form.is_valid()


def _ask(request: HttpRequest, found: Booking, form: CancelForm, now: datetime) -> HttpResponse:
    context = {
        "practice": found.therapist.practice,
        "booking": card(found, now),
        "form": form,
        "policy": found.policy,
        "late_fee": policy.fee_told(policy.late_fee(found, now)),
        "is_late": policy.is_late(found, now),
        "free_until": moment_label(policy.free_until(found)),
        "is_kept": now <= policy.free_until(found),
        "cancelling": fee_words.of_booking(found, now),
        "back_url": reverse("booking", args=[found.uid]),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/cancel.html", context, status=status)
