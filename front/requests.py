"""What the address of a page asks for."""

from django.http import HttpRequest

from front.choice import Choice, find_choice
from front.zones import ZONES

LONGEST_PARAMETER = 100


def param(request: HttpRequest, name: str) -> str:
    """Return a parameter of the address; what no link of ours would say reads as absent."""
    value = request.GET.get(name, "")
    return value if len(value) <= LONGEST_PARAMETER and value.isprintable() else ""


def zone_of(request: HttpRequest) -> str:
    """Return the zone that the visitor chose to see beside UK time; any other reads as absent."""
    zone = param(request, "zone")
    return zone if zone in ZONES else ""


def choice_of(request: HttpRequest) -> Choice | None:
    """Return the choice that the address carries."""
    what, how, who = (param(request, name) for name in ("what", "how", "who"))
    return find_choice(what, how, who, zone_of(request))
