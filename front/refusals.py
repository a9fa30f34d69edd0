"""What a client reads where something can't be done: why, and what to do next."""

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

from availability.models import price_label
from availability.rules import Rule
from bookings.errors import (
    AlreadyMet,
    ChangedMeanwhile,
    ChangedSince,
    Code,
    FeeNotTold,
    NotBookableError,
    NotOffered,
    RecordedMeanwhile,
    SlotTaken,
    TooClose,
    TooFarAhead,
    TooSoon,
    Warned,
    WouldHaveBegun,
)
from bookings.signed_agreement import FactsChangedError, ShownFacts
from prose.dates import clock_label, moment_label

# What only a therapist can ask for; a client who gets there has found a fault of ours.
_NOT_YOURS = "That can’t be done here. Please write to me instead."

# The codes that say all.
PLAIN = {
    Code.WAY_NOT_OFFERED: "I don’t offer that in this way. Choose another way to meet.",
    Code.NO_PLACE: "I have no place for meeting this way just now. Choose another.",
    Code.PAST: "That time has passed. Choose another time.",
    Code.NO_LONGER_OFFERED: "I no longer offer that. Choose something else.",
    Code.CLOSED_TO_NEW: "I’m not taking new people just now, so nothing is booked. If we’ve met, "
    "ask for your private link to book.",
    Code.FACTS_CHANGED: "Nothing is booked yet: something has changed.",
    Code.NO_PRIVACY_NOTICE: "Booking isn’t open just now. Please write to me instead.",
    Code.NOT_MET_YET: "I offer this to people I’ve already met. Book a first meeting, or write "
    "to me.",
    Code.MEETS_ANOTHER: "You have another meeting at that time. Choose another time, or change the "
    "other one first.",
    Code.IS_CANCELLED: "This meeting was cancelled, so it can’t be changed.",
    Code.TOO_LATE_TO_CHANGE: "This meeting has already begun, so it can’t be changed.",
    Code.TOO_LATE_TO_CANCEL: "This meeting has already begun, so it can’t be cancelled.",
    Code.MOVES_USED_UP: "You’ve changed it as often as we agreed. You can still cancel it, or "
    "write to me.",
    Code.BUSY: "Many people are booking right now. Nothing is lost: try once more.",
    Code.NOT_YOUR_DIARY: _NOT_YOURS,
    Code.NOT_YOUR_CLIENT: _NOT_YOURS,
    Code.ADDRESS_TAKEN: "This address can’t be used for you. Please tell me: nothing changes "
    "until then.",
    Code.NO_LONGER_ASKED: "This is no longer asked for, so nothing has changed.",
    Code.SAME_CARD: _NOT_YOURS,
    Code.CARD_GONE: _NOT_YOURS,
    Code.CARD_CHANGED: _NOT_YOURS,
    Code.KEPT_ANOTHER: _NOT_YOURS,
    Code.MET_BY_ANOTHER: _NOT_YOURS,
    Code.CANNOT_BE_READ: _NOT_YOURS,
    Code.TOO_LATE_TO_UNDO: _NOT_YOURS,
    Code.NOT_IN_USE: _NOT_YOURS,
    Code.NO_VIDEO_ROOM: _NOT_YOURS,
    Code.MAIL_HAS_LEFT: _NOT_YOURS,
    Code.CLIENT_IS_ASKED: _NOT_YOURS,
    Code.NOT_ASKED: _NOT_YOURS,
    Code.NO_ADDRESS: _NOT_YOURS,
    Code.NOT_BY_EMAIL: _NOT_YOURS,
    Code.MAIL_WAITS: _NOT_YOURS,
    Code.RECORDED_AS_CANCELLED: _NOT_YOURS,
    Code.RECORDED_TOO_EARLY: _NOT_YOURS,
    Code.OUTCOME_OF_SESSION: _NOT_YOURS,
    Code.OUTCOME_OF_NO_SHOW: _NOT_YOURS,
    Code.NO_SUCH_SERVICE: _NOT_YOURS,
}
_NOT_OFFERED = "That isn’t one of the times I can offer. Choose one from the list."
# By the rule that is named first; any other says only that it isn't offered.
_BY_RULE = {
    Rule.DAYLIGHT: "It isn’t light enough at that time. Choose another time.",
    Rule.DAY_CAP: "That day is full. Choose another day.",
    Rule.WEEK_CAP: "That week is full. Choose a day in another week.",
    Rule.IN_A_ROW: "I need a break around that time. Choose another time.",
    Rule.HELD: "Somebody else is booking that time just now. Choose another time, or try it again "
    "in ten minutes.",
    Rule.GAP: "That time is too close to one that has just been taken. Your details are safe: "
    "choose another time.",
}
# Nothing of what is private in the diary.
_PRIVATE = frozenset({Rule.HOURS, Rule.LEAVE, Rule.CLOCK, Rule.ELSEWHERE})


