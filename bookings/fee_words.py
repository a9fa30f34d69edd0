"""Until when cancelling is free and what it costs after that, by day and time, in a sentence.

What is agreed counts hours back from the meeting (policy.words); this counts them for whoever
reads. Where cancelling never costs anything, nothing is said.
"""

from datetime import datetime, timedelta

from availability.models import price_label
from bookings import policy
from bookings.models import Booking
from bookings.policy import Terms
from prose.dates import moment_label


def before_booking(terms: Terms, start: datetime, now: datetime) -> str:
    """Say it to whoever would book this start now."""
    if not terms.costs_late:
        return ""
    fee = price_label(terms.late_fee)
    notice = start - timedelta(hours=terms.cancel_hours)
    if now + terms.grace <= notice:
        return _free_until(notice, fee)
    costs = f"From the moment you book, cancelling costs {fee}."
    if not terms.grace_minutes:
        return costs
    return f"{costs} You can still undo it free in the first {terms.grace_minutes} minutes."


def of_booking(booking: Booking, now: datetime) -> str:
    """Say it of a booking to come; nothing while its client is asked to move: then it's free."""
    terms = policy.terms_of(booking)
    if booking.is_asked_to_move or not (terms.costs_late or booking.fee_if_cancelled):
        return ""
    fee, until = policy.late_fee(booking, now), policy.free_until(booking)
    if not fee and until >= booking.start:
        return "Cancelling is free until it begins."
    if not fee:
        return _free_until(until, price_label(terms.late_fee))
    if now <= until:
        return (
            "You moved it when cancelling wasn’t free any more, so cancelling it still costs "
            f"{price_label(fee)}."
        )
    return f"Cancelling costs {price_label(fee)} now."


def once_moved(booking: Booking, start: datetime, now: datetime) -> str:
    """Say it to whoever would move a booking to `start` now."""
    terms, then = policy.terms_of(booking), policy.fee_once_moved(booking, start, now)
    if not then:
        until = policy.free_until(booking, start)
        return _free_until(until, price_label(terms.late_fee)) if terms.costs_late else ""
    fee = price_label(then)
    if policy.late_move_fee(booking, start, now):
        return f"Cancelling it after that costs another {fee}."
    if policy.late_fee(booking, now):
        return f"Cancelling it later still costs {fee}."
    return f"From the moment you change it, cancelling costs {fee}."


def why_due(booking: Booking, at: datetime, *, late: bool) -> str:
    """Say why something is due for what a client cancelled `at` that moment; nothing if nothing is.

    `late` is whether cancelling it counted as that; else they owe for what they changed before.
    """
    if not booking.fee_label:
        return ""
    if not late:
        return "You had changed it late."
    until = policy.free_until(booking)
    if at > until:
        return f"Cancelling was free until {moment_label(until)}."
    return "You had moved it when cancelling wasn’t free any more."


def _free_until(moment: datetime, fee: str) -> str:
    return f"Cancelling is free until {moment_label(moment)}. After that it costs {fee}."
