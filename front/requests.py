"""What the addresses of the public pages ask for."""

from django.http import HttpRequest

from front.choice import Choice, find_choice
from front.zones import ZONES
from prose.dates import parse_slot
from prose.parameters import param


def zone_of(request: HttpRequest) -> str:
    """Return the zone that the visitor chose to see beside UK time; any other reads as absent."""
    zone = param(request, "zone")
    return zone if zone in ZONES else ""


def wanted_of(request: HttpRequest) -> tuple[Choice, str] | None:
    """Return the choice and the time that the address carries to somebody who is not known yet."""
    choice, slot = choice_of(request), param(request, "slot")
    return (choice, slot) if choice and parse_slot(slot) else None


def choice_of(request: HttpRequest) -> Choice | None:
    """Return the choice that the address carries."""
    what, how, who = (param(request, name) for name in ("what", "how", "who"))
    return find_choice(what, how, who, zone_of(request))
