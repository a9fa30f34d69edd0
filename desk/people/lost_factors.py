"""The owner's press for a colleague who has lost every second factor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from bookings.errors import BusyError
from desk import refusals
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.people import person
from desk.people.page import owner_of
from desk.sign_in.password_again import password_asked_again_from
from staff import people


@owners_only
@require_POST
@password_asked_again_from("person")
def lost_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a colleague's factors away and end their sessions; one's own are on one's own page."""
    owner, now = owner_of(request), now_of(request)
    others = people.everybody().filter(is_active=True).exclude(pk=owner.pk)
    name = people.name_of(get_object_or_404(others, pk=pk))
    try:
        person.begin_anew(pk, by=owner, now=now)
    except BusyError as busy:
        messages.error(request, refusals.words(busy, now))
    else:
        messages.success(
            request,
            f"{name} is signed out everywhere, and sets up a new second factor after the password.",
        )
    return redirect("person", pk)
