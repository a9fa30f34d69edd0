"""What has just become of a booking, and what is owed: how its page says it first of all."""

from dataclasses import dataclass

from bookings import fee_words
from bookings.models import Booking, BookingEvent

Action, Actor = BookingEvent.Action, BookingEvent.Actor
HOW_TO_PAY = "I’ll be in touch about how to pay it."
# A line to whoever reads that it is cancelled, by who did it.
KIND = {
    Actor.CLIENT: "You don’t need to explain, and I won’t ask.",
    Actor.THERAPIST: "I’m sorry that I couldn’t make it.",
    Actor.ASSISTANT: "I’m sorry that I couldn’t make it.",
    Actor.SYSTEM: "This time has gone back to others, as my email said it would.",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """The headline, which is the title too; one kind line; why something is owed, if it is."""

    headline: str
    kind: str
    why_due: str = ""
    # Whether it is at another time now; else only how or where they meet has changed.
    is_moved: bool = False


def cancelled(booking: Booking) -> Ending:
    """Return the end of a booking, from its history."""
    lines = [one for one in booking.events.all() if one.action == Action.CANCELLED]
    line = lines[-1] if lines else None
    headline = f"It’s cancelled. {_owed(booking)}"
    if line is None:
        return Ending(headline, "This time has gone back to others.")
    why = fee_words.why_due(booking, line.at, late=line.is_late)
    return Ending(headline, KIND[Actor(line.actor)], f"{why} {HOW_TO_PAY}" if why else "")


def changed(booking: Booking) -> Ending | None:
    """Return what its client has changed, if nobody has done anything with it since."""
    line = next(reversed(list(booking.events.all())), None)
    if line is None or (line.action, line.actor) != (Action.MOVED, Actor.CLIENT):
        return None
    why = f"You changed it late. {HOW_TO_PAY}" if booking.fee_label else ""
    when = f"{booking.date_label}, {booking.time_label}"
    if _keeps_time(booking, line):
        kind = f"Thank you for telling me. The time stays the same: {when}."
        return Ending(f"It’s changed. {_owed(booking)}", kind, why)
    kind = f"Thank you for telling me. I’ll see you on {when}."
    return Ending(f"It’s moved. {_owed(booking)}", kind, why, is_moved=True)


def _keeps_time(booking: Booking, line: BookingEvent) -> bool:
    """Whether it began at the same time before; a line of an old release doesn't say."""
    began = line.was.get("during", [""])[0]
    return bool(began == booking.start.isoformat())


def _owed(booking: Booking) -> str:
    return f"{booking.fee_label} is due." if booking.fee_label else "Nothing to pay."
