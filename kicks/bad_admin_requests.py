"""What no page of ours would ask is refused at the door."""

from collections.abc import Callable

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from kicks.security import ADMIN_PATH

GetResponse = Callable[[HttpRequest], HttpResponse]

NUL = "%00"


def strict_admin(get_response: GetResponse) -> GetResponse:
    """Answer 400 to what Django's admin hands on as it comes, and which ends in an error there.

    Our own pages read what they are asked by `param`, and their forms say what is wrong.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(ADMIN_PATH):
            _require_text(request)
            _require_numbers(request)
        return get_response(request)

    return middleware


def _require_text(request: HttpRequest) -> None:
    """Refuse an address with a NUL, which Postgres takes in no text."""
    if NUL in request.META["QUERY_STRING"]:
        raise BadRequest("A NUL in the address.")


def _require_numbers(request: HttpRequest) -> None:
    """Refuse rows that were ticked by anything but their number; every row of admin has one."""
    if not all(row.isdecimal() for row in request.POST.getlist(ACTION_CHECKBOX_NAME)):
        raise BadRequest("A row that has no number.")
