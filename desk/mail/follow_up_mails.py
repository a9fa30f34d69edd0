"""The mails after a consultation: each therapist's own words, or those that came with Kicks."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from availability import access
from availability.models import Therapist
from bookings.models import FollowUp
from front.forms import CleanField
from prose.cleaning import many_lines


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
    posted = request.POST if request.method == "POST" else None
    mails = [_form(mail, posted) for mail in FollowUp.objects.of(therapists)]
    if posted is not None:
        _require(request, "change")
        if all(form.is_valid() for form in mails):
            _keep(mails)
            messages.success(request, "Saved. It counts for the mails to come.")
            return redirect("follow_ups")
    return _page(request, therapists, mails)


def _page(
    request: HttpRequest, therapists: list[Therapist], mails: list[FollowUpForm]
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": "Follow-up mails",
        "groups": [(one, [form for form in mails if form.whose == one.pk]) for one in therapists],
        "wrong": any(form.errors for form in mails),
        "may_change": request.user.has_perm("bookings.change_followup"),
    }
    return TemplateResponse(request, "desk/mail/follow_up_mails.html", context)


def _require(request: HttpRequest, right: str) -> None:
    if not request.user.has_perm(f"bookings.{right}_followup"):
        raise PermissionDenied


def _form(mail: FollowUp, posted: Any) -> FollowUpForm:
    return FollowUpForm(posted, instance=mail, prefix=f"{mail.therapist_id}-{mail.outcome}")


def _keep(mails: list[FollowUpForm]) -> None:
    with transaction.atomic():
        for form in mails:
            if form.has_changed():
                form.keep()
