"""After the meeting: who came, how a consultation ended, and the mail that follows."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldBooleanWidget

from bookings import lifecycle, outcomes, policy
from bookings.errors import NotBookableError
from bookings.models import Booking, FollowUp, Outcome
from bookings.outcomes import Mailed, Report
from desk import no_address, refusals
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from desk.recorded import tell_of_mail
from desk.seen_form import SeenForm

UNDECIDED = "None, or not decided yet"


class RecordForm(SeenForm):
    """Who came, and what comes of it. `seen` is the history's last line when the page was made."""

    attendance = forms.ChoiceField(
        label="Did they come?",
        choices=Booking.Attendance.choices,
        widget=UnfoldAdminRadioSelectWidget,
        error_messages={"required": "Choose one of these."},
    )
    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[*Outcome.choices, ("", UNDECIDED)],
        required=False,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="“Continue” lets them book sessions; “Not the right fit” keeps them from it.",
    )
    with_mail = forms.BooleanField(
        label="Send the follow-up email",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="It leaves 2 minutes after you save, so that you can put a slip right.",
    )

    charges = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Only if they didn’t come. It stands with the booking; no email tells them.",
    )

    def __init__(self, booking: Booking, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        costs = policy.fee_told(policy.no_show_fee(booking))
        self.fields["charges"].label = f"If they didn’t come, they owe {costs}"
        if not costs:
            del self.fields["charges"]
        if not outcomes.ends_in_an_outcome(booking):
            del self.fields["outcome"], self.fields["with_mail"]
        elif not booking.client.mailed_at:
            # It is said why; what a page of before still posts is passed over.
            self.fields["with_mail"].disabled = True
            self.fields["with_mail"].initial = self.initial["with_mail"] = False
            self.fields["with_mail"].help_text = no_address.why(booking.client)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("attendance") == Booking.Attendance.NO_SHOW and said.get("outcome"):
            self.add_error("outcome", f"They didn’t come: choose “{UNDECIDED}”.")
        return said

    @property
    def report(self) -> Report:
        """What was said."""
        return Report(**self.cleaned_data)

    def refuse(self, why: str, seen: int) -> None:
        """Show why it was not kept; who has read that may save again."""
        self.add_error(None, why)
        self.carry_on(seen)


class RecordPage(BookingPages):
    """Adds the page on which a meeting that has begun is recorded."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("record", self.record_view), *super().get_urls()]

    def record_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how it went, then keep it through the lifecycle."""
        # Before the booking is read: whatever comes between is then refused, not overwritten.
        seen, now = outcomes.last_line(pk), now_of(request)
        booking = self.to_change(request, pk, "record")
        if not outcomes.is_open(booking, now):
            messages.error(request, "This meeting hasn’t begun, or was cancelled.")
            return self.back(request, pk)
        mailed = outcomes.mailed(booking)
        posted = request.POST if request.method == "POST" else None
        form = RecordForm(booking, posted, initial=_as_it_stands(booking, mailed, seen))
        if form.is_bound and form.is_valid() and _record(request, booking, form, now):
            return self.back_to_list(request, pk)
        costs = policy.fee_told(policy.no_show_fee(booking))
        facts = {"form": form, "mailed": mailed, "words": _words(booking), "no_show_costs": costs}
        return self.page(request, "record", f"How did {booking} go?", booking, **facts)


def _as_it_stands(booking: Booking, mailed: list[Mailed], seen: int) -> dict[str, Any]:
    """Fill the form; a second mail, or one that was not wanted, must be asked for."""
    waits = any(mail.waits for mail in mailed)
    return {
        "attendance": booking.attendance,
        "outcome": booking.outcome,
        "with_mail": waits or not (booking.outcome or mailed),
        "charges": not booking.attendance or bool(booking.no_show_fee),
        "seen": seen,
    }


def _words(booking: Booking) -> list[FollowUp]:
    """Return the mail of each outcome; of a session there are none."""
    if not outcomes.ends_in_an_outcome(booking):
        return []
    return FollowUp.objects.of([booking.therapist])


def _record(request: HttpRequest, booking: Booking, form: RecordForm, now: datetime) -> bool:
    try:
        kept = lifecycle.record(booking.pk, form.report, by=by_of(request), now=now)
    except NotBookableError as refusal:
        form.refuse(refusals.words(refusal, now), outcomes.last_line(booking.pk))
        return False
    _tell(request, booking, form.report)
    if kept.no_show_fee and kept.owed_label:
        messages.info(request, f"{booking.client} owes {kept.owed_label}. No email tells them.")
    return True


def _tell(request: HttpRequest, booking: Booking, report: Report) -> None:
    """Say what became of it, without a word that would show the outcome."""
    messages.success(request, f"Recorded: {booking.client}, {booking.date_label}.")
    hint = "To take it back, come here again before then: untick it, or choose another outcome."
    tell_of_mail(request, booking, report, hint)
