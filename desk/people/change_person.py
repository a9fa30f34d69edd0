"""The page of one person: their role, and what the owner can do about them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from availability.models import Practice, Therapist
from bookings.errors import BusyError
from desk import refusals
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.people import person
from desk.people.page import REFUSALS, owner_of, page, practice_of, refuse
from desk.people.people_list import lines
from desk.people.person_form import PersonForm
from desk.sign_in.password_again import password_asked_again, password_asked_again_from
from staff import people
from staff.roles import role_of

SEEN = "seen"


@owners_only
@password_asked_again
def change_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who somebody is, and make them what the form says."""
    user, practice = get_object_or_404(people.everybody(), pk=pk), practice_of(request)
    diary = person.diary_of(user)
    form = _form(request, user, has_diary=diary is not None)
    if practice and user.is_active and form.is_bound and form.is_valid():
        if _change(request, form, user, practice):
            messages.success(request, "Saved. It counts from their next page on.")
            return redirect("person", pk)
        user = User.objects.get(pk=pk)
    facts = {
        "form": form,
        "person": next(line for line in lines() if line.pk == pk),
        "practice": practice,
        "diary": diary,
        "is_active": user.is_active,
        **_ways_in(request, user),
        SEEN: person.state_of(user),
    }
    return page(request, "person", people.name_of(user), **facts)


def _ways_in(request: HttpRequest, user: User) -> dict[str, bool]:
    """Return how the owner may help somebody in: by a link, or past factors that are lost."""
    return {
        "may_be_invited": person.may_be_invited(user),
        "may_begin_anew": person.may_begin_anew(user, by=owner_of(request)),
    }


def _form(request: HttpRequest, user: User, *, has_diary: bool) -> PersonForm:
    """Return the form as they are, or as it was posted."""
    assisted = Therapist.objects.filter(assistants=user)
    initial: dict[str, Any] = {
        "name": people.name_of(user),
        "email": user.email,
        "role": role_of(user),
        "diaries": list(assisted.values_list("pk", flat=True)),
    }
    posted = request.POST if request.method == "POST" else None
    return PersonForm(
        posted,
        initial=initial,
        has_diary=has_diary,
        fixed_email=not person.may_be_corrected(user),
    )


def _change(request: HttpRequest, form: PersonForm, user: User, practice: Practice) -> bool:
    """Change them; or put into the form why that can't be."""
    said, seen = form.cleaned_data, request.POST.get(SEEN, "")
    by, now = owner_of(request), now_of(request)
    try:
        person.change(user.pk, said, practice, seen=seen, by=by, now=now)
    except REFUSALS as why:
        refuse(request, form, why)
        return False
    return True


@owners_only
@require_POST
@password_asked_again_from("person")
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a new link to who has chosen no password yet, or comes back."""
    user, practice = get_object_or_404(people.everybody(), pk=pk), practice_of(request)
    if practice is None:
        return redirect("people")
    try:
        invited = person.invite_again(user.pk, practice, by=owner_of(request), now=now_of(request))
    except BusyError as busy:
        messages.error(request, refusals.words(busy, now_of(request)))
        return redirect("person", pk)
    if invited:
        messages.success(request, f"A new link leaves now for {invited.email}.")
    else:
        messages.info(request, "Nothing was sent: they have a password, or no address is known.")
    return redirect("person", pk)
