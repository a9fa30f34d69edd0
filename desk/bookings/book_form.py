"""What the page that books asks, and how what was typed is read."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from availability.models import Place, Service
from availability.models.validators import validate_near
from bookings import lifecycle
from desk.clock_fields import ClockField
from desk.seen_form import OLD_PAGE
from front.forms import CleanField
from prose.cleaning import email_address, phone_number
from prose.dates import parse_slot
from prose.names import person_name

FEWEST_TIMES, MOST_TIMES = 2, 26
EVERY = (("", "Just once"), ("1", "Every week"), ("2", "Every two weeks"))
CLOCKS_CHANGE = (
    "The clocks change then: that time doesn’t exist, or comes twice. Choose another time."
)


class RowField(forms.Field):
    """One of a few rows that were read already, by its id."""

    def __init__(self, rows: Sequence[Service | Place], **options: Any) -> None:
        super().__init__(**options)
        self.rows = {str(row.pk): row for row in rows}

    def to_python(self, value: Any) -> Any:
        return self.rows.get(str(value))


class PriceField(forms.DecimalField):
    """Pounds, with their sign or without; "free" is nothing."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().replace(",", "").removeprefix("£").strip()
        return Decimal(0) if text.lower() == "free" else super().to_python(text)


class BookForm(forms.Form):
    """What, how, when, how often and at what price; and who, where it is somebody new.

    `key` names the bookings that this page makes, however often its button is pressed.
    """

    name = CleanField(cleaned=person_name, required=False, max_length=100, what="their name")
    email = CleanField(cleaned=email_address, required=False, max_length=254)
    phone = CleanField(cleaned=phone_number, required=False, max_length=30)
    day = forms.DateField(
        validators=[validate_near],
        error_messages={"required": "Choose a date.", "invalid": "Enter a date, like 12/03/2027."},
    )
    at = ClockField(error_messages={"required": "Enter a time, like 2:30pm."})
    every = forms.ChoiceField(choices=EVERY, required=False)
    times = forms.IntegerField(
        required=False,
        min_value=FEWEST_TIMES,
        max_value=MOST_TIMES,
        error_messages={
            "invalid": f"Enter a number from {FEWEST_TIMES} to {MOST_TIMES}.",
            "min_value": f"Enter a number from {FEWEST_TIMES} to {MOST_TIMES}.",
            "max_value": f"Enter a number from {FEWEST_TIMES} to {MOST_TIMES}.",
        },
    )
    price = PriceField(
        min_value=Decimal(0),
        max_digits=7,
        decimal_places=2,
        error_messages={
            "required": "Enter a price, or 0 if it’s free.",
            "invalid": "Enter a price, like 70 or 67.50; 0 if it’s free.",
            "min_value": "A price is never below 0.",
        },
    )
    tells = forms.BooleanField(required=False)
    reminds = forms.BooleanField(required=False)
    key = forms.UUIDField(error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE})

    def __init__(
        self, data: QueryDict, services: Sequence[Service], places: Sequence[Place]
    ) -> None:
        super().__init__(data)
        self.fields["service"] = RowField(
            services, error_messages={"required": "Choose what is booked."}
        )
        self.fields["place"] = RowField(places, error_messages={"required": "Choose how you meet."})

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        day, at = said.get("day"), said.get("at")
        if day and at:
            said["start"] = parse_slot(f"{day.isoformat()}T{at:%H:%M}")
            if said["start"] is None:
                self.add_error("at", CLOCKS_CHANGE)
        if said.get("every") and "times" not in self.errors and not said.get("times"):
            self.add_error("times", f"Enter a number from {FEWEST_TIMES} to {MOST_TIMES}.")
        return said

    @property
    def said(self) -> Mapping[str, Any]:
        """What could be read of what was typed, be the rest right or not."""
        self.is_valid()
        return self.cleaned_data

    @property
    def starts(self) -> list[datetime]:
        """All dates, as far as they are known; none while the first isn't."""
        start, every, times = (self.said.get(name) for name in ("start", "every", "times"))
        if start is None:
            return []
        if not (every and times):
            return [start]
        return lifecycle.dates_from(start, int(every), times)

    @property
    def press_key(self) -> uuid.UUID:
        """The name of what this page makes; of a page that has none, the next press's."""
        found: uuid.UUID | None = self.said.get("key")
        return found or uuid.uuid4()
