"""The practice, its offer and its hours, as the therapist edits them."""

from itertools import combinations
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin, StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.views import ChangeList

from availability.models import (
    DifferentHours,
    Format,
    Place,
    Practice,
    Service,
    Therapist,
    TimeOff,
    WeeklyHours,
    WorkedHoliday,
)


class FormatBoxes:
    """Shows a column of formats as boxes to tick; at least one is asked for."""

    def formfield_for_dbfield(
        self,
        db_field: "models.Field[Any, Any]",
        request: HttpRequest,
        **options: Any,
    ) -> forms.Field | None:
        if isinstance(db_field, ArrayField):
            return forms.MultipleChoiceField(
                choices=Format.choices,
                widget=forms.CheckboxSelectMultiple,
                label=str(db_field.verbose_name).capitalize(),
                help_text=db_field.help_text,
                error_messages={"required": "Tick at least one."},
            )
        other: Any = super()
        field: forms.Field | None = other.formfield_for_dbfield(db_field, request, **options)
        return field


class CalendarList(ChangeList):
    """A list whose address may name a year that no calendar has: it opens without that filter."""

    def __init__(self, *args: Any, **options: Any) -> None:
        try:
            super().__init__(*args, **options)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error


class Dated:
    """Shows rows in a `CalendarList`."""

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[CalendarList]:  # noqa: ARG002
        return CalendarList


class HoursFormSet(PaginationInlineFormSet):
    """The rows of one page judge one another as they are typed; the model checks all others."""

    def full_clean(self) -> None:
        together = [f.instance.pk for f in self.initial_forms]
        for form in self.forms:
            form.instance.beside = together
        super().full_clean()

    def clean(self) -> None:
        super().clean()
        filled = (*self.initial_forms, *(f for f in self.extra_forms if f.has_changed()))
        kept = [f for f in filled if f.is_valid() and f not in self.deleted_forms]
        for one, other in combinations(kept, 2):
            # Beside a row that stands as it was, it is the changed one that is wrong.
            wrong, right = (other, one) if other.has_changed() else (one, other)
            if wrong.has_changed() and _overlap(one.instance, other.instance):
                text = f"These hours overlap {right.instance}, also on this page."
                wrong.add_error("opens", text)


def _overlap(one: WeeklyHours, other: WeeklyHours) -> bool:
    if one.weekday != other.weekday or not set(one.formats) & set(other.formats):
        return False
    (first, last), (other_first, other_last) = one.season, other.season
    meet = first <= other_last and other_first <= last
    return meet and one.opens < other.closes and other.opens < one.closes


class WeeklyHoursInline(FormatBoxes, StackedInline):
    model = WeeklyHours
    formset = HoursFormSet
    fields = ("weekday", "opens", "closes", "formats", "first_day", "last_day")
    # A week is read as a list; a row opens to be changed.
    collapsible = True
    extra = 0


@admin.register(Practice)
class PracticeAdmin(ModelAdmin):
    list_display = ("name", "email", "phone")


@admin.register(Therapist)
class TherapistAdmin(ModelAdmin):
    list_display = ("name", "email", "zone_name", "is_active")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (WeeklyHoursInline,)


@admin.register(Service)
class ServiceAdmin(FormatBoxes, ModelAdmin):
    list_display = ("title", "therapist", "audience", "price_label", "is_active")
    list_select_related = ("therapist",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    list_display = ("name", "format", "therapist", "address", "is_active")
    list_filter = ("format",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_select_related = ("therapist",)

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:  # noqa: ARG002
        """Places are taken out of use, not deleted: what was booked there still names them."""
        return False


@admin.register(DifferentHours)
class DifferentHoursAdmin(Dated, FormatBoxes, ModelAdmin):
    list_display = ("therapist", "day", "opens", "closes", "formats")
    date_hierarchy = "day"
    list_select_related = ("therapist",)


@admin.register(TimeOff)
class TimeOffAdmin(Dated, ModelAdmin):
    list_display = ("therapist", "starts_at", "ends_at", "reason")
    list_select_related = ("therapist",)


@admin.register(WorkedHoliday)
class WorkedHolidayAdmin(Dated, ModelAdmin):
    list_display = ("therapist", "day")
    list_select_related = ("therapist",)
