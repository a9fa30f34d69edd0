"""What every response says to the browser: what it may load, run, embed and pass on."""

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

Policy = dict[str, list[str]]
GetResponse = Callable[[HttpRequest], HttpResponse]

ADMIN_PATH = "/admin/"

# The public pages load everything from their own files: no inline script or style, no foreign host.
PUBLIC_POLICY: Policy = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}

# The admin's theme computes its widgets in attributes (Alpine needs eval) and styles them inline.
# It is behind a login and shows clients' words only escaped; the public policy does not move.
ADMIN_POLICY: Policy = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "autoplay",
            "browsing-topics",
            "camera",
            "display-capture",
            "encrypted-media",
            "fullscreen",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "picture-in-picture",
            "publickey-credentials-get",
            "screen-wake-lock",
            "usb",
            "xr-spatial-tracking",
        )
    ),
}


def response_headers(get_response: GetResponse) -> GetResponse:
    """Add the headers that Django has no setting for, and relax the policy for the admin alone.

    It stands inside CSPMiddleware, which reads `_csp_replace` on the way out.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path_info.startswith(ADMIN_PATH):
            vars(response)["_csp_replace"] = ADMIN_POLICY  # as django-csp's own decorators do
        return response

    return middleware
