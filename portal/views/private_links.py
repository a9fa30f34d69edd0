"""Private links: opening one, and asking for new ones."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from availability.models import Practice
from bookings.notices import link_requests
from clients import rate_limits
from front.forms import EmailForm
from front.requests import wanted_of
from front.responses import UNPROCESSABLE, too_many
from front.visitor import is_here
from portal.access import (
    client_page,
    come_in,
    is_open,
    let_cancel,
    let_in,
    opened,
    press,
    unpressed,
)
from prose.cleaning import same_mailbox
from prose.dates import moment_label, parse_slot
from prose.misspelt_domains import likely_address


@client_page
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap a token for the session. Opening it changes nothing, and confirms nothing."""
    now = timezone.now()
    found = opened(request, token, now)
    return found if isinstance(found, HttpResponse) else redirect(come_in(request, found, now))


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest) -> HttpResponse:
    """Show the button that opens what a link is for; a press says whose it is.

    Where nothing is left to say, the way leads on.
    """
    now = timezone.now()
    asked = unpressed(request, now)
    if request.method == "POST":
        is_not = request.POST.get("whose") == "not mine"
        return redirect(let_cancel(request, asked) if is_not else press(request, asked, now))
    if not asked.waits(now):
        return redirect(let_in(request, asked))
    context = {
        "practice": Practice.objects.first(),
        "booking": (booking := asked.booking),
        "asks_whose": booking is not None and not booking.is_proven,
        "may_cancel": booking is not None and is_open(booking, now),
        "notice": asked.notice,
    }
    return render(request, "portal/open.html", context)


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Ask for new private links: one answer for every address."""
    now = timezone.now()
    form = EmailForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_bound:
        return too_many(request, "form-address") or _answered(request, form, now)
    return _links_page(request, form)


def _answered(request: HttpRequest, form: EmailForm, now: datetime) -> HttpResponse:
    """Ask for the links of a right address; of one with a likely slip once it was sent twice."""
    if not form.is_valid():
        form.fresh()
        return _links_page(request, form)
    email = form.cleaned_data["email"]
    meant = likely_address(email)
    if meant and request.POST.get("typed") != email:
        form.fresh()
        return _links_page(request, form, meant)
    refused = too_many(request, "link-asker-address")
    if refused:
        return refused
    _ask_for_links(email, now, _wanted(request))
    return redirect(f"{request.path}?sent=1")


def _links_page(request: HttpRequest, form: EmailForm, meant: str = "") -> HttpResponse:
    context = {
        "practice": Practice.objects.first(),
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "may_finish": is_here(request),
        "wanted": _told(request),
        "meant": meant,
        "carried": {"email": meant, "rendered": form["rendered"].value()},
    }
    status = UNPROCESSABLE if form.errors or meant else 200
    return render(request, "portal/links.html", context, status=status)


def _told(request: HttpRequest) -> str:
    """Like "50-minute session, online: Tuesday 3 March 2026, 2:30pm UK time"."""
    wanted = wanted_of(request)
    start = parse_slot(wanted[1]) if wanted else None
    return f"{wanted[0].label}: {moment_label(start)}" if wanted and start else ""


def _wanted(request: HttpRequest) -> str:
    """Return what they had chosen to book, as a link says it; empty if nothing."""
    wanted = wanted_of(request)
    return urlencode({**wanted[0].query, "slot": wanted[1]}) if wanted else ""


def _ask_for_links(email: str, now: datetime, wanted: str) -> None:
    """Ask at most once an hour, and so often a day, for one mailbox, be it a client's or not."""
    mailbox = same_mailbox(email)
    if rate_limits.allow("link-email", mailbox) and rate_limits.allow("link-mailbox", mailbox):
        link_requests.ask(email, now, wanted)
