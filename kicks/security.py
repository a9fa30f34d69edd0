"""What every response says to the browser: what it may load, run, embed and pass on."""

import re
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus

from csp.constants import HEADER, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kicks.robots_and_sitemaps import NOINDEX, may_be_indexed

Policy = dict[str, list[str]]
GetResponse = Callable[[HttpRequest], HttpResponse]

ADMIN_PATH = "/admin/"
CSP_REPORTS_PATH = "/csp-reports/"
# The pages of admin that take a file: the picture of a row.
TAKES_FILE = re.compile(rf"{ADMIN_PATH}[a-z]+/[a-z]+/[0-9]+/picture/")
VIDEO_CHECK_PATH = "/video-check/"

# The public pages load everything from their own files: no inline script or style, no foreign host
# but the bucket of the practice's own pictures, if there is one.
PUBLIC_POLICY: Policy = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF, *settings.PICTURE_ORIGINS],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}

# The admin's theme computes its widgets in attributes (Alpine needs eval) and draws their arrows
# from addresses that hold the picture. No inline script, style or handler of its is needed: its
# colours and the drawings of the desk's own pages are in files and attributes of ours.
# What is tried all the same is reported (csp_reports.py).
ADMIN_POLICY: Policy = {
    "script-src": [SELF, UNSAFE_EVAL],
    "img-src": [SELF, "data:", *settings.PICTURE_ORIGINS],
    "report-uri": [CSP_REPORTS_PATH],
}

# The samples of mail, in frames without rights: a mail's styles stand in the mail itself.
MAIL_SAMPLES_PATH = f"{ADMIN_PATH}mail-samples/"
MAIL_SAMPLES_POLICY: Policy = ADMIN_POLICY | {"style-src": [SELF, UNSAFE_INLINE]}
# The pages of a sign-in run scripts from our own files alone, unlike the rest of admin.
SIGN_IN_PATHS = tuple(f"{ADMIN_PATH}{step}/" for step in ("login", "sign-in", "choose-password"))
# Theirs that stand in admin's frame, whose theme needs what admin is allowed.
IN_FRAME = (f"{ADMIN_PATH}sign-in/", f"{ADMIN_PATH}sign-in/remove/")

DEBUG_PAGES = (404, 500)  # with DEBUG on, Django explains these on pages with styles inside

HEADERS = {
    HEADER: build_policy(PUBLIC_POLICY),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,  # where Django's own middleware is not asked
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
            "publickey-credentials-create",
            "publickey-credentials-get",
            "screen-wake-lock",
            "usb",
            "xr-spatial-tracking",
        )
    ),
}
FILES_HEADERS = HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}
# Staff sign in with passkeys: in admin alone a page may ask for one.
SIGN_IN_HEADERS = HEADERS | {
    "Permissions-Policy": re.sub(
        r"(publickey-credentials-\w+)=\(\)", r"\1=(self)", HEADERS["Permissions-Policy"]
    )
}
# The one page on which somebody tries their camera and microphone. Its script is a file of ours,
# and the policy lets it connect to nowhere: what is shown on the page itself is no request.
VIDEO_CHECK_HEADERS = HEADERS | {
    "Permissions-Policy": re.sub(
        r"(camera|microphone)=\(\)", r"\1=(self)", HEADERS["Permissions-Policy"]
    ),
    HEADER: build_policy(PUBLIC_POLICY, replace={"connect-src": [NONE], "form-action": [NONE]}),
}
ADMIN_HEADERS = SIGN_IN_HEADERS | {HEADER: build_policy(PUBLIC_POLICY, replace=ADMIN_POLICY)}
MAIL_SAMPLES_HEADERS = HEADERS | {HEADER: build_policy(PUBLIC_POLICY, replace=MAIL_SAMPLES_POLICY)}


@lru_cache(maxsize=1)
def framed_headers(hosts: tuple[str, ...]) -> dict[str, str]:
    """Return the headers of a page that these sites may show in a frame."""
    apart = {
        HEADER: build_policy(PUBLIC_POLICY, replace={"frame-ancestors": list(hosts) or [NONE]}),
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return {name: value for name, value in (HEADERS | apart).items() if name != "X-Frame-Options"}


def response_headers(get_response: GetResponse) -> GetResponse:
    """Add the headers that Django has no setting for; the admin alone gets the relaxed policy.

    All but the pages on a list are kept out of search engines (search.py).

    It stands in for CSPMiddleware, which builds the same policy anew for each answer: measured, 98
    microseconds against 2, a tenth of what a cheap page costs in all.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in _headers(request, response).items():
            response.headers.setdefault(name, value)
        if not may_be_indexed(request, response):
            response.headers.setdefault("X-Robots-Tag", NOINDEX)
        if settings.DEBUG and response.status_code in DEBUG_PAGES:
            del response.headers[HEADER]
        return response

    return middleware


def _headers(request: HttpRequest, response: HttpResponse) -> dict[str, str]:
    path = request.path_info
    if getattr(response, "xframe_options_exempt", False):  # the view says so
        return framed_headers(tuple(settings.EMBED_HOSTS))
    if path.startswith(settings.STATIC_URL):
        # A frame that its page keeps apart (sandbox) comes from nowhere, so not from our origin.
        return FILES_HEADERS
    if path == VIDEO_CHECK_PATH and response.status_code == HTTPStatus.OK:
        return VIDEO_CHECK_HEADERS
    if path.startswith(MAIL_SAMPLES_PATH):
        return MAIL_SAMPLES_HEADERS
    if path.startswith(SIGN_IN_PATHS) and not _is_in_frame(path):
        return SIGN_IN_HEADERS
    return ADMIN_HEADERS if path.startswith(ADMIN_PATH) else HEADERS


def _is_in_frame(path: str) -> bool:
    own, remove = IN_FRAME
    return path == own or path.startswith(remove)
