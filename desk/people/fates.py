"""What becomes of each meeting that is handed over or ends, as a page says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.hand_over import Fate
from desk import refusals


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting, what becomes of it, and why it isn't handed over, if that was asked."""

    when: str
    who: str
    what: str
    becomes: str
    why: str


def shown(fates: Sequence[Fate], now: datetime) -> list[Shown]:
    """Return a line for each, by start. It is read of rows that may have been taken back."""
    return [
        Shown(
            when=f"{fate.booking.date_label}, {fate.booking.time_label}",
            who=fate.booking.client.name,
            what=f"{fate.booking.title}, {fate.booking.format_label.lower()}",
            becomes=_becomes(fate),
            why=refusals.words(fate.refusal, now) if fate.refusal else "",
        )
        for fate in fates
    ]


def _becomes(fate: Fate) -> str:
    if fate.handed:
        made = fate.handed.made
        return f"Goes to {made.therapist.name}, {made.where.name}"
    return "Cancelled" if fate.ended else "Stays as it is"
