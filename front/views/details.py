"""Steps 3 and 4: your details, then one last look and the press that books."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from availability.models import Place, Service
from bookings import holds, lifecycle, policy, slots
from bookings.by import By
from bookings.errors import NotBookableError, TimeRefusedError
from bookings.lifecycle import Person
from bookings.models import Booking
from bookings.shown_facts import FactsChangedError, ShownFacts, shown_facts
from clients import rate_limits
from clients.models import Client, PrivacyNotice
from front import drafts, refusals
from front.drafts import Draft
from front.forms import DetailsForm, VisitForm
from front.picker import Choice, beside
from front.requests import UNPROCESSABLE, choice_of, param, private, too_many
from front.views.times import times_page
from front.visitor import grant, known_client, viewer_of, visitor_of
from prose.cleaning import same_mailbox
from prose.dates import UK, day_label, moment_label, parse_slot, span_label

CHANGED = "You changed something in another tab, so nothing is booked yet. Please check it again."
AGAIN = "Nothing is booked yet. Please check this once more, then press the button."


@private
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Step 3. With a time in the address and answers in the draft, the draft moves to that time."""
    choice = choice_of(request)
    draft_id, draft = _find_draft(request, choice)
    choice = choice or (draft_choice(draft) if draft else None)
    if choice is None:
        return redirect("book")
    client = known_client(request)
    if choice.service.for_clients and client is None:
        return redirect("sessions")
    slot = param(request, "slot") or (draft.slot if draft else "")
    step, refused = _look(Step(request, choice, slot, draft, draft_id, client))
    if request.method == "POST":
        return _take_answers(step, refused)
    if refused:
        return _refuse(step, refused)
    moves = draft and param(request, "draft") and param(request, "slot")
    return _move_draft(step) if moves else _details_page(step)


def _find_draft(request: HttpRequest, choice: Choice | None) -> tuple[str, Draft | None]:
    """Return the draft that the address names, or the one for the very time that it names.

    The page where the answers were first typed names no draft, and the back button returns there.
    """
    named = param(request, "draft")
    draft = drafts.load(request.session, named)
    if draft or choice is None:
        return named, draft
    return drafts.find(request.session, choice.service.pk, choice.format, param(request, "slot"))


@dataclass(frozen=True, slots=True)
class Step:
    """Where the visitor is: what they chose, what they have answered, who they are if known."""

    request: HttpRequest
    choice: Choice
    slot: str
    draft: Draft | None
    draft_id: str
    client: Client | None
    # The ids of the places where the time can be had; None while it can't.
    free: list[int] | None = None

    def places(self) -> list[Place]:
        """The places among which they can choose: those that are free at the time."""
        places = places_of(self.choice)
        return places if self.free is None else [one for one in places if one.pk in self.free]

    def kind(self) -> type[VisitForm]:
        """The form they are shown: nothing is asked that is known."""
        return VisitForm if self.client else DetailsForm


def _look(step: Step) -> tuple[Step, str]:
    """Keep the time for the visitor, and note where it can be had; or say why it can't be booked.

    One who only looks, or who has chosen too many times already, is told without a hold.
    """
    start = parse_slot(step.slot)
    if start is None:
        return step, "Choose one of these times" if step.slot else "Choose a time"
    request, service, fmt = step.request, step.choice.service, step.choice.format
    now = timezone.now()
    holds_it = request.method != "HEAD" and rate_limits.allow(
        "hold-address", rate_limits.address_of(request.META)
    )
    try:
        if holds_it:
            free = holds.choose(service, fmt, start, visitor_of(request), now)
        else:
            visitor = viewer_of(request).visitor
            free = slots.require_free(service, fmt, start, now, visitor=visitor)
    except NotBookableError as refusal:
        return step, refusals.words(refusal)
    return replace(step, free=free), ""


def _refuse(step: Step, error: str) -> HttpResponse:
    """Show the times again, with the reason why the one in the address cannot be booked."""
    draft = step.draft
    if draft and draft.slot == step.slot and _is_booked(draft):
        return redirect("check", step.draft_id)  # it is theirs: they went back too far
    missed = parse_slot(step.slot)
    # Read anew: while this waited for the diary, somebody else wrote in it.
    choice = replace(step.choice, version=None)
    return times_page(step.request, choice, step.draft_id, error=error, missed=missed)


def _is_booked(draft: Draft) -> bool:
    return Booking.objects.filter(idempotency_key=draft.key).exists()


