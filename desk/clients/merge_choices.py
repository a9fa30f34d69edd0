"""Two cards side by side, field by field: which one stays, and what it says then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bookings import lifecycle
from clients.models import Client
from prose.dates import moment_label

# What each card says that one of them goes on saying; the address is the kept card's own.
FIELDS: dict[str, str] = {
    "name": "Name",
    "phone": "Phone",
    "may_email": "Emailing is safe",
    "may_phone": "Calling is safe",
    "may_leave_message": "A message is safe",
    "may_text": "A text is safe",
    "neutral_words": "Neutral words",
    "quiet": "Quiet hours",
    "ask_for": "Ask for",
    "accepted_at": "Accepted for sessions",
    "reminders_from": "Reminders",
}
# What stands behind a line that tells of more than one column.
COLUMNS = {"quiet": ("quiet_from", "quiet_until")}
# Where the cards differ, the careful one is chosen beforehand.
CAREFUL = {
    "may_email": False,
    "may_phone": False,
    "may_leave_message": False,
    "may_text": False,
    "neutral_words": True,
}
Cards = tuple[Client, Client]
KEEP, SEEN, TELL = "keep", "seen", "tell"
SIDES = ("0", "1")
NO_CARD = "Choose which card stays."
NO_CHOICE = "Choose one of the two in every line."


@dataclass(frozen=True, slots=True)
class Row:
    """A line that both cards have: what each says, and which of them is chosen."""

    name: str
    label: str
    said: tuple[str, str]
    chosen: int

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return self.said[0] != self.said[1]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page shows: how the cards stand, as it had `seen` them, and what is chosen."""

    cards: Cards
    keep: int
    rows: Sequence[Row]
    stands: str
    seen: str
    tells: bool = False
    error: str = ""

    @property
    def kept(self) -> Client:
        """The card that stays."""
        return self.cards[self.keep]

    @property
    def gone(self) -> Client:
        """The card that goes."""
        return self.cards[1 - self.keep]

    @property
    def chosen(self) -> dict[str, Any]:
        """The columns that the kept card gets from the one that goes."""
        return {
            column: getattr(self.gone, column)
            for row in self.rows
            if row.chosen != self.keep
            for column in columns_of(row.name)
        }


def columns_of(name: str) -> tuple[str, ...]:
    """Return what stands behind a line."""
    return COLUMNS.get(name, (name,))


def choices_of(first: Client, second: Client, posted: Mapping[str, str] | None) -> Choices:
    """Return what is chosen: as it was posted, or beforehand what is most likely right."""
    cards = (first, second)
    stands = lifecycle.state_of(first, second)
    if posted is None:
        keep = _likely(cards)
        rows = [_row(name, cards, _default(name, cards, keep)) for name in FIELDS]
        return Choices(cards, keep, rows, stands, seen=stands)
    keep = _index(posted.get(KEEP), 0)
    rows = [_row(name, cards, _index(posted.get(name), keep)) for name in FIELDS]
    missing = [row for row in rows if row.differs and posted.get(row.name) not in SIDES]
    error = NO_CARD if posted.get(KEEP) not in SIDES else NO_CHOICE if missing else ""
    return Choices(cards, keep, rows, stands, posted.get(SEEN, ""), TELL in posted, error)


def _index(side: str | None, otherwise: int) -> int:
    return int(side) if side in SIDES else otherwise


def _likely(cards: Cards) -> int:
    """Return which card stays beforehand: whose address is confirmed, then the older one."""
    ranks = [(not card.is_proven, not card.email, card.created_at) for card in cards]
    return ranks.index(min(ranks))


def _default(name: str, cards: Cards, keep: int) -> int:
    """Return whose line is chosen beforehand: the careful one, or else what the kept card says."""
    values = [getattr(card, columns_of(name)[0]) for card in cards]
    if name in CAREFUL:
        return values.index(CAREFUL[name]) if CAREFUL[name] in values else keep
    if name == "reminders_from":
        return values.index(None) if None in values else keep
    return keep if values[keep] or not values[1 - keep] else 1 - keep


def _row(name: str, cards: Cards, chosen: int) -> Row:
    return Row(name, FIELDS[name], (_says(name, cards[0]), _says(name, cards[1])), chosen)


def _says(name: str, card: Client) -> str:
    """Return a line of a card in words."""
    if name == "quiet":
        return card.quiet_label or "None"
    if name == "reminders_from":
        return "Wanted" if card.wants_reminders else "Not wanted"
    value = getattr(card, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return moment_label(value) if isinstance(value, datetime) else str(value or "Nothing")
