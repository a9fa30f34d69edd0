"""The page that takes back all that was decided in one step, while its mails wait."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from availability import access
from bookings import lifecycle
from bookings.errors import NotBookableError
from desk import refusals
from desk.bookings.pages import LIST, BookingPages
from desk.diary_admin import by_of, now_of


class TakeBackAllPage(BookingPages):
    """Adds one way back for all that a leave has decided."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.take_back_all_view)
        mine = path("take-back/<uuid:decision>/", view, name="bookings_booking_take_back_all")
        return [mine, *super().get_urls()]

    def take_back_all_view(self, request: HttpRequest, decision: uuid.UUID) -> HttpResponse:
        """Say what would be undone and what has left, then undo it through the lifecycle."""
        waiting, gone = lifecycle.decided_together(decision)
        lines = [*waiting, *gone]
        if not lines:
            raise Http404
        may_change = request.user.has_perm("bookings.change_booking")
        if not may_change or not access.may_see(
            request.user, {line.booking.therapist_id for line in lines}
        ):
            raise PermissionDenied
        if request.method == "POST":
            _take_back(request, {line.told_by for line in waiting})
            return redirect(LIST)
        facts = {"title": "Take all of it back", "opts": self.opts}
        context = {**self.admin_site.each_context(request), **facts}
        context |= {"waiting": waiting, "gone": gone}
        return TemplateResponse(request, "desk/bookings/take_back_all.html", context)


def _take_back(request: HttpRequest, keys: set[str]) -> None:
    now = now_of(request)
    try:
        restored = lifecycle.take_all_back(sorted(keys), by=by_of(request), now=now)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now))
    else:
        count = len(restored)
        which = restored[0] if count == 1 else f"{count} bookings"
        messages.success(request, f"Taken back: {which} as before. Nobody was told.")
