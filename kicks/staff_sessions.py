"""Sessions of clients and of those who work here, apart: two cookies, two tables, two lifetimes.

In one browser neither sees the other's: who signs in to admin and then books as a client keeps two
sessions, and ending one leaves the other. Which it is, is decided by the address alone.
"""

import re
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from kicks import sessions
from staff.models import StaffSession
from staff.sessions import ADDRESS, DEVICE, SEEN, STARTED, moment, see

# Admin, and what staff alone see among the public pages.
STAFF_PATHS = re.compile(r"^/(?:admin/|academy/preview/)")
USER = "_auth_user_id"
FAILED = 500


class SessionStore(sessions.SessionStore):
    """Sessions of those who work here: each row says whose it is, where, and since when."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def get_session_cookie_age(self) -> int:
        """Return how long one lasts that says nothing else: nobody has signed in to it yet."""
        return int(settings.STAFF_SESSION_IDLE.total_seconds())

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        """Return the row, with what its owner is shown of it beside the data."""
        row = cast("StaffSession", super().create_model_instance(data))
        row.user_id, row.device_id = data.get(USER), data.get(DEVICE)
        row.started_at, row.seen_at = moment(data, STARTED), moment(data, SEEN)
        row.address = data.get(ADDRESS, "")
        return row


def is_staff_path(path: str) -> bool:
    """Whether an address is for those who work here."""
    return STAFF_PATHS.match(path) is not None


class SessionsApart(SessionMiddleware):
    """Django's for clients; for those who work here the same with another cookie and table."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request the session of its kind."""
        if not is_staff_path(request.path_info):
            super().process_request(request)
            return
        request.session = SessionStore(request.COOKIES.get(settings.STAFF_SESSION_COOKIE_NAME))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the session of its kind."""
        if not isinstance(getattr(request, "session", None), SessionStore):
            return super().process_response(request, response)
        if request.session.accessed:
            see(request.session, timezone.now())
            patch_vary_headers(response, ("Cookie",))
        if request.session.is_empty():
            _forget(request, response)
        elif request.session.modified and response.status_code < FAILED:
            _keep(request, response)
        return response


def _forget(request: HttpRequest, response: HttpResponse) -> None:
    name = settings.STAFF_SESSION_COOKIE_NAME
    if name in request.COOKIES:
        response.delete_cookie(name, samesite=settings.SESSION_COOKIE_SAMESITE)


def _keep(request: HttpRequest, response: HttpResponse) -> None:
    """Store it. One that was ended meanwhile, perhaps by this very press, is not made again.

    Django answers that with the page for a bad request, after a press that did what it should.
    """
    try:
        request.session.save()
    except UpdateError:
        _forget(request, response)
        return
    response.set_cookie(
        settings.STAFF_SESSION_COOKIE_NAME,
        str(request.session.session_key),
        max_age=int(settings.STAFF_SESSION_LONGEST.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
