"""What is wrong with the mail: told above every page of admin, and found in the list of mail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince

from outbox import monitoring
from outbox.models import OutgoingMail
from outbox.monitoring import Watch


class TroubleFilter(admin.SimpleListFilter):
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


def banner(request: HttpRequest) -> dict[str, Any]:
    """Give every admin page its `mail_trouble`: asked for once, and only where a page shows it."""
    return {"mail_trouble": lambda: list(troubles(request))}


def troubles(request: HttpRequest) -> Iterator[dict[str, str]]:
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
        words = f"No email is leaving: nothing has looked for email to send {since}."
        yield f"{words} Tell whoever runs this site.", "waiting", "state__exact=pending"
    elif seen.late:
        words = f"Email is late: the oldest has waited for {_length(seen.late)}."
        yield f"{words} It is tried again by itself.", "late", "trouble=late"
    if seen.failed:
        words = "Some emails could not be delivered."
        yield f"{words} Reach the person another way, or send it again.", "failed", "trouble=failed"


def _length(span: timedelta) -> str:
    """In one unit: `25 minutes`, `3 hours`."""
    end = datetime(2000, 12, 31, tzinfo=UTC)  # any will do: it is the length alone that is told
    return timesince(end - span, end, depth=1)
