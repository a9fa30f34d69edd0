"""What pages tell search engines as data (JSON-LD, schema.org): a library of template tags.

It stands above the apps, because the practice's pages and the academy's both need it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from availability.models import Format, Practice, Service

register = template.Library()

# As Django's json_script has it: nothing in the JSON can end the element or open a comment.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
CONTEXT = {"@context": "https://schema.org"}


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Return the element that carries `data`. It is data to the browser: nothing in it runs."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308, escaped above as JSON must be, where &lt; would stay
    )


@register.simple_tag
def about_practice(practice: Practice | None, services: Iterable[Service]) -> SafeString:
    """Describe the practice and what it offers, from what its public pages say.

    Of the places only the names of the rooms: an address is for those who book. The services come
    with their therapist's places.
    """
    if practice is None:
        return SafeString()
    offered = list(services)
    facts = {
        "@type": "ProfessionalService",
        "@id": f"{settings.SITE_URL}/#practice",
        "name": practice.name,
        "url": f"{settings.SITE_URL}/",
        "image": settings.SITE_URL + static("preview.png"),
        "description": practice.introduction,
        "disambiguatingDescription": practice.summary,  # a line of the therapist’s choosing
        "email": practice.email,
        "telephone": practice.phone,
        "location": [{"@type": "Place", "name": name} for name in _rooms(offered)],
        "makesOffer": [_offer(service) for service in offered],
        "potentialAction": _booking() if offered else None,
    }
    return json_ld({**CONTEXT, **{name: fact for name, fact in facts.items() if fact}})


@register.simple_tag
def about_questions(questions: Sequence[tuple[str, str]]) -> SafeString:
    """Describe questions and their answers, which are HTML; nothing where there are none."""
    asked = [
        {
            "@type": "Question",
            "name": question,
            "acceptedAnswer": {"@type": "Answer", "text": strip_tags(answer)},
        }
        for question, answer in questions
    ]
    return json_ld({**CONTEXT, "@type": "FAQPage", "mainEntity": asked}) if asked else SafeString()


def _rooms(services: Iterable[Service]) -> list[str]:
    """Return the names of the rooms that can be had, each once. Reads the prefetched places."""
    met = (service for service in services if Format.IN_PERSON in service.formats)
    places = (place for service in met for place in service.therapist.places.all())
    return list(
        dict.fromkeys(p.name for p in places if p.is_active and p.format == Format.IN_PERSON)
    )


def _offer(service: Service) -> dict[str, Any]:
    what = {"@type": "Service", "name": service.title, "description": service.summary}
    return {
        "@type": "Offer",
        "price": str(service.price),
        "priceCurrency": "GBP",
        "itemOffered": {name: fact for name, fact in what.items() if fact},
    }


def _booking() -> dict[str, Any]:
    return {"@type": "ReserveAction", "target": settings.SITE_URL + reverse("book")}
