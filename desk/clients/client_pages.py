"""What the pages of one client have in common: who may open them, their addresses, their frame."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from availability import access
from availability.models import Therapist
from bookings.whose_client import is_met
from clients.models import Client
from desk.diary_admin import DiaryAdmin

UNPROCESSABLE = 422
CARD = "admin:clients_client_card"


def card_of(pk: int) -> str:
    """Return the address of a client's page."""
    return reverse(CARD, args=[pk])


class ClientPages(DiaryAdmin):
    """Finds a client for who may open their page, and shows a page about them."""

    def address_of(
        self, page: str, view: Callable[..., HttpResponse], name: str = ""
    ) -> URLPattern:
        """Return the address of a page of one client, for those who may enter admin."""
        seen = self.admin_site.admin_view(view)
        return path(f"<int:pk>/{page}", seen, name=f"clients_client_{name or page.strip('/')}")

    def to_see(self, request: HttpRequest, pk: int) -> Client:
        """Return the client for who may view the card: 403 for whoever may view none, else 404."""
        if not request.user.has_perm("clients.view_client"):
            raise PermissionDenied
        found: Client = get_object_or_404(self.get_queryset(request), pk=pk)
        return found

    def to_change(self, request: HttpRequest, pk: int) -> Client:
        """Return the client for who may change the card."""
        client = self.to_see(request, pk)
        if not request.user.has_perm("clients.change_client"):
            raise PermissionDenied
        return client

    def to_confide(self, request: HttpRequest, pk: int) -> tuple[Client, Therapist]:
        """Return the client, and the reader as the therapist who meets them: 403 for others.

        What is confided is theirs alone, whoever else sees the card.
        """
        client = self.to_see(request, pk)
        therapist = access.notes_read_by(request.user).first()
        if therapist is None or not is_met(client, [therapist.pk]):
            raise PermissionDenied
        return client, therapist

    def page(
        self, request: HttpRequest, name: str, client: Client, *, status: int = 200, **extra: Any
    ) -> HttpResponse:
        """Return the page of that name, with what it shows besides; a `title` too.

        As of all of admin, no browser keeps it.
        """
        known = {"title": str(client), "client": client, "card": card_of(client.pk)}
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "original": client}
        context = {**frame, **known, **extra}
        return TemplateResponse(request, f"desk/clients/{name}.html", context, status=status)


def number_or_404(text: str) -> int:
    """Return the number in an address's query; 404 for what is none."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len("9223372036854775807") - 1:
        raise Http404
    return int(text)
