"""The client switches reminders off and on: on a page, or by their mail program's own button.

That button POSTs to the address in the mail's header, with no cookie and these words only (RFC
8058). A scanner that opens the address, or presses a button on the page behind it, stops nothing.
"""

import uuid
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bookings.notices.summary import card
from clients.models import Client
from front.responses import UNPROCESSABLE, private
from portal.access import come_in, granted, opened
from portal.forms import RemindersForm

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@private
@csrf_exempt  # the token is the proof: a mail program has no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop this client's reminders if a mail program asks so; lead anybody else to the page."""
    found = opened(request, token)
    if isinstance(found, HttpResponse):
        return found
    if request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        _remind(found.client, timezone.now(), wanted=False)
        return HttpResponse("I won’t send you any more reminders.", content_type="text/plain")
    booking = come_in(request, found)
    if booking is None:
        raise Http404
    return redirect("reminders", booking.uid)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask whether to remind of this and all other meetings."""
    booking, now = granted(request, uid), timezone.now()
    form = RemindersForm(request.POST if request.method == "POST" else None)
    here = reverse("booking", args=[uid])
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data["decision"] == RemindersForm.YES
        _remind(booking.client, now, wanted=wanted)
        return redirect(f"{here}?reminders=1")
    context = {
        "practice": booking.therapist.practice,
        "booking": card(booking, now),
        "form": form,
        "wants_reminders": booking.client.wants_reminders,
        "back_url": here,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/reminders.html", context, status=status)


def _remind(client: Client, now: datetime, *, wanted: bool) -> None:
    client.remind(now, wanted=wanted)
    client.save(update_fields=["reminders_from"])
