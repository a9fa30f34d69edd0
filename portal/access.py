"""Who may open which of a client's pages: by a private link, or in the browser that booked.

The token is swapped for the session at once, so that it leaves the address bar, the history's
next entries and every Referer. Whoever may not see a booking gets the same 404 as for none.
"""

import uuid
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse

from bookings.models import Booking
from bookings.notices import keys
from clients.models import AccessLink
from front.responses import too_many
from front.visitor import GRANTS, KNOWN_CLIENT, grant

LONGEST_TOKEN = 64


def granted(request: HttpRequest, uid: uuid.UUID) -> Booking:
    """Return the booking if this browser was let in to see it; the same 404 for any other."""
    if str(uid) not in request.session.get(GRANTS, []):
        raise Http404
    booking = Booking.objects.whole().filter(uid=uid).first()
    if booking is None:
        raise Http404
    return booking


def is_open(booking: Booking, now: datetime) -> bool:
    """Whether its client may still change it: it stands, and has not begun."""
    return not booking.is_cancelled and booking.start > now


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
    if found.about == keys.about_client(found.client_id):
        request.session[KNOWN_CLIENT] = found.client_id
        return None
    uid = keys.booking_of(found.about)
    booking = Booking.objects.filter(uid=uid).first() if uid else None
    if booking is None:
        raise Http404
    grant(request, booking)
    return booking
