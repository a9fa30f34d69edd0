"""The page of free times: step 2, and again where a time was refused or a booking is moved."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from availability import walltime
from availability.models import Format
from availability.walltime import utc
from bookings import slots
from front import picker
from front.choice import Choice
from front.picker import Strip
from front.responses import UNPROCESSABLE
from front.visitor import Viewer, is_here, viewer_of
from front.zones import beside, clock_note
from prose.dates import UK, moment_label, parse_day, slot_value
from prose.parameters import param

# What to do where the next free time is after the day that was asked for, or only before it.
LATER = "Look a little later", "The next free time is"
EARLIER = "Look a little earlier", "There’s nothing later, but I’m free on"
# How a way of meeting is said in "Meet … instead".
MEETING: dict[str, str] = {
    Format.IN_PERSON: "in person",
    Format.ONLINE: "online",
    Format.WALKING: "on a walk",
}


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
    asked = Asked(times, wanted or strip.today, now, viewer)
    ways = _ways_on(asked, strip, day)
    if times == Times(times.choice) and times.choice.version is not None and not ways:
        html = _same_for_all(times, strip, day, part)
    else:
        context = {**_context(times, strip, day), **_finish(request), **(moving or {}), **ways}
        html = render_to_string(_template(part=part), context)
    response = HttpResponse(html, status=UNPROCESSABLE if times.error else 200)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def _finish(request: HttpRequest) -> dict[str, Any]:
    """What the page needs to offer that this device be finished with."""
    return {"may_finish": True, "csrf_token": get_token(request)} if is_here(request) else {}


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
    chosen = strip.day_for(day)
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


@dataclass(frozen=True, slots=True)
class Step:
    """A way on from where nothing is free: what to do, and when the first time there is."""

    label: str
    words: str
    url: str
    # Whether it leads to a later day than the one that was asked for, in the same way of meeting.
    is_later: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for which day's times."""

    times: Times
    day: date
    now: datetime
    viewer: Viewer

    @property
    def since(self) -> int:
        """The instant in which the day begins."""
        return walltime.whole_days(self.day, self.day, UK)[0]


def _ways_on(asked: Asked, strip: Strip, day: date | None) -> dict[str, Any]:
    """What else to say where the three weeks hold nothing, or nothing from the `day` on."""
    if not strip.starts:
        return {"empty": _empty(asked)}
    opened = strip.day_for(day)
    is_before = day is not None and opened is not None and opened < day
    return {"after": _mine(asked)} if is_before and not asked.times.missed else {}


def _empty(asked: Asked) -> dict[str, Any]:
    """What can be done where three weeks hold nothing: what I'd do first, and the rest.

    A later day than the one they asked for comes first, then another way to meet. Only where no
    later day is free is an earlier one named.
    """
    choice = asked.times.choice
    others = (replace(choice, format=f) for f in choice.service.formats if f != choice.format)
    found = [_mine(asked), *(_other(asked, other) for other in others)]
    steps = [step for step in found if step]
    return {"first": steps[0] if steps else None, "rest": steps[1:]}


def _mine(asked: Asked) -> Step | None:
    start = _first_free(asked, asked.times.choice)
    is_later = start is not None and start >= asked.since
    label, words = LATER if is_later else EARLIER
    return _step(asked, asked.times.choice, start, label, words, is_later=is_later)


def _other(asked: Asked, choice: Choice) -> Step | None:
    how = MEETING[choice.format]
    words = f"Meeting {how}, I’m free from"
    return _step(asked, choice, _first_free(asked, choice), f"Meet {how} instead", words)


def _first_free(asked: Asked, choice: Choice) -> int | None:
    """Return the first free start from the day they wanted on, or else the first of all."""
    find = partial(
        slots.next_free,
        choice.service,
        choice.format,
        asked.now,
        choice.version,
        asked.viewer.visitor,
        moving=choice.moving,
        length=choice.length,
        but=choice.hides,
    )
    later = find(since=asked.since)
    return find() if later is None else later


def _step(  # noqa: PLR0913, what a step says and where it leads
    asked: Asked,
    choice: Choice,
    start: int | None,
    label: str,
    words: str,
    *,
    is_later: bool = False,
) -> Step | None:
    """Return the way to the day of a free start; None where there is none."""
    if start is None:
        return None
    day = utc(start).astimezone(UK).date().isoformat()
    url = choice.link("time", draft=asked.times.draft_id, day=day)
    return Step(label, f"{words} {moment_label(utc(start))}.", url, is_later)
