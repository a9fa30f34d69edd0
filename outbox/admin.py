"""The outbox: what left, what waits, what failed, and the mail as it went out."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from unfold.admin import ModelAdmin
from unfold.decorators import display

from outbox import delivery
from outbox.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ModelAdmin):
    list_display = ("subject", "to", "state", "attempts", "due_at", "sent_at", "last_error")
    list_filter = ("state", "kind")
    search_fields = ("to", "subject", "about")
    actions = ("send_again",)
    fields = (
        ("state", "attempts"),
        ("due_at", "sent_at"),
        "last_error",
        ("sender", "to"),
        "subject",
        "letter",
        "calendar_part",
        ("kind", "about"),
        "message_id",
    )

    readonly_fields = ("letter", "calendar_part")

    @display(description="Mail")
    def letter(self, mail: OutgoingMail) -> str:
        return linebreaksbr(mail.text)

    @display(description="Calendar part")
    def calendar_part(self, mail: OutgoingMail) -> str:
        return linebreaksbr(mail.invite) or "None"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Mail is queued by what happens, never by hand."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: OutgoingMail | None = None,  # noqa: ARG002
    ) -> bool:
        """What went out stays as it went out."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: OutgoingMail | None = None,  # noqa: ARG002
    ) -> bool:
        """No mail is ever lost."""
        return False

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Reading is one right, sending another: the list alone would let every reader send."""
        return request.user.has_perm("outbox.change_outgoingmail")

    @admin.action(description="Send again", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        """Put what failed back in line."""
        count = delivery.send_again(queryset)
        messages.success(request, f"{count} put back in line. They leave within a minute.")
