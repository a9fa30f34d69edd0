"""Step 4: one last look at everything, and the press that books."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from availability.models import Place
from bookings import lifecycle, pending
from bookings.errors import NotBookableError, TimeRefusedError
from bookings.kept_facts import before_booking
from bookings.lifecycle import Person
from bookings.models import Booking, PendingBooking
from bookings.signed_agreement import FactsChangedError, ShownFacts, shown_facts
from clients import rate_limits
from clients.models import Client
from front import drafts, refusals
from front.choice import Choice
from front.drafts import Draft, details_url
from front.responses import UNPROCESSABLE, look_again, private, too_many_of
from front.visitor import (
    booked_as,
    came_by_mail,
    finish_booking,
    has_proven,
    known_client,
    visitor_of,
)
from front.zones import beside
from prose.cleaning import same_mailbox
from prose.dates import parse_slot, when_label
from prose.misspelt_domains import likely_address

CHANGED = "You changed something in another tab, so nothing is booked yet. Please check it again."
AGAIN = "Nothing is booked yet. Please check this once more, then press the button."
# The button that takes the address as it was probably meant.
MEANT = "meant"


@dataclass(frozen=True, slots=True)
class Step:
    """All that was chosen and answered, as it can be booked."""

    draft: Draft
    draft_id: str
    choice: Choice
    place: Place
    start: datetime
    # Who books, if we know them.
    client: Client | None


@private
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Everything once more, then book."""
    now = timezone.now()
    step = _step(request, draft_id, now)
    if isinstance(step, HttpResponse):
        return step
    if request.method != "POST":
        return _check_page(request, step, now)
    return _mended(request, step) if MEANT in request.POST else _pressed(request, step, now)


def _say(request: HttpRequest, step: Step, notices: Sequence[str]) -> HttpResponse:
    """Lead to the last look, which says why nothing was booked and what is true now."""
    _note(request, step, notices)
    return look_again(request.path)


def _note(request: HttpRequest, step: Step, notices: Sequence[str]) -> None:
    drafts.save(request.session, replace(step.draft, notices=tuple(notices)), step.draft_id)


def _step(request: HttpRequest, draft_id: str, now: datetime) -> Step | HttpResponse:
    """Return what is in the draft as it can be booked now, or else the way to where it can be."""
    booked = booked_as(request, draft_id)
    if booked:
        # The answer was lost on the way, or the back button was pressed: it is booked already.
        return redirect("booking", booked)
    drafts.bring_back(request.session, draft_id, request.POST.get("key", ""))
    draft = drafts.load(request.session, draft_id)
    choice = draft.choice() if draft else None
    if draft is None or choice is None:
        return _start_again()
    done = Booking.objects.made_with(draft.key)
    if done:
        # Another press has booked it just now.
        finish_booking(request, draft_id, done, now)
        return redirect("booking", done.uid)
    client = known_client(request, now) if draft.client_id else None
    if draft.client_id != (client.pk if client else None):
        return _start_again()  # their link has ended, or they were deleted meanwhile
    place, start = _place_of(draft, choice), parse_slot(draft.slot)
    if place is None or start is None:
        return redirect(details_url(draft_id))
    return Step(draft, draft_id, choice, place, start, client)


def _mended(request: HttpRequest, step: Step) -> HttpResponse:
    """Put the address as it was probably meant, as they asked by a press, and show it once more."""
    meant = _meant(step)
    if meant:
        drafts.save(request.session, step.draft.changed(email=meant), step.draft_id)
    return redirect("check", step.draft_id)


def _meant(step: Step) -> str:
    """Return the address without its slip; empty where there is none, or whose it is, is known."""
    return "" if step.client else likely_address(step.draft.email)


def _start_again() -> HttpResponse:
    """Lead to the first step, which says that the details are no longer here."""
    return redirect(f"{reverse('book')}?again=1")


def _place_of(draft: Draft, choice: Choice) -> Place | None:
    return next((place for place in choice.places() if place.pk == draft.place_id), None)


def _pressed(request: HttpRequest, step: Step, now: datetime) -> HttpResponse:
    """Book what the page that was pressed showed, and nothing else.

    Another tab may have changed the answers, and the page of a release before carries nothing.
    """
    key = request.POST.get("key", "")
    if key not in ("", step.draft.key):
        return _say(request, step, [CHANGED])
    shown = ShownFacts.read(request.POST.get("shown", ""), key)
    if shown is None:
        return _say(request, step, [AGAIN])
    refused = _too_often(request, step)
    if refused:
        return refused
    asked = replace(_lifecycle_request(request, step), shown=shown)
    return _book(request, step, asked, now)


