"""How a request may ask, and how much it may carry: judged before anything of it is kept.

A server reads a body as the application asks for it. What is refused by its length alone is never
read: it costs no memory, no file and no time of a thread.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from kicks.security import ADMIN_PATH, CSP_REPORTS_PATH

GetResponse = Callable[[HttpRequest], HttpResponse]

KB = 1024
# By how an address begins, the first that fits. An article of 40,000 letters and its questions,
# each letter nine bytes on the way, is what the therapist may save; a provider's news quotes mail.
LIMITS = ((ADMIN_PATH, 1024 * KB), ("/hooks/", 1024 * KB), (CSP_REPORTS_PATH, 16 * KB))
USUAL_LIMIT = 256 * KB
OF_PROGRAMS = ("/hooks/", CSP_REPORTS_PATH)  # they post words of their own, no forms
CHARSETS = {"", "utf-8"}
METHODS = ("GET", "HEAD", "POST")  # no page of ours is asked otherwise
# What Django says of a form that it cannot read: too many fields, parts that never end.
UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


def limited_bodies(get_response: GetResponse) -> GetResponse:
    """Answer 400 to a body that no page of ours would send, unread where its length says so.

    And 405 to whoever asks in a way that no page of ours knows: TRACE shows a browser its cookies.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        _require_sensible(request)
        if request.method == "POST" and not request.path_info.startswith(OF_PROGRAMS):
            _read_form(request)
        return get_response(request)

    return middleware


def _require_sensible(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH", "")
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        _refuse(request, "A body that does not say how long it is.")
    if length and not (length.isascii() and length.isdigit()):
        _refuse(request, "A length that is no number.")
    if int(length or 0) > limit_of(request.path_info):
        _refuse(request, "A body that is too long for its address.")
    charset = (request.content_params or {}).get("charset", "")
    if charset.strip("\"' ").lower() not in CHARSETS:
        _refuse(request, "A body in another character set than UTF-8.")


def limit_of(path: str) -> int:
    """Return how many bytes may come to an address."""
    return next((most for begin, most in LIMITS if path.startswith(begin)), USUAL_LIMIT)


def _read_form(request: HttpRequest) -> None:
    """Read what was posted: what cannot be read is refused here, once, and by nobody again.

    Django checks a form's token on its pages for errors too, and there it would read once more.
    """
    try:
        _ = request.POST
    except UNREADABLE as error:
        _refuse(request, f"A form that cannot be read: {type(error).__name__}.")


def _refuse(request: HttpRequest, why: str) -> NoReturn:
    """Leave the body unread from now on."""
    request._mark_post_parse_error()  # type: ignore[attr-defined]  # noqa: SLF001, what Django does
    raise BadRequest(why)


class NoFiles(FileUploadHandler):
    """Refuses a file before its first byte is kept: no page takes one."""

    def new_file(self, *_: Any, **__: Any) -> NoReturn:
        raise BadRequest("A file.")
