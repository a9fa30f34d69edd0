"""Signing out of admin; what the same browser has as a client stays."""

from typing import Any

from django.contrib.admin import site
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse

from desk.diary_admin import now_of
from desk.sign_in.device_cookie import origin_of
from staff.models import SecurityEvent
from staff.security_events import about_user, write_down


class SignOut(LogoutView):
    """End this session, and write it down.

    What the browser keeps of pages is cleared too. Not its cookies: they would take a client's
    session along, and the word by which the browser is known.
    """

    template_name = "registration/logged_out.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = request.user.pk
        if pk is not None:
            kind, now, origin = SecurityEvent.Kind.SIGNED_OUT, now_of(request), origin_of(request)
            write_down(kind, user_id=pk, now=now, about=about_user(pk), origin=origin)
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        frame = site.each_context(self.request)
        return {**frame, **super().get_context_data(**more), "has_permission": False}
