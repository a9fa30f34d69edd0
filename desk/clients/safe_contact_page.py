"""The page on which a therapist writes down how somebody can be reached safely."""

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from clients.models import Client
from desk.clients.client_pages import ClientPages
from desk.clients.kept_form import Asked, answer
from desk.diary_admin import now_of
from front.forms import CleanField
from prose.dates import UK
from prose.names import person_name

# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Client]
else:
    ModelForm = forms.ModelForm
SWITCHES = ("may_email", "may_phone", "may_leave_message", "may_text", "neutral_words")
# As people write a time: 22:00, 22.00, 2200, 10pm, 10:30pm.
CLOCKS = ("%H:%M", "%H.%M", "%H%M", "%I%p", "%I:%M%p", "%I.%M%p", "%I %p", "%I:%M %p")
NO_CLOCK = "Enter a time like 22:00 or 10pm, or leave it empty."
BOTH = "Enter both ends of the quiet hours, or neither."
SAME = "They begin and end at the same time. Leave both empty if there are none."


def _clock(label: str, help_text: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=CLOCKS,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=help_text,
        error_messages={"invalid": NO_CLOCK},
    )


class SafeContactForm(ModelForm):
    """Which ways are safe, in which words, at which hours."""

    quiet_from = _clock("Quiet from", "UK time. Nobody calls then, and no reminder is emailed.")
    quiet_until = _clock("Quiet until", "It may be the next morning.")

    class Meta:
        model = Client
        fields = (*SWITCHES, "quiet_from", "quiet_until", "ask_for")
        field_classes: ClassVar = {"ask_for": partial(CleanField, cleaned=person_name)}
        widgets: ClassVar = {
            **dict.fromkeys(SWITCHES, UnfoldBooleanSwitchWidget),
            "ask_for": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        }
        labels: ClassVar = {
            "may_email": "Emailing is safe",
            "may_phone": "Calling is safe",
            "may_leave_message": "A message on voicemail is safe",
            "may_text": "A text is safe",
            "neutral_words": "Neutral words",
            "ask_for": "Ask for",
        }
        help_texts: ClassVar = {
            "may_email": "Without it you email them nothing. What they book, change or cancel "
            "themselves is still confirmed where they typed their address.",
            "neutral_words": "Emails and their calendar entries say when you meet and with whom, "
            "and nothing of what it is: no practice, no reason, no price, no place.",
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        ends = [said.get("quiet_from"), said.get("quiet_until")]
        if self.errors.keys() & {"quiet_from", "quiet_until"}:
            return said
        if ends.count(None) == 1:
            self.add_error("quiet_until" if ends[0] else "quiet_from", BOTH)
        elif ends[0] is not None and ends[0] == ends[1]:
            self.add_error("quiet_until", SAME)
        return said


class SafeContactPage(ClientPages):
    """Adds the page: who meets them says it, and whoever keeps the diary goes by it."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("contact/", self.contact_view), *super().get_urls()]

    def contact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        client, _ = self.to_confide(request, pk)
        asked = Asked("contact", f"How to reach {client}, safely", _form, partial(_keep, request))
        return answer(self, request, client, asked)


def _form(client: Client, posted: QueryDict | None) -> SafeContactForm:
    return SafeContactForm(posted, instance=client)


def _keep(request: HttpRequest, form: Any) -> None:
    client: Client = form.instance
    client.contact_said_on = now_of(request).astimezone(UK).date()
    client.save(update_fields=[*form.fields, "contact_said_on"])
