"""Who may open which of a client's pages: by a private link, or in the browser that booked.

The token is swapped for the session at once, so that it leaves the address bar, the history's
next entries and every Referer. Opening a link changes nothing else: programs that look through
mail open links too. What it would confirm, or end, waits for one press. Whatever is closed gets
one and the same page: a guess, a link that has ended, and a booking that this browser may not see.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec

from django.db.models import Exists, Model, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from availability.models import Practice
from bookings import lifecycle
from bookings.models import Booking
from bookings.notices import keys
from clients import proof
from clients.models import AccessLink, PrivacyNotice
from front.requests import wanted_of
from front.responses import UNPROCESSABLE, private, too_many
from front.visitor import (
    CLIENT_LINK,
    LINKS,
    PERSON,
    STOP_LINK,
    UNPRESSED,
    WANTED,
    begin_anew,
    came_by_mail,
    remember,
)
from portal import kept_answer

LONGEST_TOKEN = 64
CLOSED = 404
SHOWN = (200, UNPROCESSABLE)
Purpose = AccessLink.Purpose

P = ParamSpec("P")


class ClosedError(Exception):
    """What was asked for does not open here; the page says nothing of why."""


def client_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Keep a client's page out of every cache and index, and answer alike whatever is closed.

    A form that was sent in vain is answered at an address of its own.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except ClosedError:
            context = {"practice": Practice.objects.first()}
            return render(request, "portal/closed.html", context, status=CLOSED)
        if request.method == "POST" and answer.status_code == UNPROCESSABLE:
            return kept_answer.lead_to(request, answer)
        # Only where the page opens still: what was kept may be of a link that has ended.
        is_open = answer.status_code in SHOWN and kept_answer.AGAIN in request.GET
        return (kept_answer.kept(request) if is_open else None) or answer

    return private(wrapped)


def granted(request: HttpRequest, uid: uuid.UUID, now: datetime) -> Booking:
    """Return the booking if a link that opened this session to it stands; closed for any other.

    That is a link to the booking, or to its client's pages. It is asked at each request: a link
    that is revoked closes the pages that are open by it.
    """
    theirs = AccessLink.objects.standing(now).filter(client=OuterRef("client"))
    opened_by = theirs.filter(
        Q(pk__in=request.session.get(LINKS, []), about=keys.about_booking(uid))
        | Q(pk=request.session.get(CLIENT_LINK, 0))
    )
    booking = Booking.objects.whole().filter(Exists(opened_by), uid=uid).first()
    if booking is None:
        raise ClosedError
    return booking


def is_open(booking: Booking, now: datetime) -> bool:
    """Whether its client may still change it: it stands, and has not begun."""
    return not booking.is_cancelled and booking.start > now


def opened(request: HttpRequest, token: str, now: datetime) -> AccessLink | HttpResponse:
    """Return the link that a token opens, or the page for whoever tries too often; else closed."""
    refused = too_many(request, "link-address")
    if refused:
        return refused
    found = AccessLink.objects.opened_by(token, now) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise ClosedError
    return found


@dataclass(frozen=True)
class Asked:
    """A link that was opened in this browser, and the booking that it is about, if it is."""

    link: AccessLink
    booking: Booking | None

    @property
    def is_proven(self) -> bool:
        """Whether nothing is left that its reader could confirm."""
        return self.link.client.is_proven and (self.booking is None or self.booking.is_proven)

    @cached_property
    def notice(self) -> PrivacyNotice | None:
        """What its reader has yet to be shown of how their data is kept; None if they know.

        They know where they agreed as they booked, which a press on this very page confirms.
        """
        agreed = self.booking is not None and self.booking.notice_id is not None
        return None if agreed else proof.notice_to_show(self.link.client)

    def waits(self, now: datetime) -> bool:
        """Whether a press would change something: confirm whose it is, or end older links.

        Whom the practice booked for has yet to read the privacy notice: that waits too.
        """
        return not self.is_proven or self.notice is not None or self.link.older(now).exists()


def come_in(request: HttpRequest, found: AccessLink, now: datetime) -> str:
    """Swap a link for the session; return the address that it leads to, or that of the press."""
    asked = _asked(found)
    _enter(request, found)
    wanted = wanted_of(request)
    if wanted and asked.booking is None:
        choice, slot = wanted
        request.session[WANTED] = choice.link("details", slot=slot)
    if asked.waits(now):
        request.session[UNPRESSED] = found.pk
        return reverse("open")
    return let_in(request, asked)


def unpressed(request: HttpRequest, now: datetime) -> Asked:
    """Return what was opened here and waits for a press, as long as its link stands."""
    theirs = AccessLink.objects.standing(now).filter(pk=request.session.get(UNPRESSED, 0))
    found = theirs.select_related("client").first()
    if found is None:
        raise ClosedError
    return _asked(found)


def press(request: HttpRequest, asked: Asked, now: datetime) -> str:
    """Do what the link is for: whoever presses reads the mail of its address.

    What was typed with the booking is theirs from now on, and older links end if it was asked for.
    Repeating it changes nothing. Returns the address that the link leads to.
    """
    asked.link.older(now).revoke(now)
    if asked.notice:
        proof.show_notice(asked.link.client, request.POST.get("notice", ""), now)
    if asked.booking:
        lifecycle.prove(asked.booking, now=now)
    else:
        proof.prove(asked.link.client, now)
    return let_in(request, asked)


def let_in(request: HttpRequest, asked: Asked) -> str:
    """Let this session be the reader's of the mail; return the address that the link leads to."""
    if asked.booking is None:
        request.session[CLIENT_LINK] = asked.link.pk
        return str(request.session.pop(WANTED, "")) or reverse("book")
    remember(request, asked.link)
    came_by_mail(request, asked.booking)
    return reverse("booking", args=[asked.booking.uid])


