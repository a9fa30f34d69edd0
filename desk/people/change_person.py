"""The page of one person: their role, and what the owner can do about them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from availability.models import Practice, Therapist
from bookings.errors import BusyError
from desk import page_state, refusals
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.page_state import STATE, Shown, Told
from desk.people import person
from desk.people.page import REFUSALS, owner_of, page, practice_of, refuse
from desk.people.people_list import lines
from desk.people.person_form import PersonForm
from desk.sign_in.password_again import password_asked_again, password_asked_again_from
from staff import people
from staff.roles import role_of


@owners_only
@password_asked_again
def change_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who somebody is, and make them what the form says."""
    user, practice = get_object_or_404(people.everybody(), pk=pk), practice_of(request)
    form, told = _form(user), None
    state = page_state.signed([Shown("", form)], _name(user))
    if request.method == "POST" and practice and user.is_active:
        stands, form, told = _posted(request, user)
        if not told and form.is_valid() and _change(request, form, user, practice, stands):
            messages.success(request, "Saved. It counts from their next page on.")
            return redirect("person", pk)
        user = User.objects.get(pk=pk)
    told = told or Told(request.POST.get(STATE) or state)
    facts = {"form": form, "told": told, "practice": practice, **_facts(user)}
    return page(request, "person", people.name_of(user), **facts, **_ways_in(request, user))


def _facts(user: User) -> dict[str, Any]:
    """Return what the page says of somebody besides."""
    return {
        "person": next(line for line in lines() if line.pk == user.pk),
        "diary": person.diary_of(user),
        "is_active": user.is_active,
    }


def _ways_in(request: HttpRequest, user: User) -> dict[str, bool]:
    """Return how the owner may help somebody in: by a link, or past factors that are lost."""
    return {
        "may_be_invited": person.may_be_invited(user),
        "may_begin_anew": person.may_begin_anew(user, by=owner_of(request)),
    }


def _posted(request: HttpRequest, user: User) -> tuple[str, PersonForm, Told | None]:
    """Return how they stand, the form as it was posted, and what changed since its page was made.

    What changes after this is found once their lock is held, by how they stood.
    """
    stands, data = person.state_of(user), request.POST.copy()
    told = page_state.told([Shown("", _form(user))], data, _name(user))
    return stands, _form(user, data), told


def _name(user: User) -> str:
    return f"person:{user.pk}"


def _form(user: User, posted: QueryDict | None = None) -> PersonForm:
    """Return the form as they are, or as it was posted."""
    assisted = Therapist.objects.filter(assistants=user)
    initial: dict[str, Any] = {
        "name": people.name_of(user),
        "email": user.email,
        "role": role_of(user),
        "diaries": list(assisted.values_list("pk", flat=True)),
    }
    return PersonForm(
        posted,
        initial=initial,
        has_diary=person.diary_of(user) is not None,
        fixed_email=not person.may_be_corrected(user),
    )


def _change(
    request: HttpRequest, form: PersonForm, user: User, practice: Practice, stands: str
) -> bool:
    """Change who stands like this; or put into the form why that can't be."""
    by, now = owner_of(request), now_of(request)
    try:
        person.change(user.pk, form.cleaned_data, practice, seen=stands, by=by, now=now)
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
