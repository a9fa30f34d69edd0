"""The page that asks what becomes of the meetings that a leave or changed hours meet."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from availability.models import validate_near_moment
from bookings import leave
from bookings.errors import DecisionRefusedError
from bookings.leave import Decided, Decision
from bookings.models import Booking
from desk import refusals
from desk.diary_admin import by_of
from desk.hours.confirm_before_save import Question
from desk.seen_form import SeenForm
from prose.cleaning import many_lines
from prose.dates import UK

DECIDED, DECISION_PREFIX = "_decided", "meeting"
LOCAL = "%Y-%m-%dT%H:%M"


class MeetingForm(SeenForm):
    """What becomes of one meeting."""

    decision = forms.ChoiceField(label="Decision", widget=UnfoldAdminRadioSelectWidget)
    start = forms.DateTimeField(
        label="New time, UK time",
        required=False,
        validators=[validate_near_moment],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text="It’s kept for them for three days at most. Empty: they choose one themselves.",
    )

    def __init__(self, booking: Booking, suggestion: datetime | None, posted: Any) -> None:
        super().__init__(
            posted,
            prefix=f"{DECISION_PREFIX}-{booking.pk}",
            initial={
                "decision": Decision.KEEP,
                "seen": booking.sequence,
                "start": suggestion and suggestion.astimezone(UK).strftime(LOCAL),
            },
        )
        self.booking = booking
        field: Any = self.fields["decision"]
        field.choices = list(_choices(booking))

    def decided(self) -> Decided:
        """Return what was decided."""
        said = self.cleaned_data
        decision = Decision(said["decision"])
        return Decided(self.booking.pk, decision, said["seen"], said["start"])


def _choices(booking: Booking) -> Iterator[tuple[str, str]]:
    yield Decision.KEEP, "Keep it: they hear nothing"
    yield Decision.PROPOSE, "Ask them to move it"
    if leave.can_go_online(booking):
        yield Decision.ONLINE, "Meet online at the same time"
    yield Decision.CANCEL, "Cancel it: they pay nothing"


class MeetingsForm(forms.Form):
    """What becomes of all of them, and what the people concerned read."""

    all = forms.ChoiceField(
        label="For all of them",
        required=False,
        choices=[
            ("", "As chosen for each below"),
            (Decision.PROPOSE, "Ask all to move, to the times below"),
            (Decision.CANCEL, "Cancel all"),
            (Decision.KEEP, "Keep all"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    reason = forms.CharField(
        label="What they read",
        help_text="One or two sentences. It goes into each email.",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, meetings: Sequence[Booking], now: datetime, posted: Any) -> None:
        super().__init__(posted, prefix=DECISION_PREFIX)
        suggested = leave.suggestions(meetings, now)
        self.meetings = [MeetingForm(one, suggested.get(one.pk), posted) for one in meetings]

    @property
    def title(self) -> str:
        """Like "This meets 6 bookings"."""
        count = len(self.meetings)
        return f"This meets {count} booking{pluralize(count)}"

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if any([not meeting.is_valid() for meeting in self.meetings]):  # noqa: C419, all have their say
            raise forms.ValidationError("Decide for each meeting below.")
        told = {one.decision for one in self.decided()} - {Decision.KEEP}
        if told and not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Tell them why, in a sentence.")
        return said

    def decided(self) -> list[Decided]:
        """Return what was decided for each."""
        found = [meeting.decided() for meeting in self.meetings]
        everybody = self.cleaned_data.get("all")
        if not everybody:
            return found
        return [one.for_all(Decision(everybody)) for one in found]


def ask(
    request: HttpRequest, meetings: Sequence[Booking], now: datetime, done: list[uuid.UUID]
) -> Question | None:
    """Carry out what was decided for the meetings; return the page while that is not possible.

    A meeting that was booked, moved or cancelled since the page was made is asked about anew. What
    it was carried out as is put into `done`, by which it can be taken back.
    """
    if not meetings:
        return None
    form = MeetingsForm(meetings, now, request.POST if DECIDED in request.POST else None)
    if form.is_valid() and _is_done(request, form, now, done):
        return None
    return Question("affected_meetings", form.title, {"form": form}, (DECIDED, DECISION_PREFIX))


def _is_done(
    request: HttpRequest, form: MeetingsForm, now: datetime, done: list[uuid.UUID]
) -> bool:
    """Carry it out; or put into the form which decision can't be, and why."""
    by, reason = by_of(request), form.cleaned_data["reason"]
    try:
        decision = leave.apply(form.decided(), by=by, reason=reason, now=now)
    except DecisionRefusedError as refusal:
        refused = next(one for one in form.meetings if one.booking.pk == refusal.booking_id)
        refused.add_error("start", refusals.words(refusal, now))
        return False
    done += [decision] if decision else []
    return True
