"""The page on which a client gets another address: confirmed by a mailed link, or on the phone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminRadioSelectWidget

from bookings import address_change, lifecycle
from bookings.errors import NotBookableError
from clients.models import Client
from desk import refusals
from desk.clients.client_pages import UNPROCESSABLE, ClientPages, card_of
from desk.clients.end_links import write_down_end
from desk.diary_admin import by_of, now_of
from front.forms import CleanField
from prose.cleaning import email_address

LINK, CHECKED = "link", "checked"
HOW = (
    (LINK, "Email a link to it: it counts once they have pressed the button there"),
    (CHECKED, "I checked it on the phone, letter by letter: it counts at once"),
)
UNCONFIRMED = (
    "Some bookings came with the old address and nobody has confirmed them. Change the address on "
    "the card instead: it asks whose they are."
)


class AddressForm(forms.Form):
    """The new address, and how it is known to be theirs."""

    email = CleanField(
        label="Their new email address",
        cleaned=email_address,
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )
    how = forms.ChoiceField(
        label="How do you know it’s theirs?",
        choices=HOW,
        initial=LINK,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, client: Client, **options: Any) -> None:
        super().__init__(*args, **options)
        self.client = client

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() == self.client.email.lower():
            raise forms.ValidationError("That’s the address on their card already.")
        return email


class AddressPage(ClientPages):
    """Adds the page, and the press that takes a link back."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.address_of("address/", self.address_view),
            self.address_of("address/back/", self.address_back_view, "address_back"),
            *super().get_urls(),
        ]

    def address_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the address, and do with it what was chosen."""
        client = self.to_change(request, pk)
        form = AddressForm(request.POST or None, client=client)
        if request.method == "POST" and form.is_valid() and _change(request, client, form):
            return redirect(card_of(pk))
        facts = {"title": f"Another email address for {client}", "form": form}
        status = UNPROCESSABLE if form.errors else 200
        return self.page(request, "address", client, status=status, **facts)

    def address_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the link that was sent open nothing."""
        client = self.to_change(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if address_change.take_back(client):
            messages.success(request, "Taken back: the link opens nothing now.")
        else:
            messages.info(request, "There was nothing to take back.")
        return redirect(card_of(pk))


def _change(request: HttpRequest, client: Client, form: AddressForm) -> bool:
    """Ask the new address, or let it count; or put into the form why that can't be."""
    email, by, now = form.cleaned_data["email"], by_of(request), now_of(request)
    is_checked = form.cleaned_data["how"] == CHECKED
    if is_checked and lifecycle.unconfirmed(client, by).exists():
        form.add_error("how", UNCONFIRMED)
        return False
    try:
        if not is_checked:
            address_change.ask(client, email, by=by, now=now)
            messages.success(
                request, f"A link is on its way to {email}. Until it’s pressed, the old one stands."
            )
            return True
        told = address_change.count(client, email, by=by, now=now)
    except NotBookableError as refusal:
        form.add_error("email", refusals.words(refusal, now))
        return False
    write_down_end(request, client)
    count = f"{len(told)} meeting{pluralize(len(told))} to come"
    messages.success(
        request, f"It counts. Links sent to the old address have ended; {count} sent to {email}."
    )
    return True
