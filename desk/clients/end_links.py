"""The page that ends all of a client's private links, and every session that they opened."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from clients.models import AccessLink, Client
from desk.clients.client_pages import card_of
from desk.clients.whose_bookings import AsksWhose
from desk.diary_admin import now_of, user_of
from staff.models import SecurityEvent
from staff.security_events import write_down

END_LINKS = "clients_client_end_links"


class EndLinksPage(AsksWhose):
    """Adds the page, and the way to it."""

    @display(description="Private links")
    def private_links(self, client: Client) -> str:
        url = reverse(f"admin:{END_LINKS}", args=[client.pk])
        return format_html(
            '<a class="underline" href="{}">End all links and sessions…</a>',
            url,
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.end_links_view)
        return [path("<int:pk>/end-links/", view, name=END_LINKS), *super().get_urls()]

    def end_links_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then end them: from the next request on nothing opens by any of them."""
        client = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, client):
            raise PermissionDenied
        if request.method == "POST":
            end_links(request, client)
            done = f"All links and sessions of {client} have ended."
            messages.success(request, f"{done} Emails from now on have new ones.")
            return redirect(card_of(pk))
        facts = {
            "title": f"End all links and sessions of {client}",
            "opts": self.opts,
            "original": client,
            "card": card_of(pk),
            "count": _opening(client, now_of(request)).count(),
        }
        context: dict[str, Any] = {**self.admin_site.each_context(request), **facts}
        return TemplateResponse(request, "desk/clients/end_links.html", context)


def _opening(client: Client, now: datetime) -> QuerySet[AccessLink]:
    """Return the links that open a page of theirs: what only stops reminders opens none."""
    return client.links.standing(now).exclude(purpose=AccessLink.Purpose.REMINDERS)


def end_links(request: HttpRequest, client: Client) -> None:
    """End them, and write down who did."""
    with transaction.atomic():
        client.links.revoke(now_of(request))
        write_down_end(request, client)


def write_down_end(request: HttpRequest, client: Client) -> None:
    """Keep that whoever is signed in ended a client's links."""
    user = user_of(request)
    write_down(
        SecurityEvent.Kind.LINKS_REVOKED,
        user_id=user.pk if user else None,
        now=now_of(request),
        about=f"client:{client.pk}",
    )
