"""Private links: opening one, and asking for new ones."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from availability.models import Practice
from bookings.notices import link_requests
from clients import rate_limits
from front.forms import EmailForm
from front.responses import UNPROCESSABLE, private, too_many
from portal.access import come_in, opened


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
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Ask for new private links: one answer for every address."""
    now = timezone.now()
    form = EmailForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_bound:
        refused = too_many(request, "form-address")
        if refused:
            return refused
        if form.is_valid():
            _ask_for_links(form.cleaned_data["email"], now)
            return redirect(f"{request.path}?sent=1")
        form.fresh()
    sent = "sent" in request.GET and not form.is_bound
    context = {"practice": Practice.objects.first(), "form": form, "sent": sent}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/links.html", context, status=status)


def _ask_for_links(email: str, now: datetime) -> None:
    """Ask at most once an hour for one address, whether or not it is a client's."""
    if rate_limits.allow("link-email", email.lower()):
        link_requests.ask(email, now)
