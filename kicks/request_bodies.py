"""How a request may ask, and how much it may carry: judged before anything of it is kept.

A server reads a body as the application asks for it. What is refused by its length alone is never
read: it costs no memory, no file and no time of a thread.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, NoReturn

from django.contrib.admin import site
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    QueryDict,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse

from kicks.security import ADMIN_PATH, CSP_REPORTS_PATH, TAKES_FILE
from pictures.file_kinds import MOST_BYTES

GetResponse = Callable[[HttpRequest], HttpResponse]

KB = 1024
# By how an address begins, the first that fits. An article of 40,000 letters and its questions,
# each letter nine bytes on the way, is what the therapist may save; a provider's news quotes mail.
LIMITS = ((ADMIN_PATH, 1024 * KB), ("/hooks/", 1024 * KB), (CSP_REPORTS_PATH, 16 * KB))
USUAL_LIMIT = 256 * KB
# A picture that is too large is read to its end and dropped, so that the page can say so and keep
# what was typed; what no camera writes is refused unread.
UPLOAD_LIMIT = 32 * 1024 * KB
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
        _require_readable_query(request)
        _require_sensible(request)
        is_later = TAKES_FILE.fullmatch(request.path_info)
        if request.method == "POST" and not is_later and not _is_of_program(request):
            _read_form(request)
        return get_response(request)

    return middleware


def uploads_of_staff(get_response: GetResponse) -> GetResponse:
    """Read a form with a file once it is known to be from somebody who works here; else not a byte.

    It stands behind what knows that, and before the check of the form's token, which reads it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and TAKES_FILE.fullmatch(request.path_info):
            if not site.has_permission(request):
                _leave_unread(request)
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            request.upload_handlers = [OnePicture(request)]
            _read_form(request)
        return get_response(request)

    return middleware


def _is_of_program(request: HttpRequest) -> bool:
    return request.path_info.startswith(OF_PROGRAMS)


def _require_readable_query(request: HttpRequest) -> None:
    """Refuse an address with more parameters than any page of ours reads, once and for all.

    Whoever reads them again is told there are none: Django's page for errors, while it is tried
    out, would otherwise fail over them itself.
    """
    try:
        _ = request.GET
    except UNREADABLE:
        request.GET = QueryDict()
        _refuse(request, "An address with too many parameters.")


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
    if TAKES_FILE.fullmatch(path):
        return UPLOAD_LIMIT
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
    _leave_unread(request)
    raise BadRequest(why)


def _leave_unread(request: HttpRequest) -> None:
    """Let nobody read the body from now on."""
    request._mark_post_parse_error()  # type: ignore[attr-defined]  # noqa: SLF001, what Django does


class OnePicture(FileUploadHandler):
    """Keeps a file in memory, as long as a picture may be; of a longer one, its length alone."""

    is_begun = False

    def new_file(self, *facts: Any, **more: Any) -> None:
        """Begin the only file that a form may have."""
        super().new_file(*facts, **more)
        if self.is_begun:
            raise BadRequest("A second file.")
        self.is_begun, self.data = True, BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MOST_BYTES:
            self.data = BytesIO()
        else:
            self.data.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return it, at its beginning, with the size that it had."""
        self.data.seek(0)
        return InMemoryUploadedFile(
            self.data, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )


class NoFiles(FileUploadHandler):
    """Refuses a file before its first byte is kept: no other page takes one."""

    def new_file(self, *_: Any, **__: Any) -> NoReturn:
        raise BadRequest("A file.")
