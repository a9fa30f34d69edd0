"""What is asked about a picture: a file, and what it shows to people who can't see it."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from desk.picture_words import WORDS
from front.forms import CleanField
from pictures.errors import Code
from pictures.file_kinds import MOST_BYTES
from pictures.models import Focus, Picture
from prose.cleaning import one_line

SEEN = "seen"


class PictureForm(forms.Form):
    """A file, and what it shows. `current` is the picture that there is."""

    file = forms.FileField(
        label="Picture",
        required=False,
        allow_empty_file=True,  # what is wrong with its bytes is said in one place
        help_text="A JPEG, PNG or WebP of up to 10 MB. Where and when a photo was taken is not "
        "passed on.",
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "class": "kt-file"}
        ),
    )
    alt = CleanField(
        cleaned=one_line,
        label="What it shows",
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
    )
    is_decorative = forms.BooleanField(
        label="It’s decoration",
        required=False,
        help_text="It says nothing that the words beside it don’t: screen readers pass over it.",
        widget=UnfoldBooleanWidget,
    )
    # A page of the release before doesn't ask it.
    focus = forms.ChoiceField(
        label="What to keep in view",
        required=False,
        choices=Focus.choices,
        help_text="Pages cut a picture to their own shapes. Choose the part that is never cut off: "
        "of a portrait, the face.",
        widget=UnfoldAdminSelectWidget,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        current: Picture | None,
        alt_help: str,
        may_decorate: bool,
    ) -> None:
        asked = ("alt", "is_decorative", "focus")
        facts = {name: getattr(current, name) for name in asked} if current else {}
        super().__init__(data, files, initial={**facts, SEEN: name_of(current)})
        self.current = current
        self.fields["alt"].help_text = alt_help
        if not may_decorate:
            del self.fields["is_decorative"]

    def clean_focus(self) -> str:
        before = self.current.focus if self.current else Focus.MIDDLE
        return str(self.cleaned_data["focus"] or before)

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None and self.current is None:
            raise forms.ValidationError("Choose a picture.")
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(WORDS[Code.TOO_LONG])
        return file

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        is_decorative = answers.get("is_decorative", False)
        if "alt" in answers and bool(answers["alt"]) == is_decorative:
            self.add_error("alt", self._wrong(is_decorative=is_decorative))
        return answers

    def _wrong(self, *, is_decorative: bool) -> str:
        """Say what doesn't go together."""
        if is_decorative:
            return "Leave this empty, or say that the picture is not decoration."
        or_so = ", or say that it’s decoration" if "is_decorative" in self.fields else ""
        return f"Say what the picture shows, for people who can’t see it{or_so}."

    @property
    def lost_file(self) -> bool:
        """Whether a file was chosen that has to be chosen again: no page can fill that in."""
        return bool(self.files) and "file" not in self.errors

    def look_again(self, now: Picture | None) -> None:
        """Take the picture that there is now as the one that was seen."""
        self.current, self.data = now, {**self.data.dict(), SEEN: name_of(now)}  # type: ignore[attr-defined]


def name_of(picture: Picture | None) -> str:
    """Return what tells one picture from the next; nothing for none."""
    return picture.name if picture else ""
