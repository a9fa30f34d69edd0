"""The page that takes back what a waiting mail tells of."""

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from availability import access
from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import BookingEvent
from desk import refusals
from desk.diary_admin import DiaryAdmin, by_of, now_of
from outbox.models import OutgoingMail


class TakeBackPage(DiaryAdmin):
    """Adds a way back for the therapist's own decisions, as long as the mail waits."""

    @display(description="Take back")
    def way_back(self, mail: OutgoingMail) -> str:
        if mail.state != OutgoingMail.State.PENDING or not lifecycle.lines_told_by(mail.key):
            return "-"
        url = reverse("admin:outbox_outgoingmail_take_back", args=[mail.pk])
        return format_html('<a class="underline" href="{}">Take back what it tells of…</a>', url)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.take_back_view)
        mine = path("<int:pk>/take-back/", view, name="outbox_outgoingmail_take_back")
        return [mine, *super().get_urls()]

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then undo it through the lifecycle."""
        mail = get_object_or_404(OutgoingMail.objects.defer("text", "html"), pk=pk)
        lines = lifecycle.lines_told_by(mail.key)
        if not _may_change(request, lines):
            raise PermissionDenied
        here = _page_about(request, mail, lines)
        if request.method == "POST":
            self._take_back(request, mail)
            return redirect(here)
        if not lines:
            return redirect(here)
        facts = {"title": "Take it back", "opts": self.opts, "mail": mail, "lines": lines}
        facts["here"] = here
        context = {**self.admin_site.each_context(request), **facts}
        return TemplateResponse(request, "desk/mail/take_back.html", context)

    def _take_back(self, request: HttpRequest, mail: OutgoingMail) -> None:
        try:
            restored = lifecycle.take_back(mail.key, by=by_of(request), now=now_of(request))
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, now_of(request)))
        else:
            count = len(restored)
            which = restored[0] if count == 1 else f"{count} bookings"
            messages.success(request, f"Taken back: {which} as before. Nobody was told.")


def _page_about(request: HttpRequest, mail: OutgoingMail, lines: Sequence[BookingEvent]) -> str:
    """Return where the mail is read; to who reads no mail, the first booking that it tells of."""
    if lines and not request.user.has_perm("outbox.view_outgoingmail"):
        return reverse("admin:bookings_booking_change", args=[lines[0].booking_id])
    return reverse("admin:outbox_outgoingmail_change", args=[mail.pk])


def _may_change(request: HttpRequest, lines: Collection[BookingEvent]) -> bool:
    """Whether the reader may change all the bookings that these lines are about."""
    whose = {line.booking.therapist_id for line in lines}
    return request.user.has_perm("bookings.change_booking") and access.may_see(request.user, whose)
