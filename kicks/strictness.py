"""What no page of ours would ask is refused at the door."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from kicks.security import ADMIN_PATH

GetResponse = Callable[[HttpRequest], HttpResponse]

NUL = "%00"


def no_nul_in_admin(get_response: GetResponse) -> GetResponse:
    """Answer 400 where an address of admin asks with a NUL, which Postgres takes in no text.

    Our own pages read what they are asked by `param`, to which it is nothing; the lists of Django's
    admin hand it on to the database, which ends in an error.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(ADMIN_PATH) and NUL in request.META["QUERY_STRING"]:
            raise BadRequest("A NUL in the address.")
        return get_response(request)

    return middleware
