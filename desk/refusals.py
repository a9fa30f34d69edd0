"""What a therapist reads where something can't be done: which rule or whose booking it was."""

from datetime import datetime
from typing import assert_never

from availability import walltime
from availability.models import Service, price_label
from availability.rules import Meeting, Rule
from availability.walltime import utc
from bookings import busy
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
from desk.why_not.reason_words import Explainer, Reason
from prose.dates import UK, clock_label, moment_label, time_label

TimeFacts = NotOffered | TooClose | SlotTaken | Warned
# The codes that say all.
PLAIN = {
    Code.WAY_NOT_OFFERED: "That service isn’t offered in this way, or not at this place. Choose "
    "another place, or change the service first.",
    Code.NO_PLACE: "No place for meeting this way is in use. Add one under Places first.",
    Code.PAST: "That time has passed. Choose one that is to come.",
    Code.NO_LONGER_OFFERED: "That service or place is no longer there. Choose another.",
    Code.CLOSED_TO_NEW: "New people can’t book just now: their therapist takes none.",
    Code.FACTS_CHANGED: "The service or the place has changed since. Check it once more.",
    Code.NO_PRIVACY_NOTICE: "There is no privacy notice, so clients can’t book. Publish one first.",
    Code.NOT_MET_YET: "They haven’t had a consultation that went on, and aren’t accepted under "
    "Clients.",
    Code.MEETS_ANOTHER: "They have another meeting at that time.",
    Code.IS_CANCELLED: "This meeting was cancelled, so it can’t be changed.",
    Code.TOO_LATE_TO_CHANGE: "This meeting has already begun, so it can’t be changed.",
    Code.TOO_LATE_TO_CANCEL: "This meeting has already begun, so it can’t be cancelled. Record how "
    "it went instead.",
    Code.MOVES_USED_UP: "The client has changed it as often as was agreed.",
    Code.BUSY: "The diary is being written to just now. Nothing has changed: try once more.",
    Code.NOT_YOUR_CLIENT: "Somebody else’s client may have this address, so nothing has changed. "
    "It’s confirmed once they press the button behind the link that was emailed there.",
    Code.NOT_YOUR_DIARY: "This diary isn’t yours to change, so nothing has changed. The owner of "
    "the practice decides who may.",
    Code.ADDRESS_TAKEN: "Another client has this address already. If they’re the same "
    "person, put the two cards together instead.",
    Code.NO_LONGER_ASKED: "This is no longer asked for, so nothing has changed.",
    Code.SAME_CARD: "These are one card already. Choose another one.",
    Code.CARD_GONE: "One of the two cards is gone: somebody has put it together with another, or "
    "deleted it. Nothing has changed.",
    Code.CARD_CHANGED: "One of the two cards was changed since you opened this page. Check them "
    "once more.",
    Code.KEPT_ANOTHER: "The card that would go was itself put together with another one today, "
    "which can still be undone. Keep that card instead, or wait until tomorrow.",
    Code.MET_BY_ANOTHER: "Another therapist meets one of them too, so the owner or a manager of "
    "the practice puts these cards together.",
    Code.CANNOT_BE_READ: "Something that is sealed on one of the cards can’t be read just now, and "
    "would be lost. Nothing has changed.",
    Code.TOO_LATE_TO_UNDO: "That can’t be undone any longer: a day has passed, or it was undone "
    "before.",
    Code.NOT_IN_USE: "It keeps a place or a way to meet that is no longer in use.",
    Code.NO_VIDEO_ROOM: "There is no video room in use. Add one under Places first.",
    Code.MAIL_HAS_LEFT: "The email has left, so this can’t be taken back now.",
    Code.NOT_ASKED: "The client isn’t asked for another time any more. Nothing was changed.",
    Code.CLIENT_IS_ASKED: "The client is asked for another time: that email stands.",
    Code.NO_ADDRESS: "They have no email address, so they can’t be asked or sent anything. Tell "
    "them yourself, or add an address on their card.",
    Code.NOT_BY_EMAIL: "There’s no safe email address for this client, so nothing was sent. Reach "
    "them another way.",
    Code.MAIL_WAITS: "An email about the last change leaves in a moment by itself.",
    Code.RECORDED_AS_CANCELLED: "This meeting was cancelled, so there’s nothing to record.",
    Code.RECORDED_TOO_EARLY: "This meeting hasn’t begun yet. Record it once it has.",
    Code.OUTCOME_OF_SESSION: "Only a consultation ends in one of these.",
    Code.NO_SUCH_SERVICE: "They offer nothing of this length in this way.",
    Code.OUTCOME_OF_NO_SHOW: "Who didn’t come has no outcome: choose none.",
}