def _move_draft(step: Step) -> HttpResponse:
    """Put the answers under another time: straight on to the last look, nothing asked twice."""
    draft = step.draft
    if draft is None or draft.client_id != (step.client.pk if step.client else None):
        return _details_page(step)
    kept = any(place.pk == draft.place_id for place in step.places())
    moved = draft.changed(
        service_id=step.choice.service.pk,
        format=step.choice.format,
        slot=step.slot,
        place_id=draft.place_id if kept else 0,
        zone=step.choice.zone,
    )
    drafts.save(step.request.session, moved, step.draft_id)
    return redirect("check", step.draft_id) if kept else redirect(_details_url(step.draft_id))


def _take_answers(step: Step, refused: str) -> HttpResponse:
    """Keep the answers, whatever became of the time meanwhile; show the form again if they lack."""
    tired = too_many(step.request, "form-address")
    if tired:
        return tired
    form = step.kind()(step.request.POST, places=step.places(), initial=_initial(step.draft))
    if not form.is_valid():
        form.fresh()
        return _details_page(step, form)
    answers = _answers(form, step)
    draft = step.draft.changed(**answers) if step.draft else Draft(**answers)
    draft_id = drafts.save(step.request.session, draft, step.draft_id)
    if refused:
        return _refuse(replace(step, draft_id=draft_id), refused)
    return redirect("check", draft_id)


def _details_url(draft_id: str) -> str:
    return f"{reverse('details')}?draft={draft_id}"


def places_of(choice: Choice) -> list[Place]:
    """Return the places in use for the choice's format."""
    places = choice.service.therapist.places.filter(format=choice.format, is_active=True)
    return list(places)


