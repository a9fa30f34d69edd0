"""The mailed link that books what is pending: opening it shows a button, pressing that books."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bookings import pending
from bookings.errors import Code, NotBookableError, TimeRefusedError
from bookings.kept_facts import before_booking
from bookings.models import Booking, PendingBooking
from bookings.signed_agreement import FactsChangedError, ShownFacts, shown_facts
from front import drafts, refusals
from front.choice import Choice
from front.drafts import Draft
from front.responses import UNPROCESSABLE
from front.times_page import Times, times_page
from front.visitor import PENDING, PROVEN_ADDRESS, came_by_mail, finish_booking
from portal.access import ClosedError, client_page, into_session
from prose.dates import slot_value

CLOSED = refusals.PLAIN[Code.CLOSED_TO_NEW]
AGAIN = "Nothing is booked yet. Please read this once more, then press the button."


@client_page
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap a token for the session; it books nothing."""
    opened_by = partial(PendingBooking.objects.opened_by, now=timezone.now())
    return into_session(request, token, opened_by, PENDING, "confirm")


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Show what would be booked, with the button that books it."""
    now = timezone.now()
    found = PendingBooking.objects.whole().filter(pk=request.session.get(PENDING, 0)).first()
    if found is None:
        raise ClosedError
    if request.method == "POST":
        return _pressed(request, found, now)
    booked = pending.booked(found)
    return _lead_there(request, found, booked, now) if booked else _page(request, found, now)


def _pressed(request: HttpRequest, found: PendingBooking, now: datetime) -> HttpResponse:
    """Book what the page showed; pressed twice, or in two tabs, it is booked once."""
    # Whoever presses reads that mail: another time is theirs without another one.
    request.session[PROVEN_ADDRESS] = found.email
    shown = ShownFacts.read(request.POST.get("shown", ""), str(found.key))
    if shown is None:
        return _page(request, found, now, [AGAIN])
    try:
        booking = pending.confirm(found, shown, now)
    except TimeRefusedError as refusal:
        return _other_times(request, found, refusals.words(refusal), now)
    except FactsChangedError as changed:
        anew = PendingBooking.objects.whole().get(pk=found.pk)
        return _page(request, anew, now, refusals.changes(changed))
    except NotBookableError as refusal:
        return _page(request, found, now, [refusals.words(refusal)])
    return _lead_there(request, found, booking, now)


def _lead_there(
    request: HttpRequest, found: PendingBooking, booking: Booking, now: datetime
) -> HttpResponse:
    finish_booking(request, str(found.key), booking, now)
    if booking.is_proven:
        came_by_mail(request, booking)  # by a press, this one or one before
    said = "" if found.is_booked else "?booked=1"
    return redirect(f"{reverse('booking', args=[booking.uid])}{said}")


def _other_times(
    request: HttpRequest, found: PendingBooking, error: str, now: datetime
) -> HttpResponse:
    """Show the free times with their answers kept: the time was given to somebody else."""
    draft = Draft(
        service_id=found.service_id,
        format=found.format,
        slot=slot_value(found.start),
        place_id=found.place_id,
        name=found.name,
        email=found.email,
        phone=found.phone,
        note=pending.confided(found.note),
        **pending.wishes_of(found).columns,
        notice=found.notice.version if found.notice else 0,
    )
    found.service.therapist = found.therapist  # the same row, read already
    draft_id, choice = drafts.save(request.session, draft), Choice(found.service, found.format)
    return times_page(request, Times(choice, draft_id, error, found.start), now)


def _page(
    request: HttpRequest, found: PendingBooking, now: datetime, notices: Sequence[str] = ()
) -> HttpResponse:
    service, version = found.service, Choice(found.service, found.format).notice_version
    service.therapist = found.therapist
    shown = shown_facts(service, found.place, found.start, version, now)
    context = {
        "practice": found.therapist.practice,
        "booking": found,
        "is_kept": found.kept_until > now,
        "where": ", ".join(before_booking(found.place).lines),
        "price_label": service.price_label,
        "policy": shown.policy,
        "cancelling": shown.cancelling,
        "shown": shown.signed(str(found.key)),
        "button": f"Book this {service.noun}" if service.takes_bookings else "",
        "notices": notices or ([] if service.takes_bookings else [CLOSED]),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "portal/confirm.html", context, status=status)
