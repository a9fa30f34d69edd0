"""The outbox: what left, what waits, what failed, and the mail as it went out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin
from unfold.decorators import display

from outbox import delivery, monitoring
from outbox.models import OutgoingMail
from outbox.monitoring import Watch


class Trouble(admin.SimpleListFilter):
    title = "trouble"
    parameter_name = "trouble"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("late", "Late"), ("failed", "Failed or came back in the last days")]

    def queryset(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[OutgoingMail],
    ) -> QuerySet[OutgoingMail]:
        mail = OutgoingMail.objects
        chosen = {"late": mail.late, "failed": mail.failed_lately}.get(self.value() or "")
        return queryset.filter(pk__in=chosen().values("pk")) if chosen else queryset


# Registered by bookings, which know what a mail tells of.


class OutgoingMailAdmin(ModelAdmin):
    """What left, what waits, what failed."""

    list_display = (
        "subject",
        "to",
        "state",
        "fate",
        "attempts",
        "due_at",
        "sent_at",
        "why_not",
    )
    list_filter = (Trouble, "state", "fate", "kind")
    search_fields = ("to", "subject", "about")
    actions = ("send_again",)
    fields: tuple[Any, ...] = (
        ("state", "attempts"),
        ("due_at", "not_after", "sent_at"),
        "last_error",
        ("fate", "fate_at", "fate_reason"),
        ("sender", "to"),
        "subject",
        "letter",
        "calendar_part",
        ("kind", "about"),
        "message_id",
    )

    readonly_fields: tuple[str, ...] = ("letter", "calendar_part")

    @display(description="Why not")
    def why_not(self, mail: OutgoingMail) -> str:
        return mail.last_error or mail.fate_reason or "-"

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
        """Put what failed or came back in line again."""
        count = delivery.send_again(queryset)
        if count:
            messages.success(request, f"{count} put back in line. They leave within a minute.")
        else:
            words = "None put back in line: only mail that failed or came back can be sent again, "
            hint = "A meeting’s details can be sent anew from its own page."
            messages.warning(request, f"{words}while it is of use. {hint}")


def banner(request: HttpRequest) -> dict[str, Any]:
    """Give every admin page its `mail_trouble`: asked for once, and only where a page shows it."""
    return {"mail_trouble": lambda: list(_troubles(request))}


def _troubles(request: HttpRequest) -> Iterator[dict[str, str]]:
    """Say what is wrong with the mail, and where to see it if the reader may."""
    mail_list = reverse("admin:outbox_outgoingmail_changelist")
    may_see = request.user.has_perm("outbox.view_outgoingmail")
    for words, which, query in _words(monitoring.look()):
        link = f"{mail_list}?{query}" if may_see else ""
        yield {"words": words, "which": which, "link": link}


def _words(seen: Watch) -> Iterator[tuple[str, str, str]]:
    """What is wrong and what to do, which mail it is, and the filter of the list that shows it."""
    if seen.is_unattended:
        since = f"for {_length(seen.silence)}" if seen.silence else "yet"
        words = f"No mail is leaving: nothing has looked for mail to send {since}."
        yield f"{words} Tell whoever runs this site.", "waiting", "state__exact=pending"
    elif seen.late:
        words = f"Mail is late: the oldest has waited for {_length(seen.late)}."
        yield f"{words} It is tried again by itself.", "late", "trouble=late"
    if seen.failed:
        words = "Mail could not be delivered."
        yield f"{words} Reach the person another way, or send it again.", "failed", "trouble=failed"


def _length(span: timedelta) -> str:
    """In one unit: `25 minutes`, `3 hours`."""
    now = timezone.now()
    return timesince(now - span, now, depth=1)
