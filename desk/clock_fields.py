"""Times of day in forms of the desk: read as people type them."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from unfold.widgets import UnfoldAdminSingleTimeWidget

from prose import clock_times

UNREAD = "Enter a time in whole minutes, like 9:30, 2pm or 18:00."
TWO_TIMES = "Is that {0}am or {0}pm? Enter one of them."
NO_TIME_OF_THE_DAY = "A day ends at 24:00, so nothing begins then. Enter 00:00 of the next day."


class ClockField(forms.TimeField):
    """A time of day as people type it; as the end of something, 24:00 is one too."""

    default_error_messages = {"invalid": UNREAD}
    # Whether the midnight after the day may be meant, which is kept as 00:00.
    ends = False

    def to_python(self, value: Any) -> time | None:
        return None if value in self.empty_values else self._read(str(value))

    def _read(self, text: str) -> time:
        if self.ends and clock_times.is_end_of_day(text):
            return time()
        found = clock_times.read_clock(text)
        if found is not None:
            return found
        if clock_times.names_two_times(text):
            raise ValidationError(TWO_TIMES.format(int(text)))
        if clock_times.is_end_of_day(text):
            raise ValidationError(NO_TIME_OF_THE_DAY)
        raise ValidationError(self.error_messages["invalid"])


class ClosingWidget(UnfoldAdminSingleTimeWidget):
    """Writes the midnight at which hours end as 24:00."""

    def format_value(self, value: Any) -> Any:
        return "24:00" if value == time() else super().format_value(value)


class ClosingField(ClockField):
    """When hours end: at 24:00 at the latest."""

    widget = ClosingWidget
    ends = True


class MomentField(forms.SplitDateTimeField):
    """A day, and a time of day as people type it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        day, _ = self.fields
        self.fields = (day, ClockField(required=False))


def options_for(column: Any) -> dict[str, Any]:
    """Return how admin asks for a column of times; nothing for any other."""
    if isinstance(column, models.DateTimeField):
        return {"form_class": MomentField}
    if not isinstance(column, models.TimeField):
        return {}
    if column.name == "closes":
        return {"form_class": ClosingField, "widget": ClosingWidget}
    return {"form_class": ClockField}