def words(  # noqa: C901, PLR0911, one line each
    refusal: NotBookableError, now: datetime, explainer: Explainer | None = None
) -> str:
    """Return the refusal in words for whoever keeps the diary; of rules, as "Why not?" says it.

    An `explainer` knows the day's diary and the rows behind it, where the caller has read them.
    """
    match refusal.facts:
        case None:
            return PLAIN[refusal.code]
        case TooSoon() as facts:
            return _too_soon(facts)
        case TooFarAhead(days):
            return f"Clients book this at most {max(days, 0)} days ahead."
        case Warned() as facts:
            return " ".join(reason.text for reason in warnings(facts, now, explainer))
        case NotOffered() | TooClose() | SlotTaken() as facts:
            return _time(facts, now, explainer)
        case AlreadyMet(noun):
            return f"Somebody with this email address has a {noun} already."
        case ChangedMeanwhile() as facts:
            return _changed(facts)
        case FeeNotTold(fee):
            return f"It has become late for the client: it costs them {price_label(fee)} now."
        case ChangedSince(booking):
            return f"{booking} has been changed since, so it can’t be taken back."
        case WouldHaveBegun(booking):
            return f"{booking} would have begun, so it can’t be taken back."
        case RecordedMeanwhile(went):
            return (
                "Somebody has changed this meanwhile. "
                f"What is recorded now: {went or 'nothing yet'}. "
                "Check it, then save again if you still want to change it."
            )
        case _ as never:
            assert_never(never)


def _too_soon(facts: TooSoon) -> str:
    asked = [f"{facts.hours} hours ahead"] if facts.hours else []
    if facts.book_by:
        asked.append(f"by {clock_label(facts.book_by)} the day before")
    return f"Clients book this {' and '.join(asked)}: it is too soon."


def _changed(facts: ChangedMeanwhile) -> str:
    undone = "cancelled" if facts.cancelling else "moved"
    return (
        f"This meeting has been changed meanwhile. It’s now on {facts.where_and_when}. "
        f"Nothing was {undone}: confirm once more if you still want to."
    )


def _time(facts: NotOffered | TooClose | SlotTaken, now: datetime, known: Explainer | None) -> str:
    """Name whose meeting is in the way, or else each rule that is."""
    if not facts.limits:
        return f"{moment_label(facts.asked.start)} has just been taken. Choose another time."
    explainer = known or explainer_of(facts, now)
    taken = next((one.cause for one in facts.limits if one.rule == Rule.TAKEN), None)
    if isinstance(taken, Meeting):
        return _overlap(explainer, taken)
    return " ".join(reason.text for reason in _explained(facts, explainer))


def _overlap(explainer: Explainer, taken: Meeting) -> str:
    booking = explainer.bookings.get(taken.start)
    whose = f"{booking.called}’s {booking.noun}" if booking else "another meeting"
    span = f"{time_label(utc(taken.start))} to {time_label(utc(taken.end))}"
    return f"That time overlaps {whose}, {span}."


def warnings(warned: Warned, now: datetime, known: Explainer | None = None) -> list[Reason]:
    """Return what is warned of in words, each with the page that decides it."""
    explainer = known or explainer_of(warned, now)
    outside = map(explainer.outside, warned.outside)
    person = [NotBookableError(why) for why in (*warned.person, *warned.unused)]
    whom = [Reason(refusal.code, words(refusal, now)) for refusal in person]
    return [*_explained(warned, explainer), *outside, *whom]


def _explained(facts: TimeFacts, explainer: Explainer) -> list[Reason]:
    asked = facts.asked
    return explainer.explain(facts.limits, int(asked.start.timestamp()), asked.place)


def explainer_of(facts: TimeFacts, now: datetime) -> Explainer:
    """Return who knows the words, for the day of the time that was asked for."""
    asked = facts.asked
    service = Service.objects.select_related("therapist").get(pk=asked.service)
    day = asked.start.astimezone(UK).date()
    span = walltime.whole_days(day, day, UK)
    return Explainer(busy.read_diary(service, asked.format, span, now), now)


# What somebody went against who acts for the practice, as the history tells it.
AGAINST: dict[Rule | Code, str] = {
    Rule.HOURS: "outside the hours",
    Rule.HELD: "somebody was booking that time",
    Rule.ELSEWHERE: "an appointment elsewhere",
    Rule.GAP: "the gap to another meeting",
    Rule.LEAVE: "time off",
    Rule.CLOCK: "the hour that happens twice",
    Rule.DAYLIGHT: "without daylight",
    Rule.DAY_CAP: "more sessions than the day’s most",
    Rule.WEEK_CAP: "more consultations than the week’s most",
    Rule.IN_A_ROW: "more sessions in a row than the most",
    Rule.PAST: "booked afterwards",
    Rule.NOTICE: "inside the booking notice",
    Rule.HORIZON: "further ahead than clients book",
    Code.NOT_IN_USE: "no longer in use",
    Code.NOT_MET_YET: "no consultation that went on",
    Code.ALREADY_MET: "has met before",
}


def went_against(codes: str) -> str:
    """Return the codes that a line of history keeps in words: "outside the hours, time off"."""
    said = {one.value: words for one, words in AGAINST.items()}
    return ", ".join(said.get(code, code) for code in codes.split(",") if code)
