"""Where a booking waits for a mailed link: nothing is booked yet, and the time is kept."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.models import Booking, PendingBooking
from front import drafts
from front.drafts import Draft, details_url
from front.responses import private
from front.visitor import finish_booking
from prose.dates import time_label


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, and the answers that it was made of."""

    booking: PendingBooking
    draft: Draft
    draft_id: str


@private
@require_safe
def pending(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Say that it isn't booked yet and what to do; once it is booked, lead there."""
    now, draft = timezone.now(), drafts.load(request.session, draft_id)
    if draft is None:
        return redirect("check", draft_id)
    booked = Booking.objects.filter(idempotency_key=draft.key).whole().first()
    if booked:
        finish_booking(request, draft_id, booked, now)
        return redirect("booking", booked.uid)
    waiting = PendingBooking.objects.whole().filter(key=draft.key).first()
    if waiting is None:
        return redirect("check", draft_id)
    return _page(request, Waiting(waiting, draft, draft_id), now)


def _page(request: HttpRequest, asked: Waiting, now: datetime) -> HttpResponse:
    booking, choice = asked.booking, asked.draft.choice()
    context = {
        "practice": booking.therapist.practice,
        "booking": booking,
        "is_kept": booking.kept_until > now,
        "kept_until": time_label(booking.kept_until),
        "details_url": details_url(asked.draft_id),
        "times_url": choice.link("time", draft=asked.draft_id) if choice else reverse("book"),
    }
    return render(request, "front/pending.html", context)
