"""Forms' tokens of clients and of those who work here, apart: two cookies, as their sessions are.

Django renews the token at each sign-in. With one cookie for both, a page that was open as a client
had to be loaded again because somebody signed in to admin in the same browser.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from kicks.staff_sessions import is_staff_path


class TokensApart(CsrfViewMiddleware):
    """Django's for clients; on the addresses of those who work here the same by another name.

    Django knows one name, its decorators too. So the staff's cookie comes in by that name, and what
    is to be kept goes out by its own. No script of theirs reads it.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Let Django see the token of the request's kind, and no other."""
        if is_staff_path(request.path_info):
            request.COOKIES.pop(settings.CSRF_COOKIE_NAME, None)
            own = request.COOKIES.get(settings.STAFF_CSRF_COOKIE_NAME)
            if own is not None:
                request.COOKIES[settings.CSRF_COOKIE_NAME] = own
        super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Keep the token by the name of its kind."""
        response = super().process_response(request, response)
        if is_staff_path(request.path_info) and settings.CSRF_COOKIE_NAME in response.cookies:
            token = response.cookies.pop(settings.CSRF_COOKIE_NAME).value
            response.set_cookie(
                settings.STAFF_CSRF_COOKIE_NAME,
                token,
                max_age=settings.CSRF_COOKIE_AGE,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                samesite=settings.CSRF_COOKIE_SAMESITE,
            )
        return response
