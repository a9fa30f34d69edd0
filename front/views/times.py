"""Steps 1 and 2: what and how, then a day and a time. Both are plain GETs without a cookie."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from availability.models import Practice, Service
from availability.walltime import utc
from bookings import slots
from clients.models import PrivacyNotice
from front import picker, services
from front.picker import Choice, Strip, Viewer
from front.requests import UNPROCESSABLE, choice_of, find_choice, param, zone_of
from front.visitor import viewer_of
from prose.dates import UK, moment_label, parse_day, slot_value

GROUPS = {False: "If we haven’t met before", True: "If we’ve already met"}


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Step 1. A link may carry what and how, to make the choice, or one of them, to narrow it."""
    offered = services.offered()
    if not offered or PrivacyNotice.objects.current() is None:
        context = {"practice": Practice.objects.first()}
        return render(request, "front/closed.html", context)
    what, how, who = (*param(request, "choice").split(":"), "", "", "")[:3]
    choice = find_choice(what, how, who, zone_of(request))
    if choice:
        return redirect(choice.link("time", draft=param(request, "draft")))
    error = "Choose what you’d like to book" if "choice" in request.GET else ""
    return _cards_page(request, offered, error)


def _cards_page(request: HttpRequest, offered: list[Service], error: str) -> HttpResponse:
    what, how = param(request, "what"), param(request, "how")
    shown = [s for s in offered if what in ("", s.slug) and (not how or how in s.formats)]
    message = "" if shown else "I don’t offer that. Here’s what you can book."
    if param(request, "again"):
        message = "Those details are no longer here, and nothing was booked. Please start again."
    context = {
        "practice": offered[0].therapist.practice,
        "groups": list(_groups(shown or offered, what, how, timezone.now())),
        "draft_id": param(request, "draft"),
        "message": message,
        "error": error,
        "narrowed": 0 < len(shown) < len(offered),
        # Kept when the button is pressed with nothing chosen.
        "kept": {"what": what, "how": how} if shown else {},
        "zone": zone_of(request),
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "front/choose.html", context, status=status)


def _groups(offered: list[Service], what: str, how: str, now: datetime) -> Iterable[dict[str, Any]]:
    first = slots.first_free(offered, now)
    several = services.is_several(offered)
    for for_clients, title in GROUPS.items():
        cards = [
            {
                **_card(Choice(service, fmt), several=several),
                "checked": (what, how) == (service.slug, fmt),
                "next": _next(first.get((service.pk, fmt))),
            }
            for service in offered
            if service.for_clients == for_clients
            for fmt in service.formats
        ]
        if cards:
            yield {"title": title, "choices": cards}


def _next(start: int | None) -> str:
    if start is None:
        return "No free times just now."
    return f"Next free: {moment_label(utc(start))}."


def _card(choice: Choice, *, several: bool) -> dict[str, Any]:
    service, therapist = choice.service, choice.service.therapist
    hint = ". ".join(filter(None, (services.where(service, choice.format), service.price_label)))
    return {
        "value": f"{service.slug}:{choice.format}:{therapist.slug}",
        "id": f"choice-{service.pk}-{choice.format}",
        "title": f"{choice.label}, with {therapist.name}" if several else choice.label,
        "hint": f"{hint}.",
        "art": choice.format,
    }


@require_safe
def time(request: HttpRequest) -> HttpResponse:
    """Step 2. `day` opens a day, `from` the weeks around it; neither opens the first free day."""
    choice = choice_of(request)
    if choice is None:
        query = {"what": param(request, "what"), "how": param(request, "how")}
        return redirect(f"{reverse('book')}?{urlencode(query)}")
    return times_page(request, choice, param(request, "draft"))


