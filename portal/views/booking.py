"""One booking, on its client's own page: how it stands, and its file for a calendar."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import fee_words
from bookings.models import Booking
from bookings.notices import invites, reminders
from bookings.notices.booking_invite import invite_for, party, sentence
from bookings.notices.invites import Invite
from bookings.notices.summary import card, history
from front.choice import Choice
from front.places import told_card
from front.requests import zone_of
from front.visitor import is_by_mail, known_client
from front.zones import beside
from portal import endings
from portal.access import client_page, granted, is_open
from prose.dates import moment_label, slot_value
from prose.names import greeting_name


@client_page
@require_safe
def booking(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The booking as it stands now, for as long as the link lives."""
    now = timezone.now()
    found = granted(request, uid, now)
    prefetch_related_objects([found], "events")  # read once, for what follows
    context = {
        **_standing(found, now, alone=not is_by_mail(request, found)),
        **(_changes(found, now) if is_open(found, now) else {}),
        "place": told_card(found) if not found.is_cancelled and found.end > now else None,
        **_said(request, is_open=is_open(found, now)),
        "clock": beside(found.time_label, found.start, zone_of(request)),
    }
    if found.is_cancelled:
        context |= _ended(request, found, now)
        return render(request, "portal/cancelled.html", context)
    if context["just_moved"]:
        context["ending"] = endings.changed(found)
    return render(request, "portal/booking.html", context)


def _standing(found: Booking, now: datetime, *, alone: bool) -> dict[str, Any]:
    """What the page says of any booking, be it over or cancelled.

    Who didn't come by mail may be anybody: they read of the booking `alone` what they typed.
    """
    invite = _invite(found, alone=alone)
    greeting = greeting_name(found.typed_name) if alone else None
    return {
        "practice": found.therapist.practice,
        "booking": card(found, now, greeting),
        "email": found.typed_email if alone else found.client.email,
        "alone": alone,
        "remind_words": reminders.words(found, now, alone=alone),
        "ics_url": reverse("ics", args=[found.uid]),
        "google_url": invites.google_link(invite),
        "outlook_url": invites.outlook_link(invite),
        "calendar_words": sentence(invite),
        "wants_reminders": reminders.are_wanted(found, alone=alone),
        "reminders_url": reverse("reminders", args=[found.uid]),
        "history": history(found),
        "policy": found.policy,
        "fee": found.fee_label,
    }


def _ended(request: HttpRequest, found: Booking, now: datetime) -> dict[str, Any]:
    """What the page says of one that is cancelled: what is owed, and how to book again."""
    return {
        "ending": endings.cancelled(found),
        "when": moment_label(found.start),
        "just_cancelled": "cancelled" in request.GET,
        "again": _again(request, found, now),
    }


def _again(request: HttpRequest, found: Booking, now: datetime) -> dict[str, str]:
    """Return the way to book another: to the times of the same, if they can book those here."""
    service = found.service
    service.therapist = found.therapist  # the same row, read already
    offered = service.is_active and service.therapist.is_active and service.takes_bookings
    if not offered or found.format not in service.formats:
        return {"url": reverse("book"), "label": "See what you can book"}
    if service.for_clients and known_client(request, now) is None:
        return {"url": reverse("sessions"), "label": "Get a link to book another time"}
    return {"url": Choice(service, found.format).link("time"), "label": "Choose another time"}


def _invite(found: Booking, *, alone: bool) -> Invite:
    """What their calendar is told; whoever didn't come by mail is invited as who they typed."""
    typed = party(found.typed_name, found.typed_email) if alone else None
    return invite_for(found, typed)


def _changes(found: Booking, now: datetime) -> dict[str, Any]:
    """What can be done with it while it is to come."""
    return {
        "cancel_url": reverse("cancel", args=[found.uid]),
        "change_url": reverse("change", args=[found.uid]),
        "asked": _asked_to_move(found, now),
        "cancelling": fee_words.of_booking(found, now),
    }


def _said(request: HttpRequest, *, is_open: bool) -> dict[str, bool]:
    """What was done just before, as the page that did it says in the address."""
    said = {"just_booked": "booked", "just_moved": "moved", "reminders_chosen": "reminders"}
    return {name: is_open and word in request.GET for name, word in said.items()}


def _asked_to_move(found: Booking, now: datetime) -> dict[str, str] | None:
    """Return what the client is asked, in words: the time that is proposed and where to take it."""
    if not found.is_asked_to_move:
        return None
    start = found.proposed_start
    if start is None or start <= now:
        return {"proposed": "", "url": ""}
    query = urlencode({"how": found.format, "slot": slot_value(start)})
    return {
        "proposed": moment_label(start),
        "url": f"{reverse('move', args=[found.uid])}?{query}",
    }


@client_page
@require_safe
def ics(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file for "add to calendar"."""
    now = timezone.now()
    found = granted(request, uid, now)
    text = invites.file(_invite(found, alone=not is_by_mail(request, found)), now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
