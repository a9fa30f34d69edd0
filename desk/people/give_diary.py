"""The page that gives a diary to somebody else, as long as it holds nothing of anybody's."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.widgets import UnfoldAdminSelectWidget

from availability.models import Therapist
from bookings.by import By
from bookings.lifecycle import lock_diary
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.people.page import REFUSALS, owner_of, page, refuse
from desk.people.person import is_used, one_at_a_time
from desk.people.person_form import MEETS_CLIENTS
from desk.seen_form import SeenForm
from desk.sign_in.password_again import password_asked_again
from staff import people
from staff.models import SecurityEvent
from staff.roles import role_of
from staff.security_events import write_down


class NewOwnerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by their names."""

    def label_from_instance(self, obj: User) -> str:
        return people.name_of(obj)


class GiveForm(SeenForm):
    """To whom; `seen` is whose it is."""

    to = NewOwnerChoice(User.objects.none(), label="Whose it is", widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        to: Any = self.fields["to"]
        free = people.everybody().filter(is_active=True, therapist__isnull=True)
        to.queryset = free

    def clean_to(self) -> User:
        to: User = self.cleaned_data["to"]
        if role_of(to) not in MEETS_CLIENTS:
            raise forms.ValidationError(
                "Make them a therapist first: in their role they meet nobody."
            )
        return to


@owners_only
@password_asked_again
def give_diary(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whose it is from now on, and write that down."""
    diary = get_object_or_404(Therapist.objects.select_related("user"), pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = GiveForm(posted, initial={"seen": diary.user_id})
    if form.is_bound and form.is_valid() and _give(request, form, diary):
        messages.success(request, f"{diary} is {people.name_of(form.cleaned_data['to'])}’s now.")
        return redirect("person", form.cleaned_data["to"].pk)
    facts = {"form": form, "diary": diary, "is_used": is_used(diary)}
    return page(request, "give_diary", f"Whose diary is {diary}?", **facts)


def _give(request: HttpRequest, form: GiveForm, diary: Therapist) -> bool:
    """Give it away; or put into the form why that can't be."""
    to, by, now = form.cleaned_data["to"], owner_of(request), now_of(request)
    try:
        with one_at_a_time(by):
            lock_diary(diary.pk, by=By.therapist(by))  # nobody books in it meanwhile
            diary.refresh_from_db(fields=["user"])
            is_as_seen = diary.user_id == form.cleaned_data["seen"]
            if not is_as_seen or is_used(diary) or Therapist.objects.filter(user=to).exists():
                form.carry_on(diary.user_id)
                form.add_error(None, "It can no longer be given away: look again.")
                return False
            Therapist.objects.filter(pk=diary.pk).update(user=to)
            event = SecurityEvent.Kind.OWNERSHIP_CHANGED
            write_down(event, user_id=by.pk, now=now, about=f"therapist:{diary.pk}")
    except REFUSALS as why:
        refuse(request, form, why)
        return False
    return True
