"""What a client is asked on their own pages."""

from typing import Any, cast

from django import forms

from availability.models import Place
from bookings.kept_facts import where_of
from bookings.models import Booking
from front.forms import CleanField, PlaceForm, words_field

# A page of a release before, or one that lost what it carries.
OLD_PAGE = "This page was out of date. Please check it once more, then confirm."


def reason_field() -> CleanField:
    """Ask why, if they'd like to say."""
    return words_field(
        500,
        3,
        label="Anything you’d like to tell me?",
        help_text="You don’t need to give a reason.",
    )


def decision_field(label: str, choices: list[tuple[str, str]], missing: str) -> forms.ChoiceField:
    """Ask what to do. Acting needs a chosen option: who presses every button they see chooses none.

    `missing` asks for one.
    """
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )


class ShownForm(forms.Form):
    """What a page showed of a booking: who confirms has read that and nothing else.

    `seen` is the booking's sequence when the page was made, `told` what it said that it costs.
    """

    seen = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE},
    )
    told = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def show(self, **shown: object) -> None:
        """Carry what the page shows now, beside what was typed."""
        self.data = {**dict(self.data.items()), **shown}


class MoveForm(PlaceForm, ShownForm):
    """Whether to move a booking, and where to meet if there is a choice."""

    field_order = ("decision", "place", "reason")
    # What it said that cancelling costs from then on.
    then = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    # The places in words, as the page showed them.
    where = forms.CharField(required=False, widget=forms.HiddenInput)
    YES, NO = "change", "keep"
    NEW_TIME, SAME_TIME = "Change it to the new time", "Change it, at the same time"
    STAY = "Keep it as it is"

    decision = decision_field(
        "What would you like to do?",
        [(YES, NEW_TIME), (NO, STAY)],
        "Choose whether to change or keep it",
    )
    reason = reason_field()

    def __init__(
        self, *args: Any, booking: Booking, keeps_time: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if keeps_time:
            decision = cast("forms.ChoiceField", self.fields["decision"])
            decision.choices = [(self.YES, self.SAME_TIME), (self.NO, self.STAY)]
        self.name_places(booking)

    def name_places(self, booking: Booking) -> None:
        """Put the places into words, for the booking as it stands."""
        self.words = {pk: where_words(booking, place) for pk, place in self.places.items()}
        self.fields["where"].initial = "; ".join(self.words.values()).strip()
        self.is_elsewhere = str(booking.place_id) not in self.words
        if "place" in self.fields:
            cast("forms.ChoiceField", self.fields["place"]).choices = list(self.words.items())

    def clean_where(self) -> str:
        """Refuse what was pressed under other words than are true now.

        A page of a release before says nothing of them; it may only keep the place.
        """
        shown = str(self.cleaned_data["where"])
        if shown != self.fields["where"].initial and (shown or self.is_elsewhere):
            raise forms.ValidationError("Where we can meet has changed. Please check it once more.")
        return shown


def where_words(booking: Booking, place: Place) -> str:
    """Return where a booking would be at a place: at its own, in the words that it keeps."""
    where = booking.where if place.pk == booking.place_id else where_of(place)
    return ", ".join(where.lines)


class RemindersForm(forms.Form):
    """Whether to send reminders."""

    YES, NO = "send", "stop"

    decision = decision_field(
        "What would you like?",
        [(YES, "Send me reminders"), (NO, "Don’t send me reminders")],
        "Choose whether to get reminders",
    )


class StopRemindersForm(forms.Form):
    """Whether to stop reminders: all that the link in one can do."""

    STOP, KEEP = "stop", "keep"

    decision = decision_field(
        "What would you like?",
        [(STOP, "Stop reminders"), (KEEP, "Keep them")],
        "Choose whether to stop reminders",
    )


class CancelForm(ShownForm):
    """Whether to cancel a booking."""

    YES, NO = "cancel", "keep"

    decision = decision_field(
        "What would you like to do?",
        [(YES, "Cancel it"), (NO, "Keep it")],
        "Choose whether to cancel or keep it",
    )
    reason = reason_field()
