"""Each rule of the diary, edited with a preview, and with a word for the meetings that it meets.

Registered here and not where the rules live, because only the bookings' side can say what a rule
does to a diary.
"""

from collections.abc import Callable, Collection
from copy import copy
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

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
from desk.base import DiaryAdmin, OfDiaries
from desk.buttons import BACK, PREVIEW
from desk.change_form import ChangeOutcome, StepwiseAdmin
from desk.hours import admin as rule_admin
from desk.hours import decisions, offer_diff
from desk.hours.decisions import DECIDED, DECISION_PREFIX
from desk.hours.offer_diff import Picture
from desk.hours.told_facts import PlaceWords, WarnsOfOldAddress

# What the pages between a form and its saving add to what is posted.
OURS = (PREVIEW, BACK, "csrfmiddlewaretoken", DECIDED)
Change = Callable[[], ChangeOutcome]


def _therapist_id(row: models.Model) -> int:
    return int(row.pk if isinstance(row, Therapist) else row.therapist_id)  # type: ignore[attr-defined]


class Previewed(StepwiseAdmin, DiaryAdmin):
    """Adds a button that shows the days a change touches, and asks before it meets bookings.

    Every change is tried: the form is saved for good measure, the diary is asked, and everything is
    taken back. What the preview says is what saving would do; and what saving would do to meetings
    that are booked is decided on a page of its own, before it is saved for good.
    """

    diary = "therapist"
    change_form_after_template = "desk/hours/preview_button.html"
    # Deleting several rows at once would ask about nothing.
    actions = None

    def _changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super()._changeform_view(request, object_id, form_url, extra_context)
        return self._tried(
            request, lambda: self._saved(request, object_id, form_url, extra_context)
        )

    def _delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        if request.method != "POST":
            return super()._delete_view(request, object_id, extra_context)
        if BACK in request.POST:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        return self._tried(request, lambda: self.remove(request, object_id))

    def _saved(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> ChangeOutcome:
        """Save what was typed; if it is wrong, or came back from a preview, show it again."""
        row = self.row_of(request, object_id)
        if not self._may_save(request, object_id, row):
            raise PermissionDenied
        if object_id is not None and row is None:
            return self.missing(request, object_id)
        before, typed = copy(row), self.typed(request, row)
        if BACK not in request.POST and typed.is_right():
            return self.keep(request, typed, before)
        return ChangeOutcome(lambda: self.form_page(request, typed, form_url, extra_context))

    def _may_save(self, request: HttpRequest, object_id: str | None, row: Any) -> bool:
        if object_id is None:
            return bool(self.has_add_permission(request))
        return bool(self.has_change_permission(request, row))

    def _tried(self, request: HttpRequest, change: Change) -> HttpResponse:
        """Try the change; then show what it would do, or ask what becomes of meetings, or keep it.

        It is tried twice, the second time under the locks of the diaries that the first names.
        """
        now = timezone.now()
        with transaction.atomic():
            tried = change()
            if not tried.is_change:
                return tried.page()
            whose = _diaries(tried)
            then = _pictures(whose, now) if PREVIEW in request.POST else []
            transaction.set_rollback(True)
        if PREVIEW in request.POST:
            return self._preview(request, _pictures(whose, now), then)
        return self._kept(request, whose, change, now)

    def _kept(
        self, request: HttpRequest, whose: Collection[int], change: Change, now: datetime
    ) -> HttpResponse:
        """Save it with what is decided for the meetings that it meets; or ask, and save nothing."""
        with transaction.atomic():
            for therapist_id in sorted(whose):
                lifecycle.lock_diary(therapist_id)
            workable = leave.workable(whose, now)
            kept = change()
            meetings = leave.met(whose, workable, now) if kept.is_change else []
            page = decisions.decide(request, meetings, now)
            if page is None:
                return kept.page()
            transaction.set_rollback(True)
        return self._page(request, "meetings", page.title, form=page)

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


def _diaries(outcome: ChangeOutcome) -> set[int]:
    """Return the ids of the therapists whose diaries it changes: of a row that moves, both."""
    return {_therapist_id(row) for row in (outcome.before, outcome.after) if row is not None}


def _pictures(whose: Collection[int], now: datetime) -> list[Picture]:
    therapists = Therapist.objects.filter(pk__in=whose).order_by("pk")
    return [offer_diff.picture(therapist, now) for therapist in therapists]


class WeekInline(OfDiaries, rule_admin.WeeklyHoursInline):
    """The week of one therapist."""

    diary = "therapist"


@admin.register(Therapist)
class TherapistAdmin(Previewed, WarnsOfOldAddress, rule_admin.TherapistAdmin):
    """Therapist, weekly hours, caps, and who comes first."""

    diary = "pk"
    inlines = (WeekInline,)


@admin.register(Service)
class ServiceAdmin(Previewed, rule_admin.ServiceAdmin):
    """Length, step, gap, notice, horizon."""


@admin.register(Place)
class PlaceAdmin(PlaceWords, Previewed, rule_admin.PlaceAdmin):
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
