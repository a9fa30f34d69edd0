"""The page that adds somebody and invites them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from availability.models import Practice
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.people import person
from desk.people.page import REFUSALS, owner_of, page, practice_of, refuse
from desk.people.person_form import PersonForm
from desk.sign_in.password_again import password_asked_again
from staff.models import Role
from staff.people import name_of


@owners_only
@password_asked_again
def add_person(request: HttpRequest) -> HttpResponse:
    """Ask who it is; then make all that they need, and mail the invitation."""
    practice = practice_of(request)
    posted = request.POST if request.method == "POST" else None
    form = PersonForm(posted, initial={"role": Role.THERAPIST})
    if practice and form.is_bound and form.is_valid():
        made = _add(request, form, practice)
        if made:
            return redirect("person", made.pk)
    return page(request, "add", "Add somebody", form=form, practice=practice)


def _add(request: HttpRequest, form: PersonForm, practice: Practice) -> User | None:
    """Add them; or put into the form why they can't be."""
    by, now = owner_of(request), now_of(request)
    try:
        made = person.add(form.cleaned_data, practice, by=by, now=now)
    except REFUSALS as why:
        refuse(request, form, why)
        return None
    messages.success(request, f"{name_of(made)} is invited: the email leaves now.")
    _say_what_is_missing(request, made)
    return made


def _say_what_is_missing(request: HttpRequest, made: User) -> None:
    diary = person.diary_of(made)
    if diary is None:
        return
    url: Any = reverse("admin:availability_therapist_change", args=[diary.pk])
    words = (
        'They can be booked once there are hours. <a class="underline" href="{}">Enter hours</a>'
    )
    messages.info(request, format_html(words, url))
