"""The client's own pages: reached by a private link, or in the browser that booked.

The token is swapped for the session at once, so that it leaves the address bar, the history's
next entries and every Referer. Whoever may not see a booking gets the same 404 as for none.
"""

import uuid
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from availability.models import Practice
from availability.uk_time import moment_label, slot_value
from bookings import invites, lifecycle, links, mails, policy, reminders
from bookings.cards import card, history
from bookings.forms import CancelForm, EmailForm
from bookings.models import Booking, BookingEvent
from bookings.slots import NotBookableError
from bookings.times import beside
from bookings.views.asking import KNOWN_CLIENT, UNPROCESSABLE, private, too_many, zone_of
from clients import limits
from clients.models import AccessLink

GRANTS = "bookings"
MOST_GRANTS = 20
LONGEST_TOKEN = 64


def grant(request: HttpRequest, booking: Booking) -> None:
    """Let this browser see the booking from now on."""
    uid = str(booking.uid)
    granted = [known for known in request.session.get(GRANTS, []) if known != uid]
    request.session[GRANTS] = [*granted, uid][-MOST_GRANTS:]


def granted(request: HttpRequest, uid: uuid.UUID) -> Booking:
    """Return the booking if this browser was let in to see it; the same 404 for any other."""
    if str(uid) not in request.session.get(GRANTS, []):
        raise Http404
    booking = Booking.objects.whole().filter(uid=uid).first()
    if booking is None:
        raise Http404
    return booking


def opened(request: HttpRequest, token: str) -> AccessLink | HttpResponse:
    """Return the link that a token opens, or the page for whoever tries too often; else 404."""
    refused = too_many(request, "link-address")
    if refused:
        return refused
    found = AccessLink.objects.opened_by(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise Http404
    return found


def come_in(request: HttpRequest, found: AccessLink) -> Booking | None:
    """Swap a link for the session; return the booking that it is about, if it is about one."""
    request.session.cycle_key()
    if found.about == found.client.about:
        request.session[KNOWN_CLIENT] = found.client_id
        return None
    booking = Booking.objects.filter(uid=found.about.partition(":")[2]).first()
    if booking is None:
        raise Http404
    grant(request, booking)
    return booking


@private
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap a token for the session. Opening it changes nothing else, however often."""
    found = opened(request, token)
    if isinstance(found, HttpResponse):
        return found
    booking = come_in(request, found)
    return redirect("booking", booking.uid) if booking else redirect("book")


@private
@require_safe
def booking(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The booking as it stands now, for as long as the link lives."""
    found = granted(request, uid)
    now = timezone.now()
    invite = mails.invite_for(found)
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
    return render(request, "bookings/booking.html", context)


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
    return render(request, "bookings/cancel.html", context, status=status)


def _decide(found: Booking, form: CancelForm, now: datetime) -> bool:
    """Do what was decided; False, with the reason in the form, if that cannot be done."""
    said, client = form.cleaned_data, BookingEvent.Actor.CLIENT
    if said["decision"] == CancelForm.NO:
        return True
    seen = found.sequence if said["seen"] is None else said["seen"]
    try:
        policy.require_told(policy.late_fee(found, now), said["told"])
        lifecycle.cancel(found.pk, actor=client, reason=said["reason"], now=now, seen=seen)
    except NotBookableError as refusal:
        form.add_error(None, str(refusal))
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
    text = invites.file(mails.invite_for(found), timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@private
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Ask for new private links: one answer for every address."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        refused = too_many(request, "form-address")
        if refused:
            return refused
        if form.is_valid():
            _ask_for_links(form.cleaned_data["email"])
            return redirect(f"{request.path}?sent=1")
        form.fresh()
    sent = "sent" in request.GET and not form.is_bound
    context = {"practice": Practice.objects.first(), "form": form, "sent": sent}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "bookings/links.html", context, status=status)


def _ask_for_links(email: str) -> None:
    """Ask at most once an hour for one address, whether or not it is a client's."""
    if limits.allow("link-email", email.lower()):
        links.ask(email, timezone.now())
