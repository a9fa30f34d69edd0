"""A form about one client: shown, held against what others made of it meanwhile, and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.forms.models import BaseModelForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from bookings.errors import BusyError
from bookings.lifecycle import refusing
from clients.models import Client
from desk import page_state
from desk.clients.client_pages import UNPROCESSABLE, ClientPages, card_of
from desk.page_state import STATE, Shown, Told

# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    Form = BaseModelForm[Any]
else:
    Form = BaseModelForm


@dataclass(frozen=True, slots=True)
class Asked:
    """A page with a form: its template, its title, and how its form is made and kept."""

    name: str
    title: str
    make: Callable[[Client, QueryDict | None], Form]
    keep: Callable[[Form], None]


def answer(pages: ClientPages, request: HttpRequest, client: Client, asked: Asked) -> HttpResponse:
    """Show the form, or keep what was posted; what changed meanwhile is told first."""
    if request.method != "POST":
        return _page(pages, request, client, asked, asked.make(client, None))
    try:
        with refusing(BusyError()), transaction.atomic():
            return _kept(pages, request, client, asked)
    except BusyError:
        told = Told(request.POST.get(STATE, ""), is_busy=True)
        return _page(pages, request, client, asked, asked.make(client, request.POST), told)


def _kept(pages: ClientPages, request: HttpRequest, client: Client, asked: Asked) -> HttpResponse:
    """Keep it once nobody else writes the card; or show it again, with what is the matter."""
    # Bookings may go on naming it meanwhile: its key stays.
    held = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    data = request.POST.copy()
    told = page_state.told([Shown("", asked.make(held, None))], data, _name(client, asked))
    form = asked.make(held, data)
    if told or not form.is_valid():
        return _page(pages, request, held, asked, form, told)
    asked.keep(form)
    messages.success(request, "Saved.")
    return redirect(card_of(client.pk))


def _page(  # noqa: PLR0913, a page has these parts
    pages: ClientPages,
    request: HttpRequest,
    client: Client,
    asked: Asked,
    form: Form,
    told: Told | None = None,
) -> HttpResponse:
    state = request.POST.get(STATE) or page_state.signed([Shown("", form)], _name(client, asked))
    status = UNPROCESSABLE if told or form.errors else 200
    facts = {"title": asked.title, "form": form, "told": told or Told(state)}
    return pages.page(request, asked.name, client, status=status, **facts)


def _name(client: Client, asked: Asked) -> str:
    return f"{asked.name}:{client.pk}"
