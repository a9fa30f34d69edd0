"""Whom mail did not reach lately: a card each, where the reader may see mail."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin import site
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower, Now
from django.http import HttpRequest
from django.urls import reverse

from clients.models import Client
from desk.today.shown import Shown
from desk.today.waiting import Card, Link
from outbox.models import OutgoingMail
from prose.dates import moment_label
from prose.masks import without_tokens

# An address that mail comes back from is not news for ever: its client's page says so longer.
SHOWN_FOR = timedelta(days=14)
MOST = 10


def mail_cards(request: HttpRequest, shown: Shown) -> list[Card]:
    """Return the cards, the oldest first: somebody may not know about today."""
    if not request.user.has_perm("outbox.view_outgoingmail"):
        return []
    by_address = {mail.to.lower(): mail for mail in _unwelcome(request)[:MOST]}
    return [_card(mail, shown) for mail in by_address.values()]


def _unwelcome(request: HttpRequest) -> QuerySet[Any]:
    """Mail to a client that came back or was given up; not to an address that was corrected."""
    mail = OutgoingMail.objects
    came_back = mail.unwelcome().filter(fate_at__gt=Now() - SHOWN_FOR)
    page: Any = site.get_model_admin(OutgoingMail)
    readable = page.of_diaries(came_back | mail.given_up_lately(), request)
    theirs = Client.objects.annotate(low=Lower("email")).filter(low=Lower(OuterRef("to")))
    named = readable.annotate(
        client=Subquery(theirs.values("pk")[:1]), called=Subquery(theirs.values("name")[:1])
    )
    # Only these: a mail that no key opens must not take the page with it.
    told = named.only("to", "subject", "fate", "fate_at", "fate_reason", "due_at", "last_error")
    return told.filter(client__isnull=False).order_by("due_at", "pk")


def _card(mail: Any, shown: Shown) -> Card:
    who, has_come_back = shown.named(mail.called), bool(mail.fate)
    said = without_tokens(mail.fate_reason if has_come_back else mail.last_error).rstrip(". ")
    reason = f" The reason given: {said}." if said else ""
    return Card(
        icon="bounced",
        title=f"An email to {who} {'came back' if has_come_back else 'couldn’t be sent'}",
        words=f"“{mail.subject}”, {moment_label(mail.fate_at or mail.due_at)}.{reason}",
        who=who,
        since=mail.fate_at or mail.due_at,
        links=tuple(_links(mail)),
        is_loud=True,
    )


def _links(mail: Any) -> Iterator[Link]:
    yield Link(reverse("admin:clients_client_card", args=[mail.client]), "See how to reach them")
    yield Link(reverse("admin:outbox_outgoingmail_change", args=[mail.pk]), "See the email")