def times_page(  # noqa: PLR0913, what the page may say
    request: HttpRequest,
    choice: Choice,
    draft_id: str,
    *,
    error: str = "",
    missed: datetime | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Render the free times. With an `error` nothing was booked and the answer is 422.

    `missed` is a time that was refused: its day is opened, and the nearest free times are named.
    `extra` is what the page says where a booking is moved.
    """
    now = timezone.now()
    day = missed.astimezone(UK).date() if missed else parse_day(param(request, "day"))
    viewer = viewer_of(request)
    if choice.moves:
        viewer = replace(viewer, is_client=True)
    strip = picker.read_strip(choice, day or parse_day(param(request, "from")), now, viewer)
    # A click on a day asks for that day's times alone; with none to show, the whole page explains.
    part = bool(strip.starts and getattr(request, "htmx", None) and not error)
    if error or draft_id or not strip.starts or choice.version is None:
        context = {**_context(choice, strip, day, draft_id, error, missed), **(extra or {})}
        if not strip.starts:
            context["empty"] = _empty(choice, strip, draft_id, now, viewer)
        html: str = render_to_string(_template(part=part), context)
    else:
        html = _same_for_all(choice, strip, day, part)
    response = HttpResponse(html, status=UNPROCESSABLE if error else 200)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


@lru_cache(maxsize=512)
def _same_for_all(choice: Choice, strip: Strip, day: date | None, part: bool) -> str:  # noqa: FBT001
    """Render a page that says nothing of its visitor once, while all that it shows stands.

    The choice carries the versions under which it was read, the strip its starts and its day.
    """
    return render_to_string(_template(part=part), _context(choice, strip, day))


def _template(*, part: bool) -> str:
    return "front/_times.html" if part else "front/time.html"


def _context(  # noqa: PLR0913, each changes what the page says
    choice: Choice,
    strip: Strip,
    day: date | None,
    draft_id: str = "",
    error: str = "",
    missed: datetime | None = None,
) -> dict[str, Any]:
    chosen = day if day and strip.on(day) else strip.first_day()
    return {
        "practice": choice.service.therapist.practice,
        "choice": choice,
        "canonical": settings.SITE_URL + replace(choice, zone="").link("time"),
        "site_url": settings.SITE_URL,
        "draft_id": draft_id,
        "change_url": choice.link("book", draft=draft_id),
        "error": error,
        "missed": missed,
        "nearest": _nearest(choice, strip, missed, draft_id),
        **_strip_context(choice, strip, chosen, draft_id),
        **_day_context(choice, strip, chosen, gone=day if day and day != chosen else None),
        "zone_url": _zone_link(choice, chosen, draft_id),
    }


def _strip_context(
    choice: Choice, strip: Strip, chosen: date | None, draft_id: str
) -> dict[str, Any]:
    return {
        "weeks": picker.strip_label(strip),
        "days": picker.days_html(strip, choice.link("time", draft=draft_id), chosen),
        "earlier": _weeks_link(choice, strip.earlier, draft_id),
        "later": _weeks_link(choice, strip.later, draft_id),
    }


def _weeks_link(choice: Choice, monday: date | None, draft_id: str) -> dict[str, str] | None:
    if monday is None:
        return None
    sunday = monday + timedelta(days=picker.STRIP_DAYS - 1)
    url = choice.link("time", **{"draft": draft_id, "from": monday.isoformat()})
    return {"url": url, "label": picker.range_label(monday, sunday)}


def _zone_link(choice: Choice, day: date | None, draft_id: str) -> str:
    return (
        ""
        if choice.moves
        else choice.link("zone", day=day.isoformat() if day else "", draft=draft_id)
    )


def _day_context(
    choice: Choice, strip: Strip, chosen: date | None, gone: date | None
) -> dict[str, Any]:
    """The list of one day's times; `gone` is a day that was asked for and holds none."""
    starts = strip.on(chosen) if chosen else ()
    return {
        "heading": picker.heading(chosen) if chosen else "",
        "gone": picker.heading(gone) if gone else "",
        "parts": list(picker.parts(starts, choice.zone)),
        "clock_note": picker.clock_note(starts, choice.zone),
    }


def _nearest(
    choice: Choice, strip: Strip, missed: datetime | None, draft_id: str
) -> list[dict[str, str]]:
    return [
        {
            "label": picker.beside(moment_label(moment), moment, choice.zone),
            "url": choice.link("details", slot=slot_value(moment), draft=draft_id),
        }
        for moment in (picker.nearest(strip, missed) if missed else [])
    ]


def _empty(
    choice: Choice, strip: Strip, draft_id: str, now: datetime, viewer: Viewer
) -> dict[str, Any]:
    """What can be done when three weeks hold nothing: a later day, or another way to meet."""
    others = (replace(choice, format=f) for f in choice.service.formats if f != choice.format)
    found = (_first_free(other, draft_id, now, viewer) for other in others)
    return {
        "weeks": picker.strip_label(strip),
        "later": _first_free(choice, draft_id, now, viewer),
        "others": [other for other in found if other],
    }


def _first_free(
    choice: Choice, draft_id: str, now: datetime, viewer: Viewer
) -> dict[str, str] | None:
    start = slots.next_free(
        choice.service,
        choice.format,
        now,
        choice.version,
        viewer.visitor,
        moving=choice.moving,
        length=choice.length,
    )
    if start is None:
        return None
    return {
        "label": moment_label(utc(start)),
        "format": choice.format_label.lower(),
        "url": choice.link("time", draft=draft_id),
    }