def _initial(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    given = {"name": draft.name, "email": draft.email, "phone": draft.phone, "note": draft.note}
    return {**given, "place": str(draft.place_id), "agree": bool(draft.email)}


def _answers(form: VisitForm, step: Step) -> dict[str, Any]:
    said, client = form.cleaned_data, step.client
    return {
        "service_id": step.choice.service.pk,
        "format": step.choice.format,
        "slot": step.slot,
        "place_id": form.chosen_place.pk,
        "name": client.name if client else said["name"],
        "email": client.email if client else said["email"],
        "phone": client.phone if client else said["phone"],
        "note": said["note"],
        "zone": step.choice.zone,
        "client_id": client.pk if client else None,
        "notice": 0 if client else _notice_version(),
    }


def _notice_version() -> int:
    """Return the version of the privacy notice of today; 0 while there is none."""
    notice = PrivacyNotice.objects.current()
    return notice.version if notice else 0


def _details_page(step: Step, form: VisitForm | None = None) -> HttpResponse:
    form = form or step.kind()(places=step.places(), initial=_initial(step.draft))
    start = parse_slot(step.slot)
    change = step.choice.link("time", day=step.slot[:10], draft=step.draft_id)
    title = beside(moment_label(start), start, step.choice.zone) if start else ""
    context = {
        "practice": step.choice.service.therapist.practice,
        "form": form,
        "chosen": {"title": title, "subtitle": step.choice.label},
        "change_url": change,
        "back_url": change,
        "known": step.client,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(step.request, "front/details.html", context, status=status)


def draft_choice(draft: Draft) -> Choice | None:
    """Return what the draft is for, if it is still offered."""
    service = Service.objects.offered().filter(pk=draft.service_id).first()
    if service is None or draft.format not in service.formats:
        return None
    return Choice(service, draft.format, zone=draft.zone)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Step 4: everything once more, then book."""
    draft = drafts.load(request.session, draft_id)
    choice = draft_choice(draft) if draft else None
    if draft is None or choice is None:
        return redirect(f"{reverse('book')}?again=1")
    done = Booking.objects.filter(idempotency_key=draft.key).first()
    if done:
        # The answer was lost on the way, or the back button was pressed: it is booked already.
        grant(request, done)
        return redirect("booking", done.uid)
    place = _place_of(draft, choice)
    if place is None:
        return redirect(_details_url(draft_id))
    if request.method != "POST":
        return _check_page(request, draft, draft_id, choice, place)
    # Another tab may have changed the answers, and the page of a release before carries nothing:
    # only what the page that was pressed showed is booked.
    same = request.POST.get("key", draft.key) == draft.key
    shown = ShownFacts.read(request.POST.get("shown", ""))
    if shown is None or not same:
        notice = AGAIN if same else CHANGED
        return _check_page(request, draft, draft_id, choice, place, [notice])
    return _book(request, draft, draft_id, choice, place, shown)


def _place_of(draft: Draft, choice: Choice) -> Place | None:
    return next((place for place in places_of(choice) if place.pk == draft.place_id), None)


def _book(  # noqa: PLR0913, what the step knows
    request: HttpRequest,
    draft: Draft,
    draft_id: str,
    choice: Choice,
    place: Place,
    shown: ShownFacts,
) -> HttpResponse:
    refused = too_many(request, "book-address") or too_many(
        request, "book-email", same_mailbox(draft.email)
    )
    start = parse_slot(draft.slot)
    if refused or start is None:
        return refused or redirect(_details_url(draft_id))
    try:
        asked = _lifecycle_request(draft, choice, place, start, visitor_of(request))
        booking = lifecycle.book(replace(asked, shown=shown), by=By.client(), now=timezone.now())
    except TimeRefusedError as refusal:
        return times_page(request, choice, draft_id, error=refusals.words(refusal), missed=start)
    except FactsChangedError as changed:
        return _show_changes(request, draft, draft_id, refusals.changes(changed))
    except NotBookableError as refusal:
        return _check_page(request, draft, draft_id, choice, place, [refusals.words(refusal)])
    grant(request, booking)
    said = {"booked": "1"} | ({"zone": choice.zone} if choice.zone else {})
    return redirect(f"{reverse('booking', args=[booking.uid])}?{urlencode(said)}")


def _show_changes(
    request: HttpRequest, draft: Draft, draft_id: str, changes: list[str]
) -> HttpResponse:
    """Show the page with what is true now, and say what changed: the next press books that."""
    choice = draft_choice(draft)
    place = _place_of(draft, choice) if choice else None
    if choice is None or place is None:
        return redirect("check", draft_id)  # which leads on to what can be chosen
    return _check_page(request, draft, draft_id, choice, place, changes)


def _lifecycle_request(
    draft: Draft, choice: Choice, place: Place, start: datetime, visitor: str
) -> lifecycle.Request:
    client = Client.objects.filter(pk=draft.client_id).first() if draft.client_id else None
    return lifecycle.Request(
        service=choice.service,
        format=choice.format,
        place=place,
        start=start,
        person=Person(draft.name, draft.email, draft.phone, client),
        note=draft.note,
        notice=PrivacyNotice.objects.current(),
        key=uuid.UUID(draft.key),
        visitor=visitor,
    )


def _check_page(  # noqa: PLR0913, what the step knows
    request: HttpRequest,
    draft: Draft,
    draft_id: str,
    choice: Choice,
    place: Place,
    notices: Sequence[str] = (),
) -> HttpResponse:
    version = 0 if draft.client_id else _notice_version()
    if draft.notice not in (0, version) and refusals.NOTICE_CHANGED not in notices:
        notices = [*notices, refusals.NOTICE_CHANGED]
    context = {
        "practice": choice.service.therapist.practice,
        "rows": _rows(draft, draft_id, choice, place),
        "key": draft.key,
        "shown": shown_facts(choice.service, place, version).signed(),
        "price_label": choice.service.price_label,
        "button": f"Book this {choice.service.noun}",
        "policy": policy.words(policy.terms_for(choice.service)),
        "back_url": _details_url(draft_id),
        "notices": notices,
        "is_new_notice": refusals.NOTICE_CHANGED in notices,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "front/check.html", context, status=status)


def when_label(start: datetime, length: timedelta) -> str:
    """Write the whole time: "Tuesday 3 March 2026, 10:30am to 10:45am UK time"."""
    return f"{day_label(start.astimezone(UK).date())}, {span_label(start, start + length)}"


def _rows(draft: Draft, draft_id: str, choice: Choice, place: Place) -> list[dict[str, str]]:
    """The summary, a row an answer; what a known client was not asked has nothing to change."""
    start = parse_slot(draft.slot)
    length = timedelta(minutes=choice.service.length_minutes)
    when = beside(when_label(start, length), start, choice.zone) if start else ""
    asked = "" if draft.client_id else _details_url(draft_id)
    time_url = choice.link("time", day=draft.slot[:10], draft=draft_id)
    rows = [
        ("What", choice.label, choice.link("book", draft=draft_id), "what you’re booking"),
        ("When", when, time_url, "the day or time"),
        ("Where", ", ".join(place.lines), _details_url(draft_id), "where we meet"),
        ("Name", draft.name, asked, "your name"),
        ("Email", draft.email, asked, "your email"),
        ("Phone", draft.phone, asked, "your phone number"),
        ("What brings you here", draft.note, _details_url(draft_id), "what brings you here"),
    ]
    return [
        {"label": label, "value": value, "change_url": url, "change_what": what}
        for label, value, url, what in rows
        if value
    ]
