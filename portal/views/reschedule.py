"""The client changes a booking: another time, or another way to meet, in two pages."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from availability.models import Format, Place
from bookings import lifecycle, policy, slots
from bookings.by import By
from bookings.errors import NotBookableError, TimeRefusedError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices.summary import card
from front import refusals
from front.picker import Choice
from front.requests import UNPROCESSABLE, param, private, zone_of
from front.views.details import places_of, when_label
from front.views.times import times_page
from portal.access import granted
from portal.forms import MoveForm
from prose.dates import UK, moment_label, parse_slot

SAME = "That’s the time you have now. Choose another, or go back to keep it."


@private
@require_safe
def change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Show the free times, its own among them: it may keep that and change how we meet."""
    found = granted(request, uid)
    if not _is_open(found):
        return redirect("booking", uid)
    return _times(request, found)


def _is_open(booking: Booking) -> bool:
    return not booking.is_cancelled and booking.start > timezone.now()


def _choice(request: HttpRequest, booking: Booking) -> Choice:
    """Return the booking's service in the way that the address names, or else in its own."""
    how, offered = param(request, "how"), booking.service.formats
    booking.service.therapist = booking.therapist  # the same row, read already
    return Choice(
        service=booking.service,
        format=how if how in offered else booking.format,
        zone=zone_of(request),
        moves=str(booking.uid),
        moving=int(booking.start.timestamp()),
        length=booking.seconds,
    )


def _times(request: HttpRequest, booking: Booking, **facts: Any) -> HttpResponse:
    choice = _choice(request, booking)
    ways = [
        {"label": Format(fmt).label, "url": replace(choice, format=fmt).link("time")}
        for fmt in booking.service.formats
        if fmt != choice.format
    ]
    extra = {"moving": card(booking, timezone.now()), "clock": booking.time_label, "ways": ways}
    return times_page(request, choice, "", extra=extra, **facts)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask once more, then move. A POST without a chosen option changes nothing."""
    found = granted(request, uid)
    if not _is_open(found):
        return redirect("booking", uid)
    start = parse_slot(param(request, "slot"))
    if start is None:
        return _times(request, found, error="Choose a time")
    choice = _choice(request, found)
    try:
        places = _free_places(found, choice, start)
    except NotBookableError as refusal:
        if _moved_meanwhile(found, start, choice):
            return redirect(f"{reverse('booking', args=[uid])}?moved=1")
        return _times(request, found, error=refusals.words(refusal), missed=start)
    if request.method != "POST" and _is_same(found, choice, start, places):
        return _times(request, found, error=SAME)
    fee = policy.late_move_fee(found, start, timezone.now())
    shown = {"seen": found.sequence, "told": policy.fee_told(fee)}
    form = MoveForm(request.POST or None, places=places, initial=shown)
    answer = _decide(request, found, choice, start, form) if form.is_valid() else None
    return answer or _ask(request, found, choice, start, form)


def _is_same(booking: Booking, choice: Choice, start: datetime, places: list[Place]) -> bool:
    """Whether the booking would stay as it is wherever they chose to meet."""
    here = (booking.start, booking.format, [booking.place_id])
    return (start, choice.format, [place.pk for place in places]) == here


def _moved_meanwhile(booking: Booking, start: datetime, choice: Choice) -> bool:
    """Whether the button was pressed twice, and the other press has moved it there just now."""
    later = Booking.objects.holding().filter(pk=booking.pk, sequence__gt=booking.sequence)
    return later.filter(during__startswith=start, format=choice.format).exists()


def _free_places(booking: Booking, choice: Choice, start: datetime) -> list[Place]:
    """Return where the new time can be had; one that stays or was proposed needs no notice."""
    free = slots.require_free(
        choice.service,
        choice.format,
        start,
        timezone.now(),
        visitor=booking.visitor,
        moving=choice.moving,
        length=choice.length,
        by_client=start not in (booking.start, booking.proposed_start),
    )
    return [place for place in places_of(choice) if place.pk in free]


def _decide(
    request: HttpRequest, booking: Booking, choice: Choice, start: datetime, form: MoveForm
) -> HttpResponse | None:
    """Do what was decided; None, with the reason in the form, if that cannot be done."""
    said, here = form.cleaned_data, reverse("booking", args=[booking.uid])
    if said["decision"] == MoveForm.NO:
        return redirect(here)
    client, now = By.client(), timezone.now()
    to = Change(start, choice.format, form.chosen_place, said["seen"])
    if to.seen == booking.sequence and _is_same(booking, choice, start, [to.place]):
        return redirect(here)  # nothing was changed, so nothing is said to be
    try:
        policy.require_told(policy.late_move_fee(booking, start, now), said["told"])
        lifecycle.reschedule(booking.pk, to, by=client, now=now, reason=said["reason"])
    except TimeRefusedError as refusal:
        return _times(request, booking, error=refusals.words(refusal), missed=start)
    except NotBookableError as refusal:
        form.add_error(None, refusals.words(refusal))
        # The page shows it as it stands now: who confirms again has seen that.
        booking.refresh_from_db()
        told = policy.fee_told(policy.late_move_fee(booking, start, now))
        form.data = {**request.POST.dict(), "seen": booking.sequence, "told": told}
        return None
    return redirect(f"{here}?moved=1")


def _ask(
    request: HttpRequest, booking: Booking, choice: Choice, start: datetime, form: MoveForm
) -> HttpResponse:
    day = start.astimezone(UK).date().isoformat()
    now = timezone.now()
    fee = policy.late_move_fee(booking, start, now)
    context = {
        "practice": booking.therapist.practice,
        "booking": card(booking, now),
        "policy": booking.policy,
        "is_late": policy.is_late_move(booking, now),
        "late_fee": policy.fee_told(fee),
        "free_until": moment_label(policy.move_free_until(booking)),
        "when": when_label(start, booking.end - booking.start),
        "how": str(choice.format_label),
        "form": form,
        "back_url": choice.link("time", day=day),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/move.html", context, status=status)
