"""The shape of what people send. Whether it can be booked is the lifecycle's business."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from availability.models import Place
from bookings.kept_facts import before_booking
from bookings.typed_words import WISHES
from prose.cleaning import email_address, many_lines, one_line, phone_number
from prose.names import person_name

# A person needs longer than this to read and fill the page; a script does not.
FEWEST_SECONDS = 1.0
SALT = "kicks.form-rendered"


class CleanField(forms.CharField):
    """Text that is cleaned before anything else looks at it.

    The limits then count what is kept (a browser sends two characters for a new line), and a
    hidden character meets our words before Django's. A browser cuts nothing off a paste: what is
    too long comes back whole, with its length.
    """

    def __init__(
        self,
        *,
        cleaned: Callable[[str], str] = one_line,
        max_length: int | None = None,
        what: str = "this",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.cleaned, self.most, self.what = cleaned, max_length, what

    def validate(self, value: str) -> None:
        super().validate(value)
        if self.most is not None and len(value) > self.most:
            length = f"It’s all still here, and has {len(value):,}."
            raise ValidationError(
                f"Keep {self.what} to {self.most:,} characters or fewer. {length}"
            )

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return self.cleaned(text) if text else ""


class ScreenedForm(forms.Form):
    """A form that a script trips over and a person does not notice.

    `website` is hidden from people, so only a script fills it; `rendered` is the signed moment
    at which the page was made, so an answer that comes at once is a script's. Neither says so:
    the person whose browser fills in forms by itself sees a message and presses again.
    `now` is the moment of the request.
    """

    website = forms.CharField(required=False, max_length=200)
    rendered = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.now = now.timestamp()
        self.fields["rendered"].initial = rendered_stamp(self.now)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("website"):
            raise ValidationError("Leave the hidden box empty, then press the button again.")
        if not self.errors and self._too_quick(answers.get("rendered", "")):
            raise ValidationError(
                "That was very quick. Please check it and press the button again."
            )
        return answers

    def _too_quick(self, rendered: str) -> bool:
        try:
            return self.now - float(signing.loads(rendered, salt=SALT)) < FEWEST_SECONDS
        except (signing.BadSignature, TypeError, ValueError):
            return True

    def fresh(self) -> None:
        """Show the form again with a new moment: a page that failed once may be sent at once."""
        stamp = rendered_stamp(self.now - FEWEST_SECONDS)
        self.data = {**dict(self.data.items()), "rendered": stamp}


def rendered_stamp(at: float) -> str:
    """Return the moment at which a page was made, signed."""
    return signing.dumps(at, salt=SALT)


def words_field(most: int, rows: int, **options: Any) -> CleanField:
    """Ask for some lines of words. The hint says how many; where scripts run, one counts along."""
    hint = f"{options.pop('help_text', '')} Up to {most:,} characters.".strip()
    # What was confided here is put back for nobody by the browser.
    area = forms.Textarea(attrs={"rows": rows, "data-most": most, "autocomplete": "off"})
    return CleanField(
        cleaned=many_lines, required=False, max_length=most, widget=area, help_text=hint, **options
    )


class EmailForm(ScreenedForm):
    """An address to write to."""

    email = CleanField(
        cleaned=email_address,
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your email address"},
    )


class PlaceForm(forms.Form):
    """Asks where to meet if there is a choice."""

    def __init__(self, *args: Any, places: list[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = {str(place.pk): place for place in places}
        if len(places) > 1:
            self.fields["place"] = forms.ChoiceField(
                label="Where shall we meet?",
                choices=[
                    (str(place.pk), ", ".join(before_booking(place).lines)) for place in places
                ],
                widget=forms.RadioSelect,
                error_messages={
                    "required": "Choose where to meet",
                    "invalid_choice": "Choose one of these places",
                },
            )
            # Errors are listed in this order, which is the page's.
            self.order_fields(self.field_order)

    @property
    def chosen_place(self) -> Place:
        """The place that was chosen, or the only one."""
        chosen = self.cleaned_data.get("place")
        return self.places[chosen] if chosen else next(iter(self.places.values()))


class VisitForm(PlaceForm, ScreenedForm):
    """What a known client is asked: where, if there is a choice, and what they'd like to say."""

    note = words_field(
        1000,
        4,
        label="What brings you here?",
        help_text="A few words are enough. They never go into an email.",
    )
    pronouns = CleanField(
        label="Your pronouns",
        help_text="Like she/her, he/him or they/them.",
        required=False,
        max_length=60,
        what="your pronouns",
    )
    languages = CleanField(
        label="Languages you speak",
        help_text="So that I know which languages we share.",
        required=False,
        max_length=200,
    )
    needs = words_field(
        500,
        3,
        label="What would make this easier for you?",
        help_text="A step-free way in, captions, more time to read: whatever helps.",
    )

    @property
    def wishes(self) -> list[forms.BoundField]:
        """The fields that only some need: folded away until they are used."""
        return [self[name] for name in WISHES]

    @property
    def has_wishes(self) -> bool:
        """Whether something stands in one of them: then they are shown."""
        return any(field.value() or field.errors for field in self.wishes)

    def clean(self) -> dict[str, Any]:
        if not self.places:
            raise ValidationError("I have no place for meeting this way just now. Choose another.")
        return super().clean()


class DetailsForm(EmailForm, VisitForm):
    """What somebody new is asked."""

    field_order = ("name", "email", "place", "phone", "note", *WISHES, "agree")

    name = CleanField(
        cleaned=person_name,
        label="Your name",
        help_text="Whatever you’d like me to call you.",
        max_length=100,
        what="your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    phone = CleanField(
        cleaned=phone_number,
        label="Phone",
        help_text="Only for when something goes wrong on the day.",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    agree = forms.BooleanField(
        label="I agree to my details being kept to arrange and hold this meeting, as the privacy "
        "notice says. I’m 18 or over.",
        error_messages={"required": "Tick the box to let me keep these details"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].help_text = "For emails about this booking, nothing else."
