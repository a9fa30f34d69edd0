"""The outbox with what only bookings can do there: take back what a waiting mail tells of."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display

from availability import access
from availability.models import Therapist
from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking, BookingEvent
from bookings.notices import keys
from desk import refusals
from desk.base import DiaryAdmin
from desk.bookings.pages import by_of
from desk.mail.admin import OutgoingMailAdmin
from outbox.models import OutgoingMail


@admin.register(OutgoingMail)
class MailAdmin(DiaryAdmin, OutgoingMailAdmin):
    """Adds a way back for the therapist's own decisions, as long as the mail waits."""

    diary = "about"  # names the booking, or the client, and that leads to the therapists

    fields = ("way_back", *OutgoingMailAdmin.fields)
    readonly_fields = (*OutgoingMailAdmin.readonly_fields, "way_back")

    def of_diaries(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if access.sees_all(request.user):
            return rows
        return rows.filter(_about(access.therapists_of(request.user)))

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
        if lines and not _may_change(request, lines):
            raise PermissionDenied
        here = redirect("admin:outbox_outgoingmail_change", pk)
        if request.method == "POST":
            self._take_back(request, mail)
            return here
        if not lines:
            return here
        context = {
            **self.admin_site.each_context(request),
            "title": "Take it back",
            "opts": self.opts,
            "mail": mail,
            "lines": lines,
        }
        return TemplateResponse(request, "desk/mail/take_back.html", context)

    def _take_back(self, request: HttpRequest, mail: OutgoingMail) -> None:
        try:
            restored = lifecycle.take_back(mail.key, by=by_of(request), now=timezone.now())
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, timezone.now()))
        else:
            count = len(restored)
            which = restored[0] if count == 1 else f"{count} bookings"
            messages.success(request, f"Taken back: {which} as before. Nobody was told.")


def _about(therapists: QuerySet[Therapist]) -> Q:
    """Mail about the bookings of these diaries, and about clients who have none in another.

    What a client gets for all their bookings has a private link to each.
    """
    mine = Booking.objects.filter(therapist__in=therapists)
    others = Booking.objects.exclude(therapist__in=therapists)
    only_mine = mine.exclude(client__in=others.values("client"))
    of_bookings = mine.values_list(keys.abouts_of_bookings("uid"))
    of_clients = only_mine.values_list(keys.abouts_of_clients("client"))
    return Q(about__in=of_bookings) | Q(about__in=of_clients)


def _may_change(request: HttpRequest, lines: Collection[BookingEvent]) -> bool:
    """Whether the reader may change all the bookings that these lines are about."""
    whose = {line.booking.therapist_id for line in lines}
    return request.user.has_perm("bookings.change_booking") and access.may_see(request.user, whose)
