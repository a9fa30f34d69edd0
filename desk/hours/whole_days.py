"""The form of time off: whole days by their dates, or from one time of day to another."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from availability import walltime
from availability.models import TimeOff, validate_near
from availability.walltime import utc
from desk.clock_fields import ClockField
from prose import clock_times
from prose.dates import UK


class Typed(NamedTuple):
    """A day and a time of it, each as far as it was given."""

    day: date | None = None
    clock: time | None = None


class EndClockField(ClockField):
    """A time at which something ends; the end of its day is the day's own end, as nothing is."""

    def to_python(self, value: Any) -> time | None:
        return None if clock_times.is_end_of_day(str(value)) else super().to_python(value)


class DayField(forms.MultiValueField):
    """A day, with a time of it or without."""

    widget = UnfoldAdminSplitDateTimeWidget

    def __init__(self, *, clock: ClockField, **options: Any) -> None:
        day = forms.DateField(
            required=options.get("required", True),
            validators=[validate_near],
            error_messages={"incomplete": "Enter a date."},
        )
        super().__init__((day, clock), require_all_fields=False, **options)

    def compress(self, data_list: Any) -> Typed:
        return Typed(*data_list)


# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[TimeOff]
else:
    ModelForm = forms.ModelForm


class TimeOffForm(ModelForm):
    """From when to when somebody is away. Days are theirs, by the clock of their hours."""

    starts_at = DayField(
        label="From",
        clock=ClockField(required=False),
        help_text="The date is enough: without a time it is from the morning on.",
    )
    ends_at = DayField(
        label="Until",
        required=False,
        clock=EndClockField(required=False),
        help_text="The last day; without a time all of it. Empty: the day above. With a time (UK "
        "time), the first moment you’re back.",
    )

    class Meta:
        model = TimeOff
        fields = ("therapist", "starts_at", "ends_at", "elsewhere", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk and self.instance.whole_days:
            first, last = self.instance.whole_days
            self.initial.update(starts_at=[first, None], ends_at=[last, None])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        whose = self.instance.therapist if self.instance.pk else said.get("therapist")
        zone = whose.zone if whose else UK
        starts, ends = said.pop("starts_at", Typed()), said.pop("ends_at", Typed())
        self._put("starts_at", starts.day, starts.clock, zone)
        last = ends.day or starts.day
        # Without a time all of that day: until the next begins.
        day = last + timedelta(days=1) if last and ends.clock is None else last
        self._put("ends_at", day, ends.clock, zone)
        return said

    def _put(self, name: str, day: date | None, clock: time | None, zone: tzinfo) -> None:
        """Keep the moment; of what was wrong its field has said so, or the day above it has."""
        if name in self.errors:
            return
        try:
            self.cleaned_data[name] = _moment(day, clock, zone)
        except ValidationError as error:
            self.add_error(name, error)


def _moment(day: date | None, clock: time | None, zone: tzinfo) -> datetime:
    """Return when that day begins in the zone; or that time of it on the UK's clock."""
    if day is None:
        raise ValidationError("Enter a date.")
    if clock is None:
        return utc(walltime.whole_days(day, day, zone)[0])
    wall = datetime.combine(day, clock, UK)
    if wall.utcoffset() != wall.replace(fold=1).utcoffset():
        raise ValidationError("The clocks change then: that time is skipped, or comes twice.")
    return wall
