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
# What is asked about each format, of whoever meets clients so; css/admin.css hides the same.
OF_FORMAT = {
    Format.ONLINE: "video_url",
    Format.IN_PERSON: "room",
    Format.WALKING: "meeting_point",
}
MISSING = {
    "formats": "Tick at least one: how does this therapist meet clients?",
    "video_url": "Enter the link that opens their video room.",
    "diaries": "Tick at least one: whose diary is this assistant given?",
}


class PersonForm(forms.Form):
    """Who somebody is. `has_diary`: what a new diary is made of is not asked for.

    What the chosen role has no use for is not shown either (css/admin.css), and what may have been
    answered before another role was chosen counts for nothing.
    """

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
        help_text="A diary is made with services and places for these. An owner can do without.",
    )
    video_url = forms.URLField(
        label="Their video link",
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"])],
        widget=UnfoldAdminURLInputWidget,
        help_text="The link that their clients open.",
    )
    room = CleanField(
        label="Address of their room",
        required=False,
        cleaned=one_line,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="Empty: the same rooms as the practice’s first diary.",
    )
    meeting_point = CleanField(
        label="Where their walks begin",
        required=False,
        cleaned=one_line,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="Empty: the same points as the practice’s first diary.",
    )
    diaries = forms.ModelMultipleChoiceField(
        Therapist.objects.order_by("name", "pk"),
        label="Whose diaries",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="For whom they book and move.",
    )
    OF_A_DIARY = ("formats", *OF_FORMAT.values())

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
        if said.get("role"):
            self._forget_unasked(said)
            self._require_what_the_role_needs(said)
        return said

    def _forget_unasked(self, said: dict[str, Any]) -> None:
        """Let what the page doesn't ask in this role be as if nobody had answered it."""
        for name in self._unasked(said):
            self.errors.pop(name, None)
            said[name] = self.fields[name].clean([])

    def _unasked(self, said: dict[str, Any]) -> set[str]:
        asked = {"diaries"} if said["role"] == Role.ASSISTANT else set()
        if said["role"] in MEETS_CLIENTS:
            formats = said.get("formats", ())
            asked |= {"formats", *(name for fmt, name in OF_FORMAT.items() if fmt in formats)}
        return self.fields.keys() & {"diaries", *self.OF_A_DIARY} - asked

    def _require_what_the_role_needs(self, said: dict[str, Any]) -> None:
        needed = {
            "formats": said["role"] == Role.THERAPIST,
            "video_url": Format.ONLINE in said.get("formats", ()),
            "diaries": said["role"] == Role.ASSISTANT,
        }
        for name, is_needed in needed.items():
            if is_needed and name in self.fields and name not in self.errors and not said[name]:
                self.add_error(name, MISSING[name])
