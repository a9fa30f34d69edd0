"""Each rule of the diary, edited with a preview: which days it touches, before anything is saved.

Registered here and not where the rules live, because only the bookings' side can say what a rule
does to a diary.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from availability import admin as rule_admin
from availability.models import (
    DifferentHours,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    WorkedHoliday,
)
from bookings import pictures
from bookings.pictures import Picture

PREVIEW, BACK = "_preview", "_preview_back"


class Tried(HttpResponse):
    """What a form that was right answers in a preview: whose diary it changes."""

    def __init__(self, row: models.Model) -> None:
        super().__init__()
        self.therapist_id = _therapist_id(row)


def _therapist_id(row: models.Model) -> int:
    return int(row.pk if isinstance(row, Therapist) else row.therapist_id)  # type: ignore[attr-defined]


class Previewed(ModelAdmin):
    """Adds a button that shows the days a change touches.

    The form is saved for good measure, the diary is asked, and everything is taken back: what the
    preview says is what saving would do.
    """

    change_form_after_template = "admin/bookings/preview_button.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST" or PREVIEW not in request.POST:
            return super().changeform_view(request, object_id, form_url, extra_context)
        now = timezone.now()
        before = self.get_object(request, object_id) if object_id else None
        with transaction.atomic():
            answer = super().changeform_view(request, object_id, form_url, extra_context)
            if not isinstance(answer, Tried):
                return answer  # the form again, with what is wrong in it
            whose = {answer.therapist_id, *([_therapist_id(before)] if before else [])}
            then = _pictures(whose, now)
            transaction.set_rollback(True)
        return self._page(request, _pictures(whose, now), then)

    def get_form(self, request: HttpRequest, *rest: Any, **options: Any) -> type[Any]:
        """Return the form; one that came back from a preview is shown again, not saved."""
        form: type[Any] = super().get_form(request, *rest, **options)
        if BACK not in request.POST:
            return form
        return type(form.__name__, (form,), {"is_valid": lambda _: False})

    def response_add(self, request: HttpRequest, obj: Any, *rest: Any) -> HttpResponse:
        if PREVIEW in request.POST:
            return Tried(obj)
        return super().response_add(request, obj, *rest)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return Tried(obj) if PREVIEW in request.POST else super().response_change(request, obj)

    def _page(self, request: HttpRequest, now: list[Picture], then: list[Picture]) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in (PREVIEW, BACK, "csrfmiddlewaretoken")
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Preview: nothing is saved yet",
            "opts": self.opts,
            "kept": kept,
            **pictures.difference(now, then),
        }
        return TemplateResponse(request, "admin/bookings/preview.html", context)


def _pictures(whose: Collection[int], now: datetime) -> list[Picture]:
    therapists = Therapist.objects.filter(pk__in=whose).order_by("pk")
    return [pictures.picture(therapist, now) for therapist in therapists]


@admin.register(Therapist)
class TherapistAdmin(Previewed, rule_admin.TherapistAdmin):
    """Therapist, weekly hours, caps, and who comes first."""


@admin.register(Service)
class ServiceAdmin(Previewed, rule_admin.ServiceAdmin):
    """Length, step, gap, notice, horizon."""


@admin.register(Place)
class PlaceAdmin(Previewed, rule_admin.PlaceAdmin):
    """Where, and in what light."""


@admin.register(Gap)
class GapAdmin(Previewed, rule_admin.GapAdmin):
    """The time between two meetings."""


@admin.register(DifferentHours)
class DifferentHoursAdmin(Previewed, rule_admin.DifferentHoursAdmin):
    """The hours of one date."""


@admin.register(TimeOff)
class TimeOffAdmin(Previewed, rule_admin.TimeOffAdmin):
    """Leave, and appointments elsewhere."""


@admin.register(WorkedHoliday)
class WorkedHolidayAdmin(Previewed, rule_admin.WorkedHolidayAdmin):
    """Bank holidays that are worked."""
