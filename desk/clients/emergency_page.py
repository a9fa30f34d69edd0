"""The page with whom to call if something is wrong, and with the GP: for their therapist alone."""

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminTextInputWidget

from clients.models import Client, EmergencyContact
from desk.clients.client_pages import ClientPages
from desk.clients.kept_form import Asked, answer
from desk.opened_notes import write_down_client_opened
from encryption.fields import Unreadable
from front.forms import CleanField
from prose.cleaning import one_line, phone_number

# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[EmergencyContact]
else:
    ModelForm = forms.ModelForm
WORDS = ("person", "person_phone", "person_when", "gp", "gp_surgery", "gp_phone")
PHONES = ("person_phone", "gp_phone")


class EmergencyForm(ModelForm):
    """Both of them, each with a number to call."""

    class Meta:
        model = EmergencyContact
        fields = WORDS
        field_classes: ClassVar = {
            name: partial(CleanField, cleaned=phone_number if name in PHONES else one_line)
            for name in WORDS
        }
        widgets: ClassVar = {
            name: UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}) for name in WORDS
        }
        labels: ClassVar = {
            "person": "Who to call, and who they are to them",
            "person_phone": "Their number",
            "person_when": "When to call them",
            "gp": "GP",
            "gp_surgery": "Surgery",
            "gp_phone": "The surgery’s number",
        }
        help_texts: ClassVar = {
            "person": "Like “Kojo Boateng, brother”.",
            "person_when": "As agreed, like “Only if her life is at risk”.",
        }


class EmergencyPage(ClientPages):
    """Adds the page."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("emergency/", self.emergency_view), *super().get_urls()]

    def emergency_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        client, _ = self.to_confide(request, pk)
        if said_anything(emergency_of(client)):
            write_down_client_opened(request, client)
        asked = Asked("emergency", f"If something is wrong: {client}", _form, _keep)
        return answer(self, request, client, asked)


def emergency_of(client: Client) -> EmergencyContact:
    """Return what is kept of it; an empty one, yet to be stored, if nothing is."""
    known: EmergencyContact | None = getattr(client, "emergency", None)
    return known or EmergencyContact(client=client)


def said_anything(emergency: EmergencyContact) -> bool:
    """Whether anything is kept that can be read."""
    kept = (getattr(emergency, name) for name in WORDS)
    return any(words and not isinstance(words, Unreadable) for words in kept)


def _form(client: Client, posted: QueryDict | None) -> EmergencyForm:
    found = EmergencyContact.objects.filter(client=client).first()
    return EmergencyForm(posted, instance=found or EmergencyContact(client=client))


def _keep(form: Any) -> None:
    form.save()
