"""Who visits: what a browser's session says of them, and which bookings it may open."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from bookings.models import Booking
from clients.models import Client

KNOWN_CLIENT, VISITOR, GRANTS = "client", "visitor", "bookings"
MOST_GRANTS = 20


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the name under which they may hold times, and whether we know them as a client."""

    visitor: str = ""
    is_client: bool = False


NOBODY = Viewer()


def known_client(request: HttpRequest) -> Client | None:
    """Return the client who came by a private link in this browser."""
    pk = request.session.get(KNOWN_CLIENT)
    return Client.objects.filter(pk=pk).first() if pk else None


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who looks; somebody without a cookie is nobody yet, and gets none for looking."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return NOBODY
    return Viewer(request.session.get(VISITOR, ""), KNOWN_CLIENT in request.session)


def visitor_of(request: HttpRequest) -> str:
    """Return the name under which this browser's session holds times; its first call makes one."""
    if VISITOR not in request.session:
        request.session[VISITOR] = secrets.token_urlsafe(16)
    return str(request.session[VISITOR])


def grant(request: HttpRequest, booking: Booking) -> None:
    """Let this browser see the booking from now on."""
    uid = str(booking.uid)
    granted = [known for known in request.session.get(GRANTS, []) if known != uid]
    request.session[GRANTS] = [*granted, uid][-MOST_GRANTS:]
