"""The page by which somebody leaves: it shows what becomes of each meeting, then does it."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from bookings import leave
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.people import person
from desk.people.departure import Departure, LooksOtherwiseError, depart, fingerprint
from desk.people.fates import Shown, shown
from desk.people.hand_over_form import LeaverForm
from desk.people.page import REFUSALS, owner_of, page, refuse
from desk.sign_in.password_again import password_asked_again
from staff import people


@owners_only
@password_asked_again
def leaver(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what becomes of the diary, show what that means, and let them leave once it was seen."""
    user = get_object_or_404(people.everybody().filter(is_active=True), pk=pk)
    diary, now = person.diary_of(user), now_of(request)
    coming = len(list(leave.upcoming([diary.pk], now))) if diary else 0
    posted = request.POST if request.method == "POST" else None
    form = LeaverForm(diary, coming, posted)
    preview: list[Shown] | None = None
    if form.is_bound and form.is_valid():
        preview = _leave(request, form, user)
        if preview is None and not form.errors:
            messages.success(request, f"{people.name_of(user)} can no longer sign in.")
            return redirect("people")
    facts = {"form": form, "person": user, "diary": diary, "coming": coming, "preview": preview}
    return page(request, "leaver", f"{people.name_of(user)} leaves", **facts)


def _leave(request: HttpRequest, form: LeaverForm, user: User) -> list[Shown] | None:
    """Let them leave if all was shown as it is; else return what is to be shown.

    None as well where it is refused: the form then says why.
    """
    said, now = form.cleaned_data, now_of(request)
    asked = Departure(user, said.get("to"), said.get("reason", ""))
    seen = said["shown"] if "confirmed" in request.POST else None
    try:
        depart(asked, seen=seen, by=owner_of(request), now=now)
    except LooksOtherwiseError as otherwise:
        if seen is not None:
            form.add_error(None, "Something was booked or changed meanwhile. Look again.")
        form.data = {**form.data.dict(), "shown": fingerprint(otherwise.fates)}  # type: ignore[attr-defined]
        return shown(otherwise.fates, now)
    except REFUSALS as why:
        refuse(request, form, why)
    return None
