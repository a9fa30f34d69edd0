"""Mail for whoever's mailbox somebody else may read: when they meet, and a link to all the rest.

No practice, no service, no price, no place, no reason and none of the therapist's own words: their
page has those. What the links themselves tell, the name of the site, can't be left out.
"""

from collections.abc import Mapping
from typing import Any

from bookings.notices import keys
from bookings.notices.layout import Bodies, bodies

CONFIRMATION, MOVED, NEW_FACTS = "confirmation", "moved", "new_facts"
ASKED, LET_GO = "asked_to_move", "let_go"
ASKED_AGAIN, STAYS = "asked_again", "stays"
HEADINGS = {
    CONFIRMATION: "Your appointment is booked",
    MOVED: "Your appointment has changed",
    NEW_FACTS: "Your appointment has new details",
    ASKED: "Please choose another time",
    ASKED_AGAIN: "Please choose another time",
    STAYS: "Your appointment stays as it is",
    LET_GO: "Your appointment is cancelled",
    keys.CANCELLATION: "Your appointment is cancelled",
    keys.FEE_WAIVED: "Nothing to pay",
    keys.REMINDER: "Your appointment is coming up",
    keys.FOLLOW_UP: "Your next appointment",
    keys.REARRANGED: "Your appointments have changed",
    keys.BOOKED_TOGETHER: "Your appointments are booked",
    keys.LINKS: "Your appointment links",
}
FOLLOW_UP_SUBJECT = "Your next appointment"


def neutral_bodies(kind: str, context: Mapping[str, Any]) -> Bodies:
    """Write a mail of this kind in neutral words; `context` is what its own templates would get."""
    words = {
        "heading": context["heading"] if "changes" in context else HEADINGS[kind],
        "greeting": context["greeting"] if "greeting" in context else context["booking"].greeting,
        "meetings": [] if kind == keys.FOLLOW_UP else list(_meetings(context)),
        "url": context.get("link_url") or context.get("book_url", ""),
        "stop_url": context.get("stop_url", ""),
    }
    return bodies("_neutral", words)


def _meetings(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each appointment that the mail tells of, what became of it, and the link to it."""
    if "changes" in context:
        told = context["changes"]
        return [{**_when(one), "what": _WORDS[one["action"]]} for one in told]
    if "dates" in context:
        return [{**_when(one), "url": one["url"]} for one in context["dates"]]
    if "links" in context:
        return [{**_when(one), "url": one["url"]} for one in context["links"]]
    return [_when(context)]


_WORDS = {
    "cancelled": "Cancelled",
    "asked": "Please choose another time",
    "withdrawn": "It stays as it is",
    "moved": "Now",
}


def _when(told: Mapping[str, Any]) -> dict[str, Any]:
    booking = told["booking"]
    return {
        "date": booking.date_label,
        "time": booking.time_label,
        "url": told.get("manage_url", ""),
    }
