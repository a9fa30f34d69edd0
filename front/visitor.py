"""Who visits: what a browser's session says of them, and how it begins anew for somebody else.

A session is of one person at a time. It remembers by which private links it was opened, and each
page asks whether these still stand. Nothing of one person's is left when another one's link is
opened or a booking is made, nor when somebody says that they have finished.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token, rotate_token
from django.utils.crypto import salted_hmac

from bookings import holds
from bookings.models import Booking
from bookings.notices import private_links
from clients.models import AccessLink, Client

# What a session says: the client whose it is; the links to bookings, and the one to book sessions,
# by which it was opened; what became of drafts that were booked; under which name it holds times.
PERSON, LINKS, CLIENT_LINK, BOOKED, VISITOR = "person", "links", "client_link", "booked", "visitor"
STOP_LINK, DRAFTS = "stop_link", "drafts"
# To which bookings a mailed link was opened; an address that one was mailed to; what it leads to.
MAILED, PROVEN_ADDRESS, PENDING = "mailed", "address", "pending"
# What was typed into forms that refused it, and what a page answered to one.
REFUSED, ANSWER = "refused", "answer"
# Where the link to a client's pages leads: to what they had chosen before they asked for it.
WANTED = "wanted"
# A mailed link that waits for a press; drafts of before another booking was begun; what changes
# with whoever may sit here.
UNPRESSED, ASIDE, TURN = "unpressed", "aside", "turn"
# The address that a client is to have, by the link that was mailed there.
NEW_ADDRESS = "new_address"
OURS = (
    PERSON,
    LINKS,
    CLIENT_LINK,
    BOOKED,
    VISITOR,
    STOP_LINK,
    DRAFTS,
    MAILED,
    PROVEN_ADDRESS,
    PENDING,
    REFUSED,
    ANSWER,
    WANTED,
    NEW_ADDRESS,
    UNPRESSED,
    ASIDE,
    TURN,
)
MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the name under which they may hold times, and whether we know them as a client."""

    visitor: str = ""
    is_client: bool = False


NOBODY = Viewer()


def known_client(request: HttpRequest, now: datetime) -> Client | None:
    """Return the client who came by a private link in this browser, as long as that stands."""
    pk = request.session.get(CLIENT_LINK)
    link = AccessLink.objects.standing(now).filter(pk=pk).select_related("client") if pk else None
    found = link.first() if link is not None else None
    return found.client if found else None


def is_here(request: HttpRequest) -> bool:
    """Whether this browser has a session of ours, that can be ended."""
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME))


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who looks; somebody without a cookie is nobody yet, and gets none for looking."""
    if not is_here(request):
        return NOBODY
    return Viewer(request.session.get(VISITOR, ""), CLIENT_LINK in request.session)


def visitor_of(request: HttpRequest) -> str:
    """Return the name under which this browser's session holds times; its first call makes one."""
    if VISITOR not in request.session:
        request.session[VISITOR] = secrets.token_urlsafe(16)
    return str(request.session[VISITOR])


def remember(request: HttpRequest, link: AccessLink) -> None:
    """Let this browser see what a link to a booking opens, for as long as the link stands."""
    others = [known for known in request.session.get(LINKS, []) if known != link.pk]
    request.session[LINKS] = [*others, link.pk][-MOST_LINKS:]


def begin_anew(request: HttpRequest) -> None:
    """Let go of all that this browser knows of whoever used it: a session with a new key.

    A browser that was never here gets no cookie for it.
    """
    visitor = request.session.get(VISITOR)
    if visitor:
        holds.let_go(visitor)
    for name in OURS:
        request.session.pop(name, None)
    if request.session.session_key:
        request.session.cycle_key()
    if settings.CSRF_COOKIE_NAME in request.COOKIES:
        rotate_token(request)


def begin_turn(request: HttpRequest) -> None:
    """Let what was typed into a form here be put back into none: whoever is next may be anybody."""
    request.session[TURN] = secrets.token_urlsafe(9)
    request.session.pop(REFUSED, None)  # what a form refused is put back by us


def turn_of(request: HttpRequest) -> str:
    """Return what tells one person's forms from the next one's in this browser."""
    get_token(request)  # makes the secret that META has, where there is none
    turn = request.session.get(TURN, "") if is_here(request) else ""
    return salted_hmac("kicks.turn", f"{request.META['CSRF_COOKIE']} {turn}").hexdigest()[:16]


def begin_booking(request: HttpRequest) -> None:
    """Close the bookings that this browser may see: whoever sends new details may be anybody.

    A client who came by their own link keeps theirs: each step says whom it takes them for.
    """
    if is_here(request) and CLIENT_LINK not in request.session:
        for name in (PERSON, LINKS, MAILED, BOOKED, STOP_LINK, UNPRESSED, PENDING, PROVEN_ADDRESS):
            request.session.pop(name, None)


def finish_booking(request: HttpRequest, draft_id: str, booking: Booking, now: datetime) -> None:
    """Keep nothing of what was typed; let this browser see the booking for a short while.

    The session keeps its key: an answer that gets lost on the way is asked for again with the old
    one, and has to find the booking.
    """
    session = request.session
    if session.get(PERSON) != booking.client_id:
        for name in (LINKS, MAILED, CLIENT_LINK, BOOKED, STOP_LINK):
            session.pop(name, None)
        rotate_token(request)
    session.pop(DRAFTS, None)
    session.pop(REFUSED, None)
    session.pop(ANSWER, None)
    session.pop(ASIDE, None)
    session[PERSON] = booking.client_id
    session[BOOKED] = {**session.get(BOOKED, {}), draft_id: str(booking.uid)}
    remember(request, private_links.browser_link(booking, now))


def booked_as(request: HttpRequest, draft_id: str) -> str:
    """Return the uid of the booking that a draft has become in this browser; empty if none."""
    return str(request.session.get(BOOKED, {}).get(draft_id, ""))


def came_by_mail(request: HttpRequest, booking: Booking) -> None:
    """Note that a link to this booking was opened here that was mailed to its client."""
    uid = str(booking.uid)
    mailed = [known for known in request.session.get(MAILED, []) if known != uid]
    request.session[MAILED] = [*mailed, uid][-MOST_LINKS:]


def is_by_mail(request: HttpRequest, booking: Booking) -> bool:
    """Whether this browser came by its client's mail; else it may be anybody's who typed."""
    session = request.session
    if CLIENT_LINK in session and session.get(PERSON) == booking.client_id:
        return True
    return str(booking.uid) in session.get(MAILED, [])


def has_proven(request: HttpRequest, email: str) -> bool:
    """Whether a link was opened here that was mailed to this very address."""
    return bool(email) and request.session.get(PROVEN_ADDRESS, "").lower() == email.lower()
