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
        is_theirs = request.POST.get("whose") != "not mine"
        return redirect(press(request, asked, now) if is_theirs else let_cancel(request, asked))
    if not asked.waits(now):
        return redirect(let_in(request, asked))
    booking = asked.booking
    context = {
        "practice": Practice.objects.first(),
        "booking": booking,
        "asks_whose": booking is not None and not booking.is_proven,
        "may_cancel": booking is not None and is_open(booking, now),
    }
    return render(request, "portal/open.html", context)


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Ask for new private links: one answer for every address."""
    now = timezone.now()
    form = EmailForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_bound:
        refused = too_many(request, "form-address") or (
            too_many(request, "link-asker-address") if form.is_valid() else None
        )
        if refused:
            return refused
        if form.is_valid():
            _ask_for_links(form.cleaned_data["email"], now, _wanted(request))
            return redirect(f"{request.path}?sent=1")
        form.fresh()
    return _links_page(request, form)


def _links_page(request: HttpRequest, form: EmailForm) -> HttpResponse:
    context = {
        "practice": Practice.objects.first(),
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "may_finish": is_here(request),
        "wanted": _told(request),
    }
    status = UNPROCESSABLE if form.errors else 200
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
