"""The one form that says who somebody is here: name, address, role, and what follows from it."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from availability.models import Format, Therapist
from front.forms import CleanField
from prose.cleaning import email_address, one_line
from staff.models import Role

# What each role may do, where it is chosen.
ROLES = (
    (Role.OWNER, "Owner: everything but what clients confide to others"),
    (Role.MANAGER, "Manager: all diaries, clients’ contact details and money"),
    (Role.THERAPIST, "Therapist: their own diary, clients, email and hours"),
    (Role.ASSISTANT, "Assistant: books and moves for the therapists ticked below"),
)
MEETS_CLIENTS = frozenset({Role.OWNER, Role.THERAPIST})


class PersonForm(forms.Form):
    """Who somebody is. `has_diary`: what a new diary is made of is not asked for."""

    name = CleanField(cleaned=one_line, max_length=80, widget=UnfoldAdminTextInputWidget)
    email = CleanField(
        label="Email address",
        cleaned=email_address,
        max_length=150,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        help_text="The invitation goes there, and they sign in with it.",
    )
    role = forms.ChoiceField(choices=ROLES, widget=UnfoldAdminRadioSelectWidget)
    formats = forms.MultipleChoiceField(
        label="How they meet clients",
        required=False,
        choices=Format.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="For a therapist: a diary is made with services and places for these. "
        "An owner can have one too.",
    )
    video_url = forms.URLField(
        label="Their video link",
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"])],
        widget=UnfoldAdminURLInputWidget,
        help_text="If they meet online: the link that their clients open.",
    )
    room = CleanField(
        label="Address of their room",
        required=False,
        cleaned=one_line,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="If they meet in person. Empty: the same rooms as the practice’s first diary.",
    )
    meeting_point = CleanField(
        label="Where their walks begin",
        required=False,
        cleaned=one_line,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="If they walk. Empty: the same points as the practice’s first diary.",
    )
    diaries = forms.ModelMultipleChoiceField(
        Therapist.objects.order_by("name", "pk"),
        label="Whose diaries",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="For an assistant: for whom they book and move.",
    )
    OF_A_DIARY = ("formats", "video_url", "room", "meeting_point")

    def __init__(
        self, *args: Any, has_diary: bool = False, fixed_email: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.has_diary = has_diary
        if has_diary:
            for name in self.OF_A_DIARY:
                del self.fields[name]
        if fixed_email:
            field: Any = self.fields["email"]
            field.disabled, field.required = True, False
            field.help_text = "It stays: whoever could change it could sign in for them."

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        role = said.get("role")
        if role:
            self._clean_formats(role, said)
            self._clean_diaries(role, said)
        return said

    def _clean_formats(self, role: str, said: dict[str, Any]) -> None:
        formats = said.get("formats", [])
        if self.has_diary or "formats" in self.errors:
            return
        if role == Role.THERAPIST and not formats:
            self.add_error("formats", "Tick at least one: how does this therapist meet clients?")
        if formats and role not in MEETS_CLIENTS:
            self.add_error("formats", "Only a therapist or an owner meets clients. Untick these.")
        if (
            Format.ONLINE in formats
            and not said.get("video_url")
            and "video_url" not in self.errors
        ):
            self.add_error("video_url", "Enter the link that opens their video room.")

    def _clean_diaries(self, role: str, said: dict[str, Any]) -> None:
        if "diaries" in self.errors:
            return
        if role == Role.ASSISTANT and not said.get("diaries"):
            self.add_error("diaries", "Tick at least one: whose diary is this assistant given?")
        if role != Role.ASSISTANT and said.get("diaries"):
            self.add_error("diaries", "Only an assistant is given diaries. Untick these.")
