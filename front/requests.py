"""What the addresses of the public pages ask for."""

from django.http import HttpRequest

from front.choice import Choice, find_choice
from front.zones import ZONES
from prose.parameters import param


def zone_of(request: HttpRequest) -> str:
    """Return the zone that the visitor chose to see beside UK time; any other reads as absent."""
    zone = param(request, "zone")
    return zone if zone in ZONES else ""


def choice_of(request: HttpRequest) -> Choice | None:
    """Return the choice that the address carries."""
    what, how, who = (param(request, name) for name in ("what", "how", "who"))
    return find_choice(what, how, who, zone_of(request))
