"""The practice, its offer and its hours, as the therapist edits them."""

from itertools import combinations
from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, StackedInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.views import ChangeList

from availability.models import (
    Format,
    Gap,
    Place,
    Practice,
    WeeklyHours,
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
    if one.weekday != other.weekday or one.service_id != other.service_id:
        return False
    if not set(one.formats) & set(other.formats):
        return False
    (first, last), (other_first, other_last) = one.season, other.season
    meet = first <= other_last and other_first <= last
    return meet and one.opens < other.closes and other.opens < one.closes


class WeeklyHoursInline(FormatBoxes, StackedInline):
    """The week of one therapist."""

    model = WeeklyHours
    formset = HoursFormSet
    fields = ("weekday", "opens", "closes", "formats", "service", "first_day", "last_day")
    # A week is read as a list; a row opens to be changed.
    collapsible = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeeklyHours]:
        return super().get_queryset(request).select_related("service")


class PracticeAdmin(ModelAdmin):
    """The house."""

    list_display = ("name", "email", "phone")

    def save_model(
        self,
        request: HttpRequest,
        obj: Practice,
        form: "forms.ModelForm[Practice]",
        change: bool,  # noqa: FBT001, Django's own
    ) -> None:
        """A new list of reminders counts from now on: it mails nobody of a moment that passed."""
        before = Practice.objects.filter(pk=obj.pk).first()
        if before and before.reminder_hours != obj.reminder_hours:
            obj.reminders_from = timezone.now()
        super().save_model(request, obj, form, change)


class TherapistAdmin(ModelAdmin):
    """A therapist, the week, and how much of it is worked."""

    list_display = ("name", "email", "zone_name", "is_active")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (WeeklyHoursInline,)
    fieldsets = (
        (None, {"fields": ("practice", "user", "name", "slug", "email", "phone", "is_active")}),
        ("On the home page", {"fields": ("registration", "about")}),
        ("Calendar", {"fields": ("zone_name", "bank_holidays_off")}),
        (
            "How much I work",
            {
                "fields": (
                    ("most_sessions_a_day", "most_consultations_a_week"),
                    ("most_in_a_row", "break_minutes"),
                )
            },
        ),
        ("Who sees what", {"fields": ("early_days", "is_discreet")}),
    )


class ServiceAdmin(FormatBoxes, ModelAdmin):
    """A service and the rules of its times."""

    list_display = ("title", "therapist", "audience", "price_label", "is_active")
    list_select_related = ("therapist",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (
            None,
            {"fields": ("therapist", "name", "slug", "audience", "summary", "price", "formats")},
        ),
        (
            "Times",
            {"fields": (("length_minutes", "step_minutes", "gap_minutes"), "only_own_hours")},
        ),
        (
            "When clients may book it",
            {
                "fields": (("notice_hours", "book_by"), "horizon_days"),
                "description": "These bind clients, never you.",
            },
        ),
        (
            "Changing and cancelling",
            {
                "fields": (
                    ("move_notice_hours", "most_moves"),
                    ("cancel_notice_hours", "late_fee_percent"),
                ),
                "description": "What was agreed stays with each booking: a change here counts for "
                "those to come.",
            },
        ),
        (None, {"fields": ("position", "is_active")}),
    )


class PlaceAdmin(ModelAdmin):
    """A place, and the light there."""

    list_display = ("name", "format", "therapist", "address", "daylight_only", "is_active")
    list_filter = ("format",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_select_related = ("therapist",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "therapist",
                    "format",
                    "name",
                    "address",
                    "directions",
                    "video_url",
                    "position",
                    "is_active",
                )
            },
        ),
        (
            "Daylight",
            {"fields": (("daylight_only", "daylight_margin"), ("latitude", "longitude"))},
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:  # noqa: ARG002
        """Places are taken out of use, not deleted: what was booked there still names them."""
        return False


class GapAdmin(ModelAdmin):
    """The table of gaps."""

    list_display = (
        "therapist",
        "before",
        "before_place",
        "after",
        "after_place",
        "both",
        "minutes",
    )
    list_display_links = ("before", "after")
    list_select_related = ("therapist", "before_place", "after_place")
    fields = (
        "therapist",
        ("before", "before_place"),
        ("after", "after_place"),
        ("minutes", "both_ways"),
    )

    @display(description="And back", boolean=True)
    def both(self, gap: Gap) -> bool:
        return gap.both_ways


class DifferentHoursAdmin(Dated, FormatBoxes, ModelAdmin):
    """Dates whose hours differ."""

    list_display = ("therapist", "day", "opens", "closes", "formats", "service", "adds")
    date_hierarchy = "day"
    list_select_related = ("therapist", "service")
    fields = ("therapist", "day", "opens", "closes", "formats", "service", "adds")


class TimeOffAdmin(Dated, ModelAdmin):
    """Leave, and appointments elsewhere."""

    list_display = ("therapist", "starts_at", "ends_at", "elsewhere", "reason")
    list_select_related = ("therapist",)


class WorkedHolidayAdmin(Dated, ModelAdmin):
    """Bank holidays that are worked."""

    list_display = ("therapist", "day")
    list_select_related = ("therapist",)
