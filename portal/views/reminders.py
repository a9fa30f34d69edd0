"""The client switches reminders off and on: on a page, or by their mail program's own button.

That button POSTs to the address in the mail's header, with no cookie and these words only (RFC
8058). A scanner that opens the address, or presses a button on the page behind it, stops nothing.
The link in a reminder is for that alone: it opens no booking and says nothing of whose it is.
"""

import uuid
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from availability.models import Practice
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from bookings.notices.reminders import are_wanted
from bookings.notices.summary import card
from clients.models import Client
from front.responses import UNPROCESSABLE
from front.visitor import is_by_mail
from portal.access import (
    client_page,
    come_to_stop,
    granted,
    link_to_stop,
    opened,
    require_may_stop,
)
from portal.forms import RemindersForm, StopRemindersForm

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@client_page
@csrf_exempt  # the token is the proof: a mail program has no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop this client's reminders if a mail program asks so; lead anybody else to the page."""
    now = timezone.now()
    found = opened(request, token, now)
    if isinstance(found, HttpResponse):
        return found
    if request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        require_may_stop(found)
        _remind_all(found.client, now, wanted=False)
        return HttpResponse(
            "I won’t send you any more reminders.", content_type="text/plain; charset=utf-8"
        )
    come_to_stop(request, found)
    return redirect("stopping")


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def stopping(request: HttpRequest) -> HttpResponse:
    """Ask whether to stop reminders; it says nothing of who they are nor of what they booked."""
    now = timezone.now()
    client = link_to_stop(request, now).client
    form = StopRemindersForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if form.cleaned_data["decision"] == StopRemindersForm.KEEP:
            return redirect(f"{request.path}?kept=1")
        _remind_all(client, now, wanted=False)
        return redirect("stopping")
    context = {
        "practice": Practice.objects.first(),
        "form": form,
        "wants_reminders": client.wants_reminders,
        "kept": "kept" in request.GET and client.wants_reminders and not form.is_bound,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/stopping.html", context, status=status)


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask whether to remind of all their meetings, or of this one whoever only typed an address."""
    now = timezone.now()
    booking = granted(request, uid, now)
    alone = not is_by_mail(request, booking)
    here = reverse("booking", args=[uid])
    form = _form(request, wants := are_wanted(booking, alone=alone))
    if form.is_bound and form.is_valid():
        _remind(booking, form.cleaned_data["decision"], now, alone=alone)
        return redirect(f"{here}?reminders=1")
    context = {
        "practice": booking.therapist.practice,
        "booking": card(booking, now),
        "form": form,
        "wants_reminders": wants,
        "alone": alone,
        "back_url": here,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/reminders.html", context, status=status)


def _form(request: HttpRequest, wants: bool) -> RemindersForm:  # noqa: FBT001, how it is set
    """Ask, with the answer marked that counts now."""
    decision = RemindersForm.YES if wants else RemindersForm.NO
    posted = request.POST if request.method == "POST" else None
    return RemindersForm(posted, initial={"decision": decision})


def _remind(booking: Booking, decision: str, now: datetime, *, alone: bool) -> None:
    """Do as they chose; who wants reminders of all meetings wants them of this one."""
    wanted = decision == RemindersForm.YES
    if alone or wanted:
        lifecycle.remind(booking.pk, by=By.client(), wanted=wanted, now=now)
    if not alone:
        _remind_all(booking.client, now, wanted=wanted)


def _remind_all(client: Client, now: datetime, *, wanted: bool) -> None:
    client.remind(now, wanted=wanted)
    client.save(update_fields=["reminders_from"])
