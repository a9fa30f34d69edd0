"""The client changes a booking: another time, or another way to meet, in two pages."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from availability.models import Format, Place
from bookings import fee_words, lifecycle, policy, slots
from bookings.by import By
from bookings.errors import NotBookableError, TimeRefusedError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices.summary import card
from bookings.policy import ToldOfMove
from front import refusals
from front.choice import Choice
from front.requests import zone_of
from front.responses import UNPROCESSABLE
from front.times_page import Times, times_page
from portal.access import client_page, granted, is_open
from portal.forms import MoveForm
from prose.dates import UK, moment_label, parse_slot, when_label
from prose.parameters import param

SAME = "That’s the time you have now. Choose another, or go back to keep it."


@dataclass(frozen=True, slots=True)
class Move:
    """A booking, the way and the time to which the address moves it, and the moment of asking."""

    booking: Booking
    choice: Choice
    start: datetime
    now: datetime

    @property
    def told(self) -> ToldOfMove:
        """What it costs at that moment, and what cancelling costs from then on."""
        return policy.told_of_move(self.booking, self.start, self.now)

    @property
    def shown(self) -> dict[str, Any]:
        """What the page carries of what it shows."""
        told = self.told
        return {"seen": self.booking.sequence, "told": told.fee, "then": told.then}

    def form(self, request: HttpRequest, places: list[Place]) -> MoveForm:
        """Return the form that asks once more, whether for another time or only for another way."""
        return MoveForm(
            request.POST or None,
            places=places,
            booking=self.booking,
            keeps_time=self.start == self.booking.start,
            initial=self.shown,
        )

    def free_places(self) -> list[Place]:
        """Return where the time can be had; one that stays or was proposed needs no notice."""
        free = slots.require_free(
            self.choice.service,
            self.choice.format,
            self.start,
            self.now,
            visitor=self.booking.visitor,
            moving=self.choice.moving,
            length=self.choice.length,
            by_client=self.start not in (self.booking.start, self.booking.proposed_start),
        )
        return [place for place in self.choice.places() if place.pk in free]

    def is_same(self, places: list[Place]) -> bool:
        """Whether the booking would stay as it is wherever they chose to meet."""
        here = (self.booking.start, self.booking.format, [self.booking.place_id])
        return (self.start, self.choice.format, [place.pk for place in places]) == here

    def is_done(self) -> bool:
        """Whether the button was pressed twice, and the other press has moved it just now."""
        booking = self.booking
        later = Booking.objects.holding().filter(pk=booking.pk, sequence__gt=booking.sequence)
        return later.filter(during__startswith=self.start, format=self.choice.format).exists()


@client_page
@require_safe
def change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Show the free times. Its own is among them only where it may be kept: to meet another way."""
    now = timezone.now()
    found = granted(request, uid, now)
    if not is_open(found, now):
        return redirect("booking", uid)
    return _times(request, found, now)


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


def _would_stay(booking: Booking, choice: Choice) -> bool:
    """Whether its own time could only be had where and how it is."""
    here = [booking.place_id]
    return choice.format == booking.format and [place.pk for place in choice.places()] == here


def _times(request: HttpRequest, booking: Booking, now: datetime, **why: Any) -> HttpResponse:
    """Show the free times; `why` again, as in `Times`."""
    choice = _choice(request, booking)
    if _would_stay(booking, choice):
        choice = replace(choice, hides=choice.moving)
    ways = [
        {"label": Format(fmt).label, "url": replace(choice, format=fmt).link("time")}
        for fmt in booking.service.formats
        if fmt != choice.format
    ]
    moving = {"moving": card(booking, now), "clock": booking.time_label, "ways": ways}
    return times_page(request, Times(choice, **why), now, moving)


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask once more, then move. A POST without a chosen option changes nothing."""
    found = granted(request, uid, now := timezone.now())
    if not is_open(found, now):
        return redirect("booking", uid)
    start = parse_slot(param(request, "slot"))
    if start is None:
        return _times(request, found, now, error="Choose a time")
    asked = Move(found, _choice(request, found), start, now)
    try:
        places = asked.free_places()
    except NotBookableError as refusal:
        return _refuse(request, asked, refusal)
    if request.method != "POST" and asked.is_same(places):
        return _times(request, found, now, error=SAME)
    form = asked.form(request, places)
    answer = _decide(request, asked, form) if form.is_valid() else None
    if {"seen", "where"} & form.errors.keys():
        form.show(**asked.shown, where=form.fields["where"].initial)
    return answer or _ask(request, asked, form)


def _refuse(request: HttpRequest, asked: Move, refusal: NotBookableError) -> HttpResponse:
    """Show the times again and say why, unless it is there already."""
    if asked.is_done():
        return _moved(asked)
    error = refusals.words(refusal)
    return _times(request, asked.booking, asked.now, error=error, missed=asked.start)


def _moved(asked: Move) -> HttpResponse:
    return redirect(f"{reverse('booking', args=[asked.booking.uid])}?moved=1")


def _decide(request: HttpRequest, asked: Move, form: MoveForm) -> HttpResponse | None:
    """Do what was decided; None, with the reason in the form, if that cannot be done."""
    said, booking = form.cleaned_data, asked.booking
    told = ToldOfMove(said["told"], said["then"])
    to = Change(asked.start, asked.choice.format, form.chosen_place, said["seen"], told)
    # Where nothing was changed, nothing is said to be.
    stays = to.seen == booking.sequence and asked.is_same([to.place])
    if said["decision"] == MoveForm.NO or stays:
        return redirect("booking", booking.uid)
    try:
        lifecycle.reschedule(booking.pk, to, by=By.client(), now=asked.now, reason=said["reason"])
    except TimeRefusedError as refusal:
        error = refusals.words(refusal)
        return _times(request, booking, asked.now, error=error, missed=asked.start)
    except NotBookableError as refusal:
        _say_in(form, asked, refusal)
        return None
    return _moved(asked)


def _say_in(form: MoveForm, asked: Move, refusal: NotBookableError) -> None:
    """Put the reason in the form, with the booking as it stands: who confirms again has seen it."""
    form.add_error(None, refusals.words(refusal))
    asked.booking.refresh_from_db()
    form.name_places(asked.booking)
    form.show(**asked.shown, where=form.fields["where"].initial)


def _ask(request: HttpRequest, asked: Move, form: MoveForm) -> HttpResponse:
    booking, start = asked.booking, asked.start
    context = {
        "practice": booking.therapist.practice,
        "booking": card(booking, asked.now),
        "policy": booking.policy,
        "is_late": policy.is_late_move(booking, asked.now),
        "late_fee": asked.told.fee,
        "cancelling": fee_words.once_moved(booking, start, asked.now),
        "free_until": moment_label(policy.move_free_until(booking)),
        "when": when_label(start, start + (booking.end - booking.start)),
        "how": str(asked.choice.format_label),
        "here": ", ".join(booking.where.lines),
        "there": list(form.words.values()),
        "form": form,
        "back_url": asked.choice.link("time", day=start.astimezone(UK).date().isoformat()),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "portal/move.html", context, status=status)
