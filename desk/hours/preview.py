"""Each rule of the diary, edited with a preview, and with a word for the meetings that it meets.

Registered here and not where the rules live, because only the bookings' side can say what a rule
does to a diary.
"""

from collections.abc import Callable, Collection
from copy import copy
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from availability.models import (
    DifferentHours,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    WorkedHoliday,
)
from bookings import leave, lifecycle
from desk.hours import admin as rule_admin
from desk.hours import decisions, offer_diff
from desk.hours.decisions import DECIDED, DECISION_PREFIX
from desk.hours.offer_diff import Picture

PREVIEW, BACK = "_preview", "_preview_back"
# What the pages between a form and its saving add to what is posted.
OURS = (PREVIEW, BACK, "csrfmiddlewaretoken", DECIDED)
Answer = Callable[[], HttpResponse]


class Tried(HttpResponse):
    """What a form that was right answers: whose diary it changes, and how it goes on if kept."""

    def __init__(self, row: models.Model, answer: Answer) -> None:
        super().__init__()
        self.therapist_id = _therapist_id(row)
        self.answer = answer


def _therapist_id(row: models.Model) -> int:
    return int(row.pk if isinstance(row, Therapist) else row.therapist_id)  # type: ignore[attr-defined]


class Previewed(ModelAdmin):
    """Adds a button that shows the days a change touches, and asks before it meets bookings.

    Every change is tried: the form is saved for good measure, the diary is asked, and everything is
    taken back. What the preview says is what saving would do; and what saving would do to meetings
    that are booked is decided on a page of its own, before it is saved for good.
    """

    change_form_after_template = "desk/hours/preview_button.html"
    # Deleting several rows at once would ask about nothing.
    actions = None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        change = partial(super().changeform_view, request, object_id, form_url, extra_context)
        return self._tried(request, object_id, change)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if BACK in request.POST:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        delete = partial(super().delete_view, request, object_id, extra_context)
        return self._tried(request, object_id, delete)

    def _tried(self, request: HttpRequest, object_id: str | None, change: Answer) -> HttpResponse:
        """Try the change; then show what it would do, or ask what becomes of meetings, or keep it.

        It is tried twice, the second time under the locks of the diaries that the first names.
        """
        if request.method != "POST" or BACK in request.POST:
            return change()  # a form is shown, nothing is saved
        now = timezone.now()
        before = self.get_object(request, object_id) if object_id else None
        with transaction.atomic():
            tried = change()
            if not isinstance(tried, Tried):
                return tried  # the form again, with what is wrong in it
            whose = {tried.therapist_id, *([_therapist_id(before)] if before else [])}
            then = _pictures(whose, now) if PREVIEW in request.POST else []
            transaction.set_rollback(True)
        if PREVIEW in request.POST:
            return self._preview(request, _pictures(whose, now), then)
        return self._kept(request, whose, change, now)

    def _kept(
        self, request: HttpRequest, whose: Collection[int], change: Answer, now: datetime
    ) -> HttpResponse:
        """Save it with what is decided for the meetings that it meets; or ask, and save nothing."""
        with transaction.atomic():
            for therapist_id in sorted(whose):
                lifecycle.lock_diary(therapist_id)
            workable = leave.workable(whose, now)
            tried = change()
            meetings = leave.met(whose, workable, now) if isinstance(tried, Tried) else []
            page = decisions.decide(request, meetings, now)
            if page is None:
                return tried.answer() if isinstance(tried, Tried) else tried
            transaction.set_rollback(True)
        return self._page(request, "meetings", page.title, form=page)

    def get_form(self, request: HttpRequest, *rest: Any, **options: Any) -> type[Any]:
        """Return the form; one that came back from a preview is shown again, not saved."""
        form: type[Any] = super().get_form(request, *rest, **options)
        if BACK not in request.POST:
            return form
        return type(form.__name__, (form,), {"is_valid": lambda _: False})

    def response_add(self, request: HttpRequest, obj: Any, *rest: Any) -> HttpResponse:
        return Tried(obj, partial(super().response_add, request, obj, *rest))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return Tried(obj, partial(super().response_change, request, obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        request.deleted_row = copy(obj)  # type: ignore[attr-defined]  # for response_delete
        super().delete_model(request, obj)

    def response_delete(self, request: HttpRequest, *rest: Any) -> HttpResponse:
        answer = partial(super().response_delete, request, *rest)
        return Tried(request.deleted_row, answer)  # type: ignore[attr-defined]

    def _preview(
        self, request: HttpRequest, now: list[Picture], then: list[Picture]
    ) -> HttpResponse:
        title, difference = "Preview: nothing is saved yet", offer_diff.difference(now, then)
        return self._page(request, "preview", title, **difference)

    def _page(self, request: HttpRequest, name: str, title: str, **facts: Any) -> HttpResponse:
        """Return a page that stands between a form and its saving, and carries what was posted."""
        kept = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in OURS and not name.startswith(DECISION_PREFIX)
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "kept": kept,
            **facts,
        }
        return TemplateResponse(request, f"desk/hours/{name}.html", context)


def _pictures(whose: Collection[int], now: datetime) -> list[Picture]:
    therapists = Therapist.objects.filter(pk__in=whose).order_by("pk")
    return [offer_diff.picture(therapist, now) for therapist in therapists]


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
