"""A turn off step 2, for whoever is not in the UK: whose clock to show beside it. A plain GET.

A page of its own, because the list is twice as heavy as all the times: with it, the times page
would not fit its 50 KB.
"""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from front.requests import choice_of
from front.visitor import is_here
from front.zones import by_region
from prose.parameters import param


@require_safe
def zone(request: HttpRequest) -> HttpResponse:
    """Ask where the visitor is; the answer is a parameter of the times page and of all that follow.

    `day` and `draft` are carried back to where they came from.
    """
    choice = choice_of(request)
    if choice is None:
        return redirect("book")
    back = {"day": param(request, "day"), "draft": param(request, "draft")}
    context = {
        "practice": choice.service.therapist.practice,
        "carried": {name: value for name, value in (choice.query | back).items() if name != "zone"},
        "options": _options(choice.zone),
        "back_url": choice.link("time", **back),
        "may_finish": is_here(request),
    }
    return render(request, "front/zone.html", context)


def _options(chosen: str) -> SafeString:
    """Return all options, with the chosen one marked."""
    mark = f'value="{chosen}"'
    return (
        SafeString(_all_options().replace(mark, f"{mark} selected")) if chosen else _all_options()
    )


@lru_cache(maxsize=1)
def _all_options() -> SafeString:
    # Some 400 options: a template loop over them costs many times the rest of the page.
    return format_html_join(
        "\n",
        '<optgroup label="{}">{}</optgroup>',
        ((region, _group(towns)) for region, towns in by_region()),
    )


def _group(towns: list[tuple[str, str]]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', towns)