def words(refusal: NotBookableError) -> str:  # noqa: C901, PLR0911, one line each
    """Return the refusal in the voice in which the practice writes to its clients."""
    match refusal.facts:
        case None:
            return PLAIN[refusal.code]
        case TooSoon() as facts:
            return _too_soon(facts)
        case TooFarAhead(days):
            return _too_far_ahead(days)
        case NotOffered() as facts:
            return _not_offered(facts)
        case TooClose():
            return "Another meeting is too close to that time for this. Choose another time."
        case SlotTaken() as facts:
            return _taken(facts)
        case AlreadyMet(noun):
            return (
                f"I can’t book another {noun} for this email address. "
                "If we’ve met before, choose something else, or write to me."
            )
        case ChangedMeanwhile() as facts:
            return _changed(facts)
        case FeeNotTold() as facts:
            return _fee(facts)
        case ChangedSince() | WouldHaveBegun() | RecordedMeanwhile() | Warned():
            return _NOT_YOURS
        case _ as never:
            assert_never(never)


def _fee(facts: FeeNotTold) -> str:
    fee = price_label(facts.fee)
    costs = (
        f"cancelling costs {fee} once it’s changed" if facts.once_moved else f"it costs {fee} now"
    )
    return (
        f"It has become late since you opened this page: {costs}. "
        "Nothing has changed yet. Confirm your choice once more if you still want it."
    )


def _too_soon(facts: TooSoon) -> str:
    asked = [f"{facts.hours} hours’ notice"] if facts.hours else []
    if facts.book_by:
        asked.append(f"to hear from you by {clock_label(facts.book_by)} UK time the day before")
    return f"That time is too soon: I need {' and '.join(asked)}. Choose a later time."


def _too_far_ahead(days: int) -> str:
    if days < 0:
        return "I take no bookings for this just now. Please write to me instead."
    return f"That time is too far ahead: I take bookings for the next {days} days."


def _not_offered(facts: NotOffered) -> str:
    """Say why, by the first rule that stands."""
    instant = facts.asked.start.timestamp()
    whole = instant == int(instant)
    if not whole or _PRIVATE.intersection(facts.rules):
        return _NOT_OFFERED
    return next((_BY_RULE[rule] for rule in _BY_RULE if rule in facts.rules), _NOT_OFFERED)


def _taken(facts: SlotTaken) -> str:
    return (
        f"{moment_label(facts.asked.start)} has just been taken. "
        "Your details are safe: choose another time."
    )


def _changed(facts: ChangedMeanwhile) -> str:
    now = f"This meeting has been changed meanwhile. It’s now on {facts.where_and_when}."
    if facts.cancelling:
        return f"{now} Nothing was cancelled: confirm once more if you still want to."
    return now


NOTICE_CHANGED = (
    "The privacy notice has changed since you agreed to it. Please read it again: if you book now, "
    "you agree to the new one."
)


def changes(error: FactsChangedError) -> list[str]:
    """Return what is no longer as the page showed it, in a sentence each."""
    return list(_changes(error.was, error.now))


def _changes(was: ShownFacts, now: ShownFacts) -> Iterator[str]:
    then = "when you opened this page"
    if was.service != now.service:
        yield f"This is now called “{now.service}”; it was “{was.service}” {then}."
    if was.price != now.price:
        price, before = (price_label(Decimal(one.price)).lower() for one in (now, was))
        yield f"The price is now {price}; it was {before} {then}."
    if was.minutes != now.minutes:
        yield f"It now lasts {now.minutes} minutes; it was {was.minutes} minutes {then}."
    if was.place != now.place:
        yield f"The place is now {now.place}; it was {was.place} {then}."
    if was.policy != now.policy:
        yield (
            "What we agree about changing and cancelling is now what it says below. It was "
            f"“{was.policy}” {then}."
        )
    if now.cancelling and was.cancelling != now.cancelling:
        late = "It has become late since you opened this page. " * (was.policy == now.policy)
        yield f"{late}{now.cancelling}"
    if was.notice != now.notice:
        yield NOTICE_CHANGED
