"""What people were told and what was seen: the evidence, apart from how it is come by."""

from dataclasses import dataclass, field

# The kinds of mail that each act owes, the client's and the therapist's.
OWED = {
    "book": ("confirmation", "therapist_new"),
    "move": ("moved", "therapist_moved"),
    "cancel": ("cancellation", "therapist_cancelled"),
}
# Statuses of requests without an answer: none came; the person went away and did not wait for it.
NONE, CUT = 0, -1


@dataclass(frozen=True, slots=True)
class Answered:
    """One request: when it was sent and answered (monotonic seconds, as everywhere), and how."""

    sent: float
    answered: float
    status: int

    @property
    def is_unknown(self) -> bool:
        """Whether nobody can tell what became of it."""
        return self.status in (NONE, CUT) or self.status >= 500


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told is done: the booking's sequence and start from then on."""

    act: str
    sequence: int
    slot: str
    at: float


@dataclass
class Account:
    """One person's memory. Their booking is what they were last told."""

    uid: str = ""
    told: list[Told] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    beaten: int = 0  # times that somebody else had taken
    unknown: int = 0  # acts that were pressed again, because nobody knew what became of the first
    found: int = 0  # bookings that the first press had made all the same
    failed: list[str] = field(default_factory=list)  # acts that ended otherwise than they should

    def overtaken(self, sequence: int) -> float | None:
        """Return when they were told of the change after that one, if there was one."""
        return next((told.at for told in self.told if told.sequence > sequence), None)


@dataclass(frozen=True, slots=True)
class Kept:
    """A booking as the database has it."""

    slot: str
    cancelled: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A row of the outbox; its key is `<uid>:<sequence>:<kind>`."""

    key: str
    message_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the mail server's: see sink.py."""

    at: float
    what: str
    id: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Something was gone from `began` to `ended`; `data` if it was the database."""

    what: str
    began: float
    ended: float
    data: bool = False

    def meets(self, began: float, ended: float) -> bool:
        """Whether it lay, in part, between these two moments."""
        return self.began <= ended and began <= self.ended


@dataclass(frozen=True)
class Evidence:
    """All that is known after a storm.

    `drained`: after how long no mail was left; `alone`: after how long the worker without sweepers
    had sent what somebody booked then; None where that did not happen.
    """

    accounts: list[Account]
    kept: dict[str, Kept]
    overlaps: int
    too_near: int
    mails: list[Mail]
    notes: list[Note]
    kills: list[float]
    outages: list[Outage]
    length: float
    drained: float | None
    alone: float | None
