"""Whom mail doesn't reach: told on the client's card, in the list of clients, and with a booking.

The client's card is registered here and not where it lives, because only the bookings' side knows
both the clients and the outbox.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import display

from availability import access
from clients.models import Client
from desk.base import DiaryAdmin
from desk.clients import admin as clients_admin
from outbox.models import OutgoingMail
from prose.dates import moment_label

Fate = OutgoingMail.Fate


class WarnsOfBounces(DiaryAdmin):
    """Says above the page of a row that mail to its person comes back."""

    change_form_outer_before_template = "desk/mail/bounces.html"

    def whose(self, row: Any) -> Client:
        """Return the person that the row is about."""
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        row = context.get("original")
        if row is not None:
            context["bounce"] = self._bounce(request, self.whose(row))
        return super().render_change_form(request, context, *rest, **options)

    def _bounce(self, request: HttpRequest, client: Client) -> dict[str, str] | None:
        """What the page says, and where to see and mend it for those who may."""
        # Only these: a mail that no key opens must not take the page with it.
        told = OutgoingMail.objects.only("fate", "fate_at", "fate_reason")
        mail = told.unwelcome().filter(to=client.email).first()
        if mail is None:
            return None
        card = reverse("admin:clients_client_change", args=[client.pk])
        letter = reverse("admin:outbox_outgoingmail_change", args=[mail.pk])
        is_card = request.path == card
        may_mend = request.user.has_perm("clients.change_client") and not is_card
        return {
            "words": _words(mail, "this address" if is_card else client.email),
            "card": card if may_mend else "",
            "mail": letter if self._may_read(request, mail) else "",
        }

    def _may_read(self, request: HttpRequest, mail: OutgoingMail) -> bool:
        """Whether the reader may open that mail: it may be about another's meeting with them."""
        if not request.user.has_perm("outbox.view_outgoingmail"):
            return False
        if access.sees_all(request.user):
            return True
        page, rows = self.page_of(OutgoingMail), OutgoingMail.objects.filter(pk=mail.pk)
        return page is not None and page.of_diaries(rows, request).exists()


def _words(mail: OutgoingMail, address: str) -> str:
    """Like "Mail to this address bounced on Tuesday 3 March 2026, 2:30pm UK time: no such user"."""
    what = "was marked as spam" if mail.fate == Fate.COMPLAINED else "bounced"
    when = f" on {moment_label(mail.fate_at)}" if mail.fate_at else ""
    reason = f": {mail.fate_reason.rstrip('. ')}" if mail.fate_reason else ""
    return f"Mail to {address} {what}{when}{reason}"


class Mail(admin.SimpleListFilter):
    """Whom mail doesn't reach."""

    title = "mail"
    parameter_name = "mail"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("bounced", "Bounced or marked as spam")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:  # noqa: ARG002
        if self.value() != "bounced":
            return queryset
        return queryset.filter(email__in=OutgoingMail.objects.unwelcome().values("to"))


@admin.register(Client)
class ClientAdmin(WarnsOfBounces, clients_admin.ClientAdmin):
    """A client's card, with what became of mail to them: open to all who meet them."""

    diary = "bookings__therapist"
    list_filter: ClassVar = [Mail]

    def whose(self, row: Client) -> Client:
        return row

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [*super().get_list_display(request), "mail"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        told = OutgoingMail.objects.unwelcome().filter(to=OuterRef("email"))
        fate = Subquery(told.order_by("pk").values("fate")[:1])
        return super().get_queryset(request).annotate(mail_fate=fate)

    @display(description="Mail")
    def mail(self, client: Any) -> str:
        return Fate(client.mail_fate).label if client.mail_fate else "-"
