"""The mails after a consultation: each therapist's own words, or those that came with Kicks."""

from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from availability import access
from availability.models import Therapist
from bookings.errors import BusyError
from bookings.lifecycle import refusing
from bookings.models import FollowUp
from desk import page_state
from desk.page_state import STATE, Shown, Told
from front.forms import CleanField
from prose.cleaning import many_lines

# Of the page, as its state is signed for.
NAME = "follow_ups"


class FollowUpForm(forms.ModelForm):  # type: ignore[type-arg]
    """One mail. Cleaned before it is compared: a browser's line ends change nothing."""

    class Meta:
        model = FollowUp
        fields = ("is_on", "subject", "body")
        field_classes = {"subject": CleanField, "body": partial(CleanField, cleaned=many_lines)}
        widgets = {
            "is_on": UnfoldBooleanWidget,
            "subject": UnfoldAdminTextInputWidget,
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        }

    @property
    def whose(self) -> int:
        """The therapist's id."""
        return int(self.instance.therapist_id)

    def keep(self) -> None:
        """Store what differs from what stood on the page, also if another was quicker."""
        mail = self.instance
        FollowUp.objects.update_or_create(
            therapist_id=mail.therapist_id, outcome=mail.outcome, defaults=self.cleaned_data
        )


def follow_ups(request: HttpRequest) -> HttpResponse:
    """Show the mails of each therapist whose words this person may read, and keep the changes."""
    _require(request, "view")
    therapists = list(access.therapists_of(request.user))
    if request.method != "POST":
        return _page(request, therapists, _forms(therapists))
    _require(request, "change")
    try:
        with refusing(BusyError()), transaction.atomic():
            return _kept(request, therapists, request.POST.copy())
    except BusyError:
        told = Told(request.POST.get(STATE, ""), is_busy=True)
        return _page(request, therapists, _forms(therapists, request.POST), told)


def _kept(request: HttpRequest, therapists: list[Therapist], data: QueryDict) -> HttpResponse:
    """Keep what was posted, once nobody else writes it; or show it again, with what is the matter.

    A mail that nobody changed has no row yet: it is the therapists' rows that are held.
    """
    whose = [one.pk for one in therapists]
    rows = Therapist.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.filter(pk__in=whose).values("pk"))
    stored = [Shown(str(form.prefix), form) for form in _forms(therapists)]
    told = page_state.told(stored, data, NAME)
    mails = _forms(therapists, data)
    if told or not all([form.is_valid() for form in mails]):  # noqa: C419, all have their say
        return _page(request, therapists, mails, told)
    for form in mails:
        if form.has_changed():
            form.keep()
    messages.success(request, "Saved. It counts for the emails to come.")
    return redirect("follow_ups")


def _page(
    request: HttpRequest,
    therapists: list[Therapist],
    mails: list[FollowUpForm],
    told: Told | None = None,
) -> HttpResponse:
    state = request.POST.get(STATE) or _state(mails)
    context = {
        **site.each_context(request),
        "title": "Follow-up emails",
        "groups": [(one, [form for form in mails if form.whose == one.pk]) for one in therapists],
        "told": told or Told(state),
        "wrong": any(form.errors for form in mails),
        "may_change": request.user.has_perm("bookings.change_followup"),
    }
    return TemplateResponse(request, "desk/mail/follow_up_mails.html", context)


def _require(request: HttpRequest, right: str) -> None:
    if not request.user.has_perm(f"bookings.{right}_followup"):
        raise PermissionDenied


def _forms(therapists: list[Therapist], posted: QueryDict | None = None) -> list[FollowUpForm]:
    return [
        FollowUpForm(posted, instance=mail, prefix=f"{mail.therapist_id}-{mail.outcome}")
        for mail in FollowUp.objects.of(therapists)
    ]


def _state(mails: list[FollowUpForm]) -> str:
    return page_state.signed([Shown(str(form.prefix), form) for form in mails], NAME)
