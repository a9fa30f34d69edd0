"""How each email reads, before anybody gets it: every kind, with sample data, in both parts."""

from typing import Any

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from availability import access
from availability.models import Therapist
from bookings.notices import layout
from desk.diary_admin import now_of
from desk.mail_samples.samples import Sample, samples

OUR_OWN = ("therapist_", "staff_")  # the kinds that no client gets
WIDTHS = (600, 320)  # a mail program on a desk, and the narrowest phone


@require_safe
def mail_samples(request: HttpRequest) -> HttpResponse:
    """List the mails by what sends them, and show one as it looks by day or by night."""
    if not request.user.has_perm("outbox.view_outgoingmail"):
        raise PermissionDenied
    whose = _therapist(request)
    context = {**site.each_context(request), "title": "How each email reads"}
    if whose:
        context |= _shown(samples(whose, now_of(request)), request.GET)
    return TemplateResponse(request, "desk/mail_samples/page.html", context)


def _therapist(request: HttpRequest) -> Therapist | None:
    """Whose practice the mails come from: the reader's own, or else the first they may see."""
    theirs = access.therapists_of(request.user).select_related("practice")
    return access.own(request.user) or theirs.first()


def _shown(found: list[Sample], asked: Any) -> dict[str, Any]:
    """What the page tells. A number or a look that there isn't is the first."""
    wanted = asked.get("mail", "")
    number = next((n for n in range(len(found)) if str(n) == wanted), 0)
    by_night, letter = asked.get("look") == "dark", found[number].letter
    return {
        "samples": [_entry(n, sample) for n, sample in enumerate(found)],
        "number": number,
        "letter": letter,
        "look": "dark" if by_night else "light",
        "looks": ("light", "dark"),
        "html": layout.as_seen(letter.html, by_night=by_night),
        "widths": WIDTHS,
    }


def _entry(number: int, sample: Sample) -> dict[str, Any]:
    return {
        "number": number,
        "occasion": sample.occasion,
        "to": _to(sample.letter.kind),
        "subject": sample.letter.subject,
    }


def _to(kind: str) -> str:
    """Say whom a kind of mail goes to; its name begins with that, if it isn't a client."""
    others = {"therapist": "To me", "staff": "To them"}
    return others.get(kind.partition("_")[0], "To the client")
