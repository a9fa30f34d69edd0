"""The cookie by which a browser is known again: a random word, signed."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from clients.rate_limits import address_of
from staff.device_names import device_name
from staff.security_events import Origin

KEPT_FOR = timedelta(days=365)
_signer = Signer(salt="staff-device")


def word_of(request: HttpRequest) -> str:
    """Return the browser's word; nothing if it has none that we signed."""
    try:
        return _signer.unsign(request.COOKIES.get(settings.STAFF_DEVICE_COOKIE_NAME, ""))
    except BadSignature:
        return ""


def put(response: HttpResponse, word: str) -> None:
    """Let the browser keep its word."""
    response.set_cookie(
        settings.STAFF_DEVICE_COOKIE_NAME,
        _signer.sign(word),
        max_age=int(KEPT_FOR.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request came from, in words that its sender recognises."""
    return Origin(address_of(request.META), device_name(request.headers.get("User-Agent", "")))
