"""Refusals: a code, and the facts that its words need. The words are found where they are read.

Nothing here is for people's eyes: `front.refusals` and `desk.refusals` say each code to whom
it concerns, an API returns the code itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from availability.rules import Limit, Rule


class Code(StrEnum):
    """What is wrong."""

    # The time.
    WAY_NOT_OFFERED = "way not offered"
    NO_PLACE = "no place"
    PAST = "past"
    TOO_SOON = "too soon"
    TOO_FAR_AHEAD = "too far ahead"
    NOT_OFFERED = "not offered"
    TOO_CLOSE = "too close"
    SLOT_TAKEN = "slot taken"
    # Who books.
    NO_LONGER_OFFERED = "no longer offered"
    CLOSED_TO_NEW = "closed to new people"
    FACTS_CHANGED = "facts changed"
    NO_PRIVACY_NOTICE = "no privacy notice"
    NOT_MET_YET = "not met yet"
    ALREADY_MET = "already met"
    MEETS_ANOTHER = "meets another"
    # What is booked.
    IS_CANCELLED = "is cancelled"
    TOO_LATE_TO_CHANGE = "too late to change"
    TOO_LATE_TO_CANCEL = "too late to cancel"
    CHANGED_MEANWHILE = "changed meanwhile"
    FEE_NOT_TOLD = "fee not told"
    MOVES_USED_UP = "moves used up"
    BUSY = "busy"
    # What the therapist does.
    NOT_YOUR_DIARY = "not your diary"
    NOT_YOUR_CLIENT = "not your client"
    ADDRESS_TAKEN = "address taken"
    NO_LONGER_ASKED = "no longer asked"
    SAME_CARD = "same card"
    CARD_GONE = "card gone"
    CARD_CHANGED = "card changed"
    KEPT_ANOTHER = "kept another"
    MET_BY_ANOTHER = "met by another"
    CANNOT_BE_READ = "cannot be read"
    TOO_LATE_TO_UNDO = "too late to undo"
    NOT_IN_USE = "not in use"
    NO_VIDEO_ROOM = "no video room"
    MAIL_HAS_LEFT = "mail has left"
    CHANGED_SINCE = "changed since"
    WOULD_HAVE_BEGUN = "would have begun"
    CLIENT_IS_ASKED = "client is asked"
    NOT_ASKED = "not asked"
    NOT_BY_EMAIL = "not by email"
    MAIL_WAITS = "mail waits"
    NO_ADDRESS = "no address"
    RECORDED_AS_CANCELLED = "recorded as cancelled"
    RECORDED_TOO_EARLY = "recorded too early"
    OUTCOME_OF_SESSION = "outcome of a session"
    OUTCOME_OF_NO_SHOW = "outcome of a no-show"
    RECORDED_MEANWHILE = "recorded meanwhile"
    WARNED = "warned"
    NO_SUCH_SERVICE = "no such service"


@dataclass(frozen=True, slots=True)
class TooSoon:
    """The booking notice: hours ahead, and the UK time of the day before."""

    code: ClassVar = Code.TOO_SOON
    hours: int
    book_by: time | None


@dataclass(frozen=True, slots=True)
class TooFarAhead:
    """For how many days bookings are taken; below zero, none is."""

    code: ClassVar = Code.TOO_FAR_AHEAD
    days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The time that was asked for: when, and by their ids what, how and where, if it's known."""

    start: datetime
    service: int = 0
    format: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class _Refused:
    """A time, and each rule that forbids it, with its cause."""

    asked: Asked
    limits: tuple[Limit, ...] = ()

    @property
    def rules(self) -> list[Rule]:
        """The rules alone."""
        return [limit.rule for limit in self.limits]


@dataclass(frozen=True, slots=True)
class NotOffered(_Refused):
    """A start that the rules forbid."""

    code: ClassVar = Code.NOT_OFFERED


@dataclass(frozen=True, slots=True)
class TooClose(_Refused):
    """A start that is too near to other meetings, whatever the hours say."""

    code: ClassVar = Code.TOO_CLOSE


@dataclass(frozen=True, slots=True)
class SlotTaken(_Refused):
    """A start that another booking overlaps; without limits, one that was quicker just now."""

    code: ClassVar = Code.SLOT_TAKEN


