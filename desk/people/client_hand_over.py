"""The page that gives a client to another therapist: their meetings to come go there.

A client belongs to the therapists who meet them. So who has met them before keeps what was, notes
included, and who meets them from now on has what is to come, and nothing that was confided.
"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bookings.by import By
from bookings.errors import BusyError
from bookings.hand_over import Fate, HandOver, hand_over
from bookings.lifecycle import refusing
from bookings.models import Booking
from desk import no_address, refusals
from desk.diary_admin import now_of
from desk.owners_only import owners_only
from desk.people.departure import fingerprint, write_down_handed
from desk.people.fates import Shown, shown
from desk.people.hand_over_form import ClientForm
from desk.people.page import owner_of, page
from desk.sign_in.password_again import password_asked_again


@owners_only
@password_asked_again
def client_hand_over(request: HttpRequest) -> HttpResponse:
    """Ask who goes to whom, show what becomes of each meeting, and do it once it was seen."""
    posted = request.POST if request.method == "POST" else None
    coming = Booking.objects.filter(during__startswith__gt=now_of(request)).holding()
    asked = {name: request.GET.get(name, "")[:20] for name in ("client", "whose")}
    form = ClientForm(coming, posted, initial=asked)
    preview: list[Shown] | None = None
    if form.is_bound and form.is_valid():
        preview = _hand_over(request, form)
        if preview is None and not form.errors:
            return redirect("people")
    return page(
        request,
        "client_hand_over",
        "Give a client to another therapist",
        form=form,
        preview=preview,
    )


def _hand_over(request: HttpRequest, form: ClientForm) -> list[Shown] | None:
    """Hand over what can be, if all was shown as it is; else return what is to be shown."""
    said, now = form.cleaned_data, now_of(request)
    what = HandOver(said["whose"], said["to"], said["reason"], said["client"])
    seen = said["shown"] if "confirmed" in request.POST else None
    try:
        with refusing(BusyError()), transaction.atomic():
            fates = hand_over(what, by=By.therapist(owner_of(request)), now=now)
            if fingerprint(fates) == seen and any(fate.handed for fate in fates):
                write_down_handed(fates, by=owner_of(request), now=now)
                _say(request, said, fates)
                return None
            transaction.set_rollback(True)
    except BusyError as busy:
        form.add_error(None, refusals.words(busy, now))
        return None
    if not fates:
        form.add_error("client", f"{said['client']} has no meeting to come with {said['whose']}.")
    elif seen is not None:
        form.add_error(None, "Something was booked or changed meanwhile. Look again.")
    form.data = {**form.data.dict(), "shown": fingerprint(fates)}  # type: ignore[attr-defined]
    return shown(fates, now)


def _say(request: HttpRequest, said: dict[str, Any], fates: list[Fate]) -> None:
    count = sum(fate.handed is not None for fate in fates)
    meetings = "1 meeting goes" if count == 1 else f"{count} meetings go"
    told = no_address.told(said["client"])
    messages.success(request, f"{meetings} to {said['to']}. {told}")
