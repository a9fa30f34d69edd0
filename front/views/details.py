"""Step 3: the visitor's details, under the time that is held for them meanwhile."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from availability.catalogue import Version
from availability.models import Place
from bookings import fee_words, holds, policy, slots
from bookings.errors import NotBookableError
from bookings.models import Booking
from bookings.typed_words import WISHES
from clients import rate_limits
from clients.models import Client
from front import details_page, drafts, refusals, refused_answers
from front.choice import Choice
from front.details_page import Chosen
from front.drafts import Draft
from front.forms import DetailsForm, VisitForm, rendered_stamp
from front.requests import choice_of
from front.responses import UNPROCESSABLE, look_again, private, too_many
from front.times_page import Times, times_page
from front.visitor import (
    begin_booking,
    begin_turn,
    booked_as,
    is_here,
    known_client,
    turn_of,
    viewer_of,
    visitor_of,
)
from front.zones import beside
from prose.dates import moment_label, parse_slot
from prose.parameters import param


@private
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Step 3. With a time in the address and answers in the draft, the draft moves to that time."""
    named = _named(request)
    if booked_as(request, named):
        return redirect("check", named)  # it is theirs: they went back too far
    draft = drafts.load(request.session, named)
    choice = choice_of(request) or (draft.choice() if draft else None)
    if choice is None:
        return redirect("book")
    if not named and request.method != "POST":
        return _as_new(request)
    now = timezone.now()
    client = known_client(request, now)
    if choice.service.for_clients and client is None:
        return redirect(_way_in(choice, param(request, "slot")))
    slot = param(request, "slot") or (draft.slot if draft else "")
    draft = _theirs(draft, client)
    return _answer(Step(request, choice, slot, draft, named if draft else "", client, now))


def _way_in(choice: Choice, slot: str) -> str:
    """Return where a link to book is asked for, with what was chosen: the link leads on to it."""
    return f"{reverse('sessions')}?{urlencode({**choice.query, 'slot': slot})}"


def _theirs(draft: Draft | None, client: Client | None) -> Draft | None:
    """Return what they typed; what a client answered is shown to nobody once their link ended."""
    return draft if draft and draft.client_id == (client.pk if client else None) else None


def _answer(step: "Step") -> HttpResponse:
    """Keep the time, then take the answers, move the draft or show the form."""
    step, refused = _look(step)
    if step.request.method == "POST":
        return _take_answers(step, refused)
    if refused:
        return _refuse(step, refused)
    if step.draft and param(step.request, "draft") and param(step.request, "slot"):
        return _move_draft(step, step.draft)
    return _details_page(step)


def _named(request: HttpRequest) -> str:
    """Return the id of the draft that the address names, answered or not.

    `draft` moves it to the time in the address; `form` is where it is first typed, and the back
    button returns there.
    """
    return param(request, "draft") or param(request, "form")


def _as_new(request: HttpRequest) -> HttpResponse:
    """Lead to an empty form with an id of its own: whoever comes from the times may be anybody."""
    if is_here(request):
        drafts.set_aside(request.session)
        begin_turn(request)
    return redirect(f"{request.get_full_path()}&form={drafts.new_id()}")


@dataclass(frozen=True, slots=True)
class Step:
    """Where the visitor is: what they chose, what they have answered, who they are if known.

    The whole page goes by the one moment `now`.
    """

    request: HttpRequest
    choice: Choice
    slot: str
    draft: Draft | None
    draft_id: str
    client: Client | None
    now: datetime
    # The ids of the places where the time can be had; None while it can't.
    free: list[int] | None = None

    def places(self) -> list[Place]:
        """The places among which they can choose: those that are free at the time."""
        places = self.choice.places()
        return places if self.free is None else [one for one in places if one.pk in self.free]


def _look(step: Step) -> tuple[Step, str]:
    """Keep the time for the visitor, and note where it can be had; or say why it can't be booked.

    One who only looks, or who has chosen too many times already, is told without a hold.
    """
    start = parse_slot(step.slot)
    if start is None:
        return step, "Choose one of these times" if step.slot else "Choose a time"
    request, service, fmt = step.request, step.choice.service, step.choice.format
    holds_it = request.method != "HEAD" and rate_limits.allow_visitor("hold-address", request.META)
    try:
        if holds_it:
            free = holds.choose(service, fmt, start, visitor_of(request), step.now)
        else:
            visitor = viewer_of(request).visitor
            free = slots.require_free(service, fmt, start, step.now, visitor=visitor)
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
    return times_page(step.request, Times(choice, step.draft_id, error, missed), step.now)