def let_cancel(request: HttpRequest, asked: Asked) -> str:
    """Let in who says that the booking isn't theirs: to see and to cancel it; nothing is confirmed.

    Raises `ClosedError` for a link that is about no booking.
    """
    if asked.booking is None:
        raise ClosedError
    remember(request, asked.link)
    return reverse("cancel", args=[asked.booking.uid])


def come_to_stop(request: HttpRequest, found: AccessLink) -> None:
    """Swap a link that stops reminders for the session, which then can do that and no more."""
    require_may_stop(found)
    _enter(request, found)
    request.session[STOP_LINK] = found.pk


def require_may_stop(found: AccessLink) -> None:
    """Refuse the links by which sessions are booked: no mail names them as the way to stop.

    Reminders of a release before name the link to their booking.
    """
    if found.purpose != Purpose.REMINDERS and keys.booking_of(found.about) is None:
        raise ClosedError


def link_to_stop(request: HttpRequest, now: datetime) -> AccessLink:
    """Return the link by which this browser may stop reminders, as long as it stands."""
    theirs = AccessLink.objects.standing(now).filter(pk=request.session.get(STOP_LINK, 0))
    found = theirs.select_related("client").first()
    if found is None:
        raise ClosedError
    return found


def _asked(found: AccessLink) -> Asked:
    """Return what a link is for; closed for one that opens nothing."""
    booking = _booking_of(found)
    if booking is None and found.about != keys.about_client(found.client_id):
        raise ClosedError
    if found.purpose == Purpose.REMINDERS:
        raise ClosedError  # it stops reminders
    return Asked(found, booking)


def _booking_of(found: AccessLink) -> Booking | None:
    uid = keys.booking_of(found.about)
    theirs = Booking.objects.select_related("client", "service").filter(client=found.client_id)
    return theirs.defer("note").filter(uid=uid).first() if uid else None


def _enter(request: HttpRequest, found: AccessLink) -> None:
    """Let this session be the client's: with a new key, and anew if it may be somebody else's."""
    if request.session.get(PERSON) == found.client_id:
        request.session.cycle_key()
    else:
        begin_anew(request)
    request.session[PERSON] = found.client_id


def into_session(
    request: HttpRequest,
    token: str,
    opened_by: Callable[[str], Model | None],
    kept_as: str,
    page: str,
) -> HttpResponse:
    """Swap a token for the row that it opens, for the `page` whose button acts; nothing else does.

    The session keeps the row's id as `kept_as`. Raises `ClosedError` if the token opens none.
    """
    refused = too_many(request, "confirm-address")
    if refused:
        return refused
    found = opened_by(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise ClosedError
    begin_anew(request)
    request.session[kept_as] = found.pk
    return redirect(page)