@dataclass(frozen=True, slots=True)
class AlreadyMet:
    """A first meeting that somebody asks for who has one; `noun` is the service's."""

    code: ClassVar = Code.ALREADY_MET
    noun: str


@dataclass(frozen=True, slots=True)
class ChangedMeanwhile:
    """How the booking stands now; `cancelling` if that was asked for."""

    code: ClassVar = Code.CHANGED_MEANWHILE
    where_and_when: str
    cancelling: bool = False


@dataclass(frozen=True, slots=True)
class FeeNotTold:
    """What it costs now, in pounds; or what cancelling costs `once_moved`."""

    code: ClassVar = Code.FEE_NOT_TOLD
    fee: Decimal
    once_moved: bool = False


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """The booking's name: somebody changed it after what is to be taken back."""

    code: ClassVar = Code.CHANGED_SINCE
    booking: str


@dataclass(frozen=True, slots=True)
class WouldHaveBegun:
    """The booking's name: what is to be taken back would bring back a time that has passed."""

    code: ClassVar = Code.WOULD_HAVE_BEGUN
    booking: str


@dataclass(frozen=True, slots=True)
class RecordedMeanwhile:
    """What is recorded now; empty for nothing."""

    code: ClassVar = Code.RECORDED_MEANWHILE
    went: str


@dataclass(frozen=True, slots=True)
class Warned(_Refused):
    """What the practice's side is warned of: all that would refuse the time to a client.

    `outside` is how it lies outside of what clients may book, `person` why this client may not;
    `unused` says that its place or way to meet, which it keeps, isn't in use any more.
    """

    code: ClassVar = Code.WARNED
    outside: tuple[Rule, ...] = ()
    person: tuple[Code | AlreadyMet, ...] = ()
    unused: tuple[Code, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Name each warning, for a page to send back what it showed: of this time, place and cause.

        The same rule asks again about another time, or because of another meeting.
        """
        at = f"{int(self.asked.start.timestamp())} {self.asked.format} {self.asked.place}"
        limits = [f"{limit.rule} {_name(limit)}" for limit in self.limits]
        person = [one if isinstance(one, Code) else one.code for one in self.person]
        return frozenset(f"{at} {what}" for what in (*limits, *self.outside, *person, *self.unused))


def _name(limit: Limit) -> str:
    cause = limit.cause
    return cause.isoformat() if isinstance(cause, date) else f"{cause[0]}-{cause[1]}"


Facts = (
    TooSoon
    | TooFarAhead
    | NotOffered
    | TooClose
    | SlotTaken
    | AlreadyMet
    | ChangedMeanwhile
    | FeeNotTold
    | ChangedSince
    | WouldHaveBegun
    | RecordedMeanwhile
    | Warned
)


class NotBookableError(Exception):
    """Something that can't be done to a booking: its code, and its facts if it has any."""

    def __init__(self, why: Code | Facts) -> None:
        """Take a code that says all, or facts, which have theirs."""
        super().__init__(why)
        self.code: Code = why if isinstance(why, Code) else why.code
        self.facts: Facts | None = None if isinstance(why, Code) else why

    def __str__(self) -> str:
        return repr(self.facts or self.code)


class TimeRefusedError(NotBookableError):
    """A refusal that another time would answer."""


class SlotTakenError(TimeRefusedError):
    """A time that could have been booked a moment ago."""

    def __init__(self, asked: Asked, limits: tuple[Limit, ...] = ()) -> None:
        """Take the time, and the limits where a rule said so and not the database."""
        super().__init__(SlotTaken(asked, limits))


class WarnedError(NotBookableError):
    """Nothing forbids it, and something speaks against it that nobody has accepted yet."""

    def __init__(self, warned: Warned) -> None:
        """Take all the warnings, those among them too that were accepted."""
        super().__init__(warned)
        self.warned = warned


class BusyError(NotBookableError):
    """The diary could not be locked in time."""

    def __init__(self) -> None:
        """It needs no facts: the same request may be tried again."""
        super().__init__(Code.BUSY)


class DecisionRefusedError(NotBookableError):
    """A decision that can't be carried out: for which booking, and why."""

    def __init__(self, booking_id: int, refusal: NotBookableError) -> None:
        """Take the refusal's code and facts for the booking's."""
        super().__init__(refusal.facts or refusal.code)
        self.booking_id = booking_id