def _too_often(request: HttpRequest, step: Step) -> HttpResponse | None:
    """Count the try; a client who came by their link has no part in what strangers use up.

    A mailbox is counted with who asks: nobody learns whether others booked with it.
    """
    if step.client:
        return too_many_of(request, [("book-client", str(step.client.pk))])
    asker = f"{rate_limits.address_of(request.META)} {same_mailbox(step.draft.email)}"
    visitors = rate_limits.visitor_limits("book-address", request.META)
    return too_many_of(request, [*visitors, ("book-email", asker)])


def _book(
    request: HttpRequest, step: Step, asked: lifecycle.Request, now: datetime
) -> HttpResponse:
    try:
        booking = pending.book_or_ask(asked, now)
    except TimeRefusedError as refusal:
        _note(request, step, [refusals.words(refusal)])
        # It shows the times again where this one can't be had, or asks where to meet instead.
        return look_again(details_url(step.draft_id))
    except FactsChangedError as changed:
        return _say(request, step, refusals.changes(changed))
    except NotBookableError as refusal:
        return _say(request, step, [refusals.words(refusal)])
    if isinstance(booking, PendingBooking):
        return redirect("pending", step.draft_id)
    finish_booking(request, step.draft_id, booking, now)
    if asked.person.is_proven:
        came_by_mail(request, booking)
    said = {"booked": "1"} | ({"zone": step.choice.zone} if step.choice.zone else {})
    return redirect(f"{reverse('booking', args=[booking.uid])}?{urlencode(said)}")


def _lifecycle_request(request: HttpRequest, step: Step) -> lifecycle.Request:
    draft = step.draft
    proven = has_proven(request, draft.email)
    return lifecycle.Request(
        service=step.choice.service,
        format=step.choice.format,
        place=step.place,
        start=step.start,
        person=Person(draft.name, draft.email, draft.phone, step.client, is_proven=proven),
        note=draft.note,
        wishes=draft.wishes,
        notice=step.choice.notice,
        key=uuid.UUID(draft.key),
        visitor=visitor_of(request),
    )


def _check_page(request: HttpRequest, step: Step, now: datetime) -> HttpResponse:
    draft, service = step.draft, step.choice.service
    version = 0 if step.client else step.choice.notice_version
    shown = shown_facts(service, step.place, step.start, version, now)
    notices = _with_new_notice(draft.notices, draft, version)
    context = {
        "practice": service.therapist.practice,
        "rows": _rows(step),
        "key": draft.key,
        "price_label": service.price_label,
        "button": f"Book this {service.noun}",
        "known": step.client,
        "meant": _meant(step),
        "back_url": details_url(step.draft_id),
        "notices": notices,
        "is_new_notice": refusals.NOTICE_CHANGED in notices,
        **_terms(shown, draft.key),
    }
    status = UNPROCESSABLE if draft.notices else 200
    return render(request, "front/check.html", context, status=status)


def _terms(shown: ShownFacts, key: str) -> dict[str, str]:
    """What is agreed about changing and cancelling, in general and of this very time; signed."""
    told = {"policy": shown.policy, "cancelling": shown.cancelling}
    return {**told, "shown": shown.signed(key)}


def _with_new_notice(notices: Sequence[str], draft: Draft, version: int) -> Sequence[str]:
    """Say, once, where another notice stands than the draft agreed to."""
    is_said = draft.notice in (0, version) or refusals.NOTICE_CHANGED in notices
    return notices if is_said else [*notices, refusals.NOTICE_CHANGED]


def _where(step: Step) -> str:
    """Say where, as far as it is said before they book, and what may keep somebody from coming."""
    where = ", ".join(before_booking(step.place).lines)
    return "\n".join(filter(None, (where, step.place.steps)))


def _rows(step: Step) -> list[dict[str, str]]:
    """The summary, a row an answer; what a known client was not asked has nothing to change."""
    draft, choice, details = step.draft, step.choice, details_url(step.draft_id)
    start, length = step.start, timedelta(minutes=choice.service.length_minutes)
    when = beside(when_label(start, start + length), start, choice.zone)
    asked = "" if draft.client_id else details
    time_url = choice.link("time", day=draft.slot[:10], draft=step.draft_id)
    rows = [
        ("What", choice.label, choice.link("book", draft=step.draft_id), "what you’re booking"),
        ("When", when, time_url, "the day or time"),
        ("Where", _where(step), details, "where we meet"),
        ("Name", draft.name, asked, "your name"),
        ("Email", draft.email, asked, "your email"),
        ("Phone", draft.phone, asked, "your phone number"),
        ("What brings you here", draft.note, details, "what brings you here"),
        ("Your pronouns", draft.pronouns, details, "your pronouns"),
        ("Languages you speak", draft.languages, details, "the languages you speak"),
        ("What would make it easier", draft.needs, details, "what would make it easier"),
    ]
    return [
        {"label": label, "value": value, "change_url": url, "change_what": what}
        for label, value, url, what in rows
        if value
    ]
