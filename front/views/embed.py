"""The next free times, to stand in another site's page: a plain GET without a cookie or a script.

Which sites may show it is decided by a header (kicks/security.py); its links leave their page.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import groupby, islice
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from availability import catalogue
from availability.catalogue import service_named
from availability.models import Practice, Service
from clients.models import PrivacyNotice
from front import picker, services
from front.choice import Choice
from front.picker import Strip
from prose.dates import UK, day_label, slot_value, time_label
from prose.parameters import param

DAYS, TIMES = 3, 3  # so many days, and of each so many times
LOOKS = ("light", "dark")

Found = tuple[tuple[Choice, Strip], ...]


@require_safe
@xframe_options_exempt
@conditional_page
def embed(request: HttpRequest) -> HttpResponse:
    """Show the first free times of the first meeting, by the way of meeting.

    `who` names a therapist; `look` is light or dark, where the page around does not follow the
    visitor's own choice. Without a site that may show it there is no such page; where the site is
    tried out, the page says which setting it waits for.
    """
    if not settings.EMBED_HOSTS:
        if settings.DEBUG:
            return render(request, "front/embed_off.html", {"practice": Practice.objects.first()})
        raise Http404
    asked = param(request, "look")
    look = asked if asked in LOOKS else ""
    who = param(request, "who")
    found = _first_meeting(who, timezone.now())
    return HttpResponse(_page(found, look) if found else _closed(who, look))


def _first_meeting(who: str, now: datetime) -> Found:
    """Return each way of meeting for the first time, with its times; nothing while none can book.

    The diary is read once for all of them, and again only when it changed.
    """
    first = Service.objects.offered().filter(audience=Service.Audience.NEW)
    named = list(first.values_list("slug", "therapist__slug", "therapist__is_closed_to_new"))
    # Whom the address names, or else the first who takes new people.
    named.sort(key=lambda one: (one[1] != who, one[2]))
    if not named or named[0][2] or PrivacyNotice.objects.current() is None:
        return ()
    service, version = service_named(*named[0][:2]) or (None, None)
    if service is None or not service.takes_bookings:
        return ()  # it was taken off the list meanwhile
    choices = [Choice(service, fmt, version) for fmt in service.formats]
    return tuple((choice, picker.read_strip(choice, None, now)) for choice in choices)


@lru_cache(maxsize=64)
def _page(found: Found, look: str) -> str:
    """Render it once while all that it shows stands."""
    service = found[0][0].service
    context = {
        "practice": service.therapist.practice,
        "service": service,
        "ways": [_way(choice, strip) for choice, strip in found],
        "look": look,
    }
    return render_to_string("front/embed.html", context)


def _closed(who: str, look: str) -> str:
    offered = catalogue.offered().services
    theirs = [service for service in offered if service.therapist.slug == who]
    context = {
        "practice": Practice.objects.first(),
        "closed": services.closed(theirs or offered),
        "look": look,
    }
    return render_to_string("front/embed.html", context)


def _way(choice: Choice, strip: Strip) -> dict[str, Any]:
    return {
        "label": choice.format_label,
        "days": list(islice(_days(choice, strip), DAYS)),
        "all_url": choice.link("time"),
    }


def _days(choice: Choice, strip: Strip) -> Iterator[dict[str, Any]]:
    moments = (datetime.fromtimestamp(start, UK) for start in strip.starts)
    for day, starts in groupby(moments, key=datetime.date):
        shown = [
            {"label": time_label(start), "url": choice.link("details", slot=slot_value(start))}
            for start in islice(starts, TIMES)
        ]
        yield {
            "label": day_label(day, year=False),
            "times": shown,
            "more": choice.link("time", day=day.isoformat()) if any(starts) else "",
        }
