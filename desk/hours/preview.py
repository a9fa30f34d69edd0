"""A rule of the diary, edited with a preview, and with a word for the meetings that it meets."""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from availability.models import Therapist
from bookings import leave, lifecycle
from bookings.errors import BusyError, NotBookableError
from desk import refusals
from desk.diary_admin import by_of, now_of
from desk.hours import affected_meetings, asked_meetings, offer_diff
from desk.hours.confirm_before_save import BACK, PREVIEW, AsksFirst, Change, Question
from desk.hours.offer_diff import Picture
from desk.stepwise_admin import ChangeOutcome, Page


class Previewed(AsksFirst):
    """Adds a button that shows the days a change touches, and asks before it meets bookings.

    Every change is tried: the form is saved for good measure, the diary is asked, and everything is
    taken back. What the preview says is what saving would do; and what saving would do to meetings
    that are booked is decided on a page of its own, before it is saved for good.
    """

    diary = "therapist"
    change_form_after_template = "desk/hours/preview_button.html"
    # Deleting several rows at once would ask about nothing.
    actions = None

    def _delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        if request.method != "POST":
            return super()._delete_view(request, object_id, extra_context)
        if BACK in request.POST:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        try:
            with lifecycle.refusing(BusyError()):
                return self.carry_out(request, lambda: self.remove(request, object_id))
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, now_of(request)))
            return redirect(request.get_full_path())

    def carry_out(self, request: HttpRequest, change: Change) -> HttpResponse:
        """Try the change; then show what it would do, or keep it, or ask about meetings.

        It is tried twice, the second time under the locks of the diaries that the first names.
        """
        now = now_of(request)
        with transaction.atomic():
            tried = change()
            if not tried.is_change:
                return tried.page()
            whose = _diaries(tried)
            then = _pictures(whose, now) if PREVIEW in request.POST else []
            transaction.set_rollback(True)
        if PREVIEW in request.POST:
            return self.question_page(request, _preview(_pictures(whose, now), then))
        return self._kept(request, whose, change)

    def _kept(self, request: HttpRequest, whose: Collection[int], change: Change) -> HttpResponse:
        """Save it with what is decided for the meetings that it meets; or ask, and save nothing."""
        now = now_of(request)
        workable: set[int] = set()
        done: list[uuid.UUID] = []

        def under_locks() -> ChangeOutcome:
            for therapist_id in sorted(whose):
                lifecycle.lock_diary(therapist_id, by=by_of(request))
            workable.update(leave.workable(whose, now))
            made = change()
            return replace(made, page=lambda: _with_way_back(request, made.page, done))

        def ask(_: ChangeOutcome) -> Question | None:
            met, freed = leave.met(whose, workable, now), leave.freed(whose, workable, now)
            first = affected_meetings.ask(request, met, now, done)
            return first or asked_meetings.ask(request, freed, now, done)

        return self.keep_or_ask(request, under_locks, ask)


def _with_way_back(request: HttpRequest, page: Page, done: Collection[uuid.UUID]) -> HttpResponse:
    """Say where all that was decided with it can be taken back, while its emails wait."""
    for decision in done:
        url = reverse("admin:bookings_booking_take_back_all", args=[decision])
        text = "Everybody concerned is told by email in two minutes. {}"
        link = '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">{}</a>'
        way_back = format_html(link, url, "Take all of it back…")
        messages.success(request, format_html(text, way_back))
    return page()


def _preview(now: list[Picture], then: list[Picture]) -> Question:
    difference = offer_diff.difference(now, then)
    return Question("preview", "Preview: nothing is saved yet", difference)


def _diaries(outcome: ChangeOutcome) -> set[int]:
    """Return the ids of the therapists whose diaries it changes."""
    return {_therapist_id(row) for row in (outcome.before, outcome.after) if row is not None}


def _therapist_id(row: models.Model) -> int:
    return int(row.pk if isinstance(row, Therapist) else row.therapist_id)  # type: ignore[attr-defined]


def _pictures(whose: Collection[int], now: datetime) -> list[Picture]:
    therapists = Therapist.objects.filter(pk__in=whose).order_by("pk")
    return [offer_diff.picture(therapist, now) for therapist in therapists]
