"""The page that asks for details: as nobody has answered it yet, rendered once.

It is the longest form of the way, and as it is first shown only a handful of words differ from one
visitor to the next. Gaps stand for these in what is kept, and are filled for each. What somebody
typed, or is refused for, never comes near: their page is rendered for them alone.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from availability.catalogue import Version
from availability.models import Format, Place
from clients.models import Client
from front.choice import Choice
from front.forms import DetailsForm, VisitForm

# Nobody who writes words for the page knows this one.
_SECRET = secrets.token_hex(16)
_GAP = re.compile(rf"{_SECRET}-(\w+)-")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, in words: the time, what cancelling it costs, and the way back to others."""

    title: str
    cancelling: str
    change_url: str


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """All that decides what the page says to whoever comes first, but for what fills its gaps.

    The catalogue's `version` stands for the words of the service, the practice and the places.
    """

    version: int
    service: int
    format: str
    place_ids: tuple[int, ...]
    says_cancelling: bool
    choice: Choice = field(compare=False)
    places: Sequence[Place] = field(compare=False)
    now: datetime = field(compare=False)


def context_of(
    choice: Choice, form: VisitForm, chosen: Chosen, known: Client | None, notices: Sequence[str]
) -> dict[str, Any]:
    """Return what the template says."""
    return {
        "practice": choice.service.therapist.practice,
        "form": form,
        "chosen": {"title": chosen.title, "subtitle": choice.label},
        "cancelling": chosen.cancelling,
        "change_url": chosen.change_url,
        "back_url": chosen.change_url,
        "known": known,
        "notices": notices,
        "is_somewhere": choice.format != Format.ONLINE,
    }


def empty_page(
    choice: Choice, version: Version, places: Sequence[Place], chosen: Chosen, now: datetime
) -> EmptyPage:
    """Return the page as somebody new sees it first; the choice was read under the version."""
    return EmptyPage(
        version.catalogue,
        choice.service.pk,
        choice.format,
        tuple(place.pk for place in places),
        bool(chosen.cancelling),
        choice,
        places,
        now,
    )


def filled(page: EmptyPage, chosen: Chosen, words: Mapping[str, str]) -> str:
    """Return the page for one visitor: `words` are their `csrf_token`, `turn` and `rendered`."""
    every = {
        **words,
        "title": chosen.title,
        "cancelling": chosen.cancelling,
        "change_url": chosen.change_url,
    }
    return _GAP.sub(lambda gap: str(conditional_escape(every[gap[1]])), _rendered(page))


@lru_cache(maxsize=256)
def _rendered(page: EmptyPage) -> str:
    """Render it once, with gaps, while all that it says stands."""
    form = DetailsForm(places=list(page.places), initial={}, now=page.now)
    form.fields["rendered"].initial = _gap("rendered")
    cancelling = _gap("cancelling") if page.says_cancelling else ""
    chosen = Chosen(_gap("title"), cancelling, _gap("change_url"))
    context = {
        **context_of(page.choice, form, chosen, None, ()),
        "csrf_token": _gap("csrf_token"),
        "turn": _gap("turn"),
        "site_url": settings.SITE_URL,
        "canonical": settings.SITE_URL + reverse("details"),
    }
    return render_to_string("front/details.html", context)


def _gap(name: str) -> SafeString:
    """Return what stands where each visitor's own words go: letters and digits, no markup."""
    return SafeString(f"{_SECRET}-{name}-")
