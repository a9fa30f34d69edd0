"""The week, on the page of its therapist: rows that may not overlap."""

from itertools import combinations

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet

from availability.models import WeeklyHours
from desk.diary_admin import OfDiaries
from desk.hours.format_boxes import FormatBoxes


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
    return meet and one.overlaps(other)


class WeeklyHoursInline(OfDiaries, FormatBoxes, StackedInline):
    """The week of one therapist."""

    diary = "therapist"
    model = WeeklyHours
    formset = HoursFormSet
    fields = ("weekday", "opens", "closes", "formats", "service", "first_day", "last_day")
    # A week is read as a list; a row opens to be changed.
    collapsible = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[WeeklyHours]:
        rows: QuerySet[WeeklyHours] = super().get_queryset(request)
        return rows.select_related("service")