def _is_booked(draft: Draft) -> bool:
    return Booking.objects.filter(idempotency_key=draft.key).exists()


def _move_draft(step: Step, draft: Draft) -> HttpResponse:
    """Put the answers under another time: straight on to the last look, nothing asked twice."""
    kept = any(place.pk == draft.place_id for place in step.places())
    moved = draft.changed(
        service_id=step.choice.service.pk,
        format=step.choice.format,
        slot=step.slot,
        place_id=draft.place_id if kept else 0,
        zone=step.choice.zone,
    )
    drafts.save(step.request.session, moved, step.draft_id)
    return redirect("check", step.draft_id) if kept else redirect(drafts.details_url(step.draft_id))


def _take_answers(step: Step, refused: str) -> HttpResponse:
    """Keep the answers, whatever became of the time meanwhile; show the form again if they lack."""
    tired = too_many(step.request, "form-address")
    if tired:
        return tired
    form = _form(step, step.request.POST)
    if not form.is_valid():
        return _keep_refused(step, form)
    answers = _answers(form, step)
    if step.draft is None:
        begin_booking(step.request)
    draft = step.draft.changed(**answers) if step.draft else Draft(**answers)
    draft_id = drafts.save(step.request.session, draft, _named(step.request))
    refused_answers.forget(step.request.session, draft_id)
    # Where the time is gone meanwhile, that page shows the times again with these answers kept.
    return look_again(drafts.details_url(draft_id)) if refused else redirect("check", draft_id)


def _keep_refused(step: Step, form: VisitForm) -> HttpResponse:
    """Lead to the page that says what to put right, with all that was typed."""
    request, named = step.request, _named(step.request)
    here = request.get_full_path()
    if not named:
        named = drafts.new_id()
        here = f"{here}{'&' if '?' in here else '?'}form={named}"
    if refused_answers.keep(request.session, named, request.POST, step.now):
        return look_again(here)
    form.fresh()
    return _details_page(step, form)


def _form(step: Step, posted: QueryDict | None = None, at: datetime | None = None) -> VisitForm:
    """Return the form they are shown: nothing is asked that is known. It was sent `at`, or now."""
    kind = VisitForm if step.client else DetailsForm
    initial = _initial(step.draft)
    return kind(posted, places=step.places(), initial=initial, now=at or step.now)


def _form_to_show(step: Step) -> VisitForm:
    """Return the form as it was sent in vain, with the reasons, or else as the draft has it."""
    found = refused_answers.kept(step.request.session, _named(step.request))
    if found is None:
        return _form(step)
    form = _form(step, found.answers, found.at)
    form.is_valid()
    form.fresh()
    return form


def _initial(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    given = {"name": draft.name, "email": draft.email, "phone": draft.phone, "note": draft.note}
    return {
        **given,
        **draft.wishes.columns,
        "place": str(draft.place_id),
        "agree": bool(draft.email),
    }


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
        **{name: said[name] for name in WISHES},
        "zone": step.choice.zone,
        "client_id": client.pk if client else None,
        "notice": 0 if client else step.choice.notice_version,
    }


def _details_page(step: Step, form: VisitForm | None = None) -> HttpResponse:
    chosen = _chosen(step)
    version = step.choice.version
    if form is None and version is not None and _is_untouched(step):
        return _empty_page(step, version, chosen)
    form = form or _form_to_show(step)
    # Why the last press booked nothing, where the time itself can still be had.
    notices = step.draft.notices if step.draft else ()
    context = details_page.context_of(step.choice, form, chosen, step.client, notices)
    status = UNPROCESSABLE if form.errors or notices else 200
    return render(step.request, "front/details.html", context, status=status)


def _chosen(step: Step) -> Chosen:
    start, terms = parse_slot(step.slot), policy.terms_for(step.choice.service)
    return Chosen(
        beside(moment_label(start), start, step.choice.zone) if start else "",
        fee_words.before_booking(terms, start, step.now) if start else "",
        step.choice.link("time", day=step.slot[:10], draft=step.draft_id),
    )


def _is_untouched(step: Step) -> bool:
    """Whether nothing is known of whoever looks, and nothing has been answered here."""
    kept = refused_answers.kept(step.request.session, _named(step.request))
    return not (step.draft or step.client or kept)


def _empty_page(step: Step, version: Version, chosen: Chosen) -> HttpResponse:
    page = details_page.empty_page(step.choice, version, step.places(), chosen, step.now)
    words = {
        "csrf_token": get_token(step.request),
        "turn": turn_of(step.request),
        "rendered": rendered_stamp(step.now.timestamp()),
    }
    return HttpResponse(details_page.filled(page, chosen, words))
