"""Whom mail doesn't reach: told above the page of a client, and above the page of a booking."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from availability import access
from clients.models import Client
from desk.diary_admin import DiaryAdmin
from outbox.models import OutgoingMail
from prose.dates import moment_label
from prose.masks import without_tokens


class WarnsOfBounces(DiaryAdmin):
    """Says above the page of a row that mail to its person comes back, or mustn't be sent."""

    change_form_outer_before_template = "desk/bounce_warning.html"

    def whose(self, row: Any) -> Client:
        """Return the person that the row is about."""
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        # There is one: a client or a booking is added by booking, not by hand.
        client = self.whose(context["original"])
        context["bounce"] = self._bounce(request, client)
        context["is_unsafe"] = not client.may_email
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
    """Like "Email to this address bounced on Tuesday 3 March 2026, 2:30pm UK time: no such…"."""
    what = "was marked as spam" if mail.fate == OutgoingMail.Fate.COMPLAINED else "bounced"
    when = f" on {moment_label(mail.fate_at)}" if mail.fate_at else ""
    reason = f": {without_tokens(mail.fate_reason).rstrip('. ')}" if mail.fate_reason else ""
    return f"Email to {address} {what}{when}{reason}"
