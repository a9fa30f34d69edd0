"""The page of free times: step 2, and again where a time was refused or a booking is moved."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from availability.walltime import utc
from bookings import slots
from front import picker
from front.choice import Choice
from front.picker import Strip
from front.responses import UNPROCESSABLE
from front.visitor import Viewer, viewer_of
from front.zones import beside, clock_note
from prose.dates import UK, moment_label, parse_day, slot_value
from prose.parameters import param


@dataclass(frozen=True, slots=True)
class Times:
    """Whose free times are shown, in which draft, and why again.

    With an `error` nothing was booked and the answer is 422. `missed` is a time that was refused:
    its day is opened, and the nearest free times are named.
    """

    choice: Choice
    draft_id: str = ""
    error: str = ""
    missed: datetime | None = None


def times_page(
    request: HttpRequest, times: Times, now: datetime, moving: dict[str, Any] | None = None
) -> HttpResponse:
    """Render the free times. `moving` is what the page says where a booking is moved."""
    day = times.missed.astimezone(UK).date() if times.missed else parse_day(param(request, "day"))
    viewer = _viewer(request, times.choice)
    wanted = day or parse_day(param(request, "from"))
    strip = picker.read_strip(times.choice, wanted, now, viewer)
    # A click on a day asks for that day's times alone; with none to show, the whole page explains.
    part = bool(strip.starts and getattr(request, "htmx", None) and not times.error)
    if times == Times(times.choice) and strip.starts and times.choice.version is not None:
        html = _same_for_all(times, strip, day, part)
    else:
        context = {**_context(times, strip, day), **(moving or {})}
        if not strip.starts:
            context["empty"] = _empty(times, strip, now, viewer)
        html = render_to_string(_template(part=part), context)
    response = HttpResponse(html, status=UNPROCESSABLE if times.error else 200)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def _viewer(request: HttpRequest, choice: Choice) -> Viewer:
    """Return who looks; whoever moves a booking is its client."""
    viewer = viewer_of(request)
    return replace(viewer, is_client=True) if choice.moves else viewer


@lru_cache(maxsize=512)
def _same_for_all(times: Times, strip: Strip, day: date | None, part: bool) -> str:  # noqa: FBT001
    """Render a page that says nothing of its visitor once, while all that it shows stands.

    The choice carries the versions under which it was read, the strip its starts and its day.
    """
    return render_to_string(_template(part=part), _context(times, strip, day))


def _template(*, part: bool) -> str:
    return "front/_times.html" if part else "front/time.html"


def _context(times: Times, strip: Strip, day: date | None) -> dict[str, Any]:
    choice, draft_id = times.choice, times.draft_id
    chosen = day if day and strip.on(day) else strip.first_day()
    return {
        "practice": choice.service.therapist.practice,
        "choice": choice,
        "canonical": settings.SITE_URL + replace(choice, zone="").link("time"),
        "site_url": settings.SITE_URL,
        "draft_id": draft_id,
        "change_url": choice.link("book", draft=draft_id),
        "error": times.error,
        "missed": times.missed,
        "nearest": _nearest(times, strip),
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
        "clock_note": clock_note(starts, choice.zone),
    }


def _nearest(times: Times, strip: Strip) -> list[dict[str, str]]:
    choice = times.choice
    return [
        {
            "label": beside(moment_label(moment), moment, choice.zone),
            "url": choice.link("details", slot=slot_value(moment), draft=times.draft_id),
        }
        for moment in (picker.nearest(strip, times.missed) if times.missed else [])
    ]


def _empty(times: Times, strip: Strip, now: datetime, viewer: Viewer) -> dict[str, Any]:
    """What can be done when three weeks hold nothing: a later day, or another way to meet."""
    choice, draft_id = times.choice, times.draft_id
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
