"""The page that asks what becomes of questions to move that a change of hours has made needless."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from unfold.widgets import UnfoldAdminTextareaWidget

from bookings import leave
from bookings.leave import Decided, Decision
from bookings.models import Booking
from desk.diary_admin import by_of
from desk.hours.confirm_before_save import Question
from prose.cleaning import many_lines

# What the page posts: that it was answered, of which meetings, and whose question stands.
ANSWERED, SEEN, STANDS = "_asked", "_asked_seen", "_asked_stands"


class WithdrawForm(forms.Form):
    """What those who were asked read besides."""

    reason = forms.CharField(
        label="What they read",
        help_text="A sentence or two in the email. Empty: nothing besides what it says anyway.",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    prefix = ANSWERED

    def __init__(self, request: HttpRequest, meetings: Sequence[Booking]) -> None:
        super().__init__(request.POST if ANSWERED in request.POST else None)
        self.meetings = meetings
        self.stands = request.POST.getlist(STANDS)
        self.is_seen = request.POST.get(SEEN) == self.seen

    @property
    def seen(self) -> str:
        """Which meetings the page names, as they stand."""
        return ",".join(f"{one.pk}:{one.sequence}" for one in self.meetings)

    @property
    def title(self) -> str:
        """Like "2 clients needn’t choose another time any more"."""
        count = len(self.meetings)
        return f"{count} meeting{pluralize(count)} needn’t be moved any more"

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])

    def decided(self) -> list[Decided]:
        """Return what was decided for each."""
        return [
            Decided(one.pk, Decision.WITHDRAW, one.sequence)
            for one in self.meetings
            if str(one.pk) not in self.stands
        ]


def ask(
    request: HttpRequest, meetings: Sequence[Booking], now: datetime, done: list[uuid.UUID]
) -> Question | None:
    """Withdraw the questions that were not said to stand; return the page until that is answered.

    What it was carried out as is put into `done`, by which it can be taken back.
    """
    if not meetings:
        return None
    form = WithdrawForm(request, meetings)
    if form.is_valid() and form.is_seen:
        _carry_out(request, form, now, done)
        return None
    facts: dict[str, Any] = {"form": form}
    return Question("asked_meetings", form.title, facts, (ANSWERED,))


def _carry_out(
    request: HttpRequest, form: WithdrawForm, now: datetime, done: list[uuid.UUID]
) -> None:
    """Carry it out; the meetings are read under the lock, so that nothing refuses it."""
    by, reason = by_of(request), form.cleaned_data["reason"]
    decision = leave.apply(form.decided(), by=by, reason=reason, now=now)
    done += [decision] if decision else []
