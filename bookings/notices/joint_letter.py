"""The one mail that tells one person what has become of several of their appointments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber

from bookings.models import Booking, BookingEvent
from bookings.notices import keys
from bookings.notices.booking_invite import calendar_part, invite_for, shown_organizer
from bookings.notices.layout import bodies
from bookings.notices.letter import UNDO_WAIT, from_header, house, opens, reply_to
from bookings.notices.neutral_words import neutral_bodies
from bookings.notices.questions import proposal
from bookings.notices.summary import card
from outbox.queue import Letter
from prose.names import greeting_name

ASKED, WITHDRAWN = BookingEvent.Action.ASKED, BookingEvent.Action.WITHDRAWN
# What changes no appointment: a question, and its end.
NO_CHANGE = (ASKED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was done with one booking, and the token of its private page if it still stands."""

    booking: Booking
    action: str
    token: str = ""


def rearranged(decided: Sequence[Decided], reason: str, now: datetime) -> Letter:
    """Tell one person in one mail what has become of several appointments.

    A calendar part may speak of one event only: what more there are the outbox sends beside it.
    """
    first = decided[0].booking
    told = [one.booking for one in decided if one.action not in NO_CHANGE]
    summary = summed_up([one.action for one in decided])
    context = {
        **house(first.therapist),
        "greeting": greeting_name(first.client.name),
        "changes": [_change(one, now) for one in decided],
        "reason": reason,
        "has_files": len(told) > 1,
        "heading": summary.heading,
        "summary": summary.sentence,
    }
    return Letter(
        key=keys.rearranged_key(first.client_id),
        about=keys.about_client(first.client_id),
        kind=keys.REARRANGED,
        to=first.client.mailed_at,
        sender=from_header(shown_organizer(first)),
        reply_to=reply_to(first),
        subject=summary.subject,
        wait=UNDO_WAIT,
        invite="".join(calendar_part(booking, now) for booking in told),
        invite_method=invite_for(told[0]).method if len(told) == 1 else "",
        **(neutral_bodies if first.client.neutral_words else bodies)(keys.REARRANGED, context),
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """What the mail is about as a whole: only what was changed is called that."""

    subject: str
    heading: str
    sentence: str


def summed_up(actions: Sequence[str]) -> Summary:
    """Say in a sentence what was changed, what is asked, and what stays after all."""
    asked, stays = actions.count(ASKED), actions.count(WITHDRAWN)
    changed = len(actions) - asked - stays
    if changed:
        also = f", and I can’t make {apnumber(asked)} more" if asked else ""
        return Summary(
            "Changed: your appointments",
            "Your appointments have changed",
            f"I’m sorry, I’ve had to change {apnumber(changed)} of our appointments{also}.",
        )
    if asked:
        return Summary(
            "Please choose other times: your appointments",
            "Please choose other times",
            f"I’m sorry, I can’t make {apnumber(asked)} of our appointments. "
            "Nothing is changed yet: please choose times that suit you instead.",
        )
    return Summary(
        "They stay as they are: your appointments",
        "Your appointments stay as they are",
        f"I had asked you to choose other times for {apnumber(stays)} of our appointments. "
        "You needn’t any more: I can make them after all.",
    )


def _change(one: Decided, now: datetime) -> dict[str, Any]:
    """What a template says of one decision."""
    return {
        "booking": card(one.booking, now),
        "action": one.action,
        "is_cancelled": one.booking.is_cancelled,
        "manage_url": opens(one.token) if one.token else "",
        **proposal(one.booking, now),
    }
