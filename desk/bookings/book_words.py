"""What the page that books says of each date, and of what its button will do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from availability.diary import Diary
from availability.models import Place, price_label
from availability.rules import Rule
from bookings.errors import Code, SlotTaken, Warned
from bookings.lifecycle import Judged
from desk import no_address, refusals
from desk.bookings import book_day
from desk.bookings.book_form import BookForm
from desk.bookings.book_who import Who
from desk.why_not.reason_words import Explainer, Reason
from prose.dates import UK, day_label, slot_value, time_label

TITLES: dict[Rule | Code, str] = {
    Rule.HOURS: "Outside your hours.",
    Rule.HELD: "Somebody is booking that time.",
    Rule.ELSEWHERE: "You’re elsewhere.",
    Rule.GAP: "Too close to another meeting.",
    Rule.LEAVE: "You’re away.",
    Rule.CLOCK: "The clocks go back.",
    Rule.DAYLIGHT: "Not light enough.",
    Rule.DAY_CAP: "A full day.",
    Rule.WEEK_CAP: "A full week.",
    Rule.IN_A_ROW: "Too many in a row.",
    Rule.PAST: "It has begun or is over.",
    Rule.NOTICE: "Short notice.",
    Rule.HORIZON: "Far ahead.",
    Code.NOT_MET_YET: "No consultation yet.",
    Code.ALREADY_MET: "You’ve met before.",
}
BETWEEN = "Between your usual starts."
OVER = "It’s written down as booked afterwards, and nothing is emailed."


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that is broken: its name, what it says here, and where it is changed."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class DateShown:
    """One date, with what speaks against it; `keys` is what ticking "Book anyway" sends."""

    slot: str
    label: str
    warnings: list[Broken] = field(default_factory=list)
    keys: str = ""
    is_accepted: bool = False
    refused: str = ""
    instead: list[tuple[str, str]] = field(default_factory=list)
    is_left_out: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it can be booked as it is ticked."""
        return self.is_left_out or (self.is_accepted and not self.refused)


def left_out(start: datetime) -> DateShown:
    """Return a date that is not to be booked."""
    return DateShown(slot_value(start), _when(start), is_left_out=True)


def date_shown(
    judged: Judged, despite: frozenset[str], explainer: Explainer, place: Place
) -> DateShown:
    """Return how a date is shown."""
    slot, label = slot_value(judged.start), _when(judged.start)
    verdict, now = judged.verdict, explainer.now
    if not isinstance(verdict, Warned):
        is_taken = isinstance(verdict.facts, SlotTaken)
        known = explainer.diary
        instead = book_day.nearest(known, place.pk, judged.start, now) if is_taken else []
        words = refusals.words(verdict, now, explainer)
        return DateShown(slot, label, refused=words, instead=instead)
    found = [
        _broken(one, judged.start, explainer.diary)
        for one in refusals.warnings(verdict, now, explainer)
    ]
    keys, is_accepted = "\n".join(sorted(verdict.keys)), verdict.keys <= despite
    return DateShown(slot, label, found, keys, is_accepted)


def _broken(reason: Reason, start: datetime, known: Diary) -> Broken:
    begins = int(start.timestamp())
    ends = begins + known.length
    is_inside = any(opens <= begins and ends <= closes for opens, closes in known.openings)
    title = BETWEEN if reason.rule == Rule.HOURS and is_inside else TITLES[reason.rule]
    return Broken(title, OVER if reason.rule == Rule.PAST else reason.text, reason.url)


def _when(start: datetime) -> str:
    return f"{day_label(start.astimezone(UK).date())}, {time_label(start)}"


def clocks(starts: Sequence[datetime]) -> str:
    """Say that the time stays where the clocks change between these dates; else nothing."""
    offsets = {start.astimezone(UK).utcoffset() for start in starts}
    if len(offsets) <= 1:
        return ""
    return f"The clocks change in between; it stays {time_label(starts[0])}."


@dataclass(frozen=True, slots=True)
class Mail:
    """Whether they can be emailed, and what is ticked."""

    address: str
    why_off: str
    tells: bool
    reminds: bool
    before: str = ""

    @property
    def is_on(self) -> bool:
        """Whether the boxes can be ticked."""
        return not self.why_off

    @property
    def words(self) -> str:
        """What is emailed, as the bar at the bottom says it."""
        if self.why_off:
            return self.why_off
        now = "emailed now" if self.tells else "not emailed now"
        later = "reminded before" if self.reminds and self.before else "no reminders"
        return f"{now}, {later}"


def mail_of(who: Who, form: BookForm, before: str, *, is_over: bool) -> Mail:
    """Return what is emailed to whom is chosen; `before` is when one is reminded."""
    address = who.client.mailed_at if who.client else form.said.get("email", "")
    why = "It’s over, so nothing is emailed" if is_over else ""
    if (who.client or who.is_new) and not address:
        why = (no_address.why(who.client) if who.client else no_address.TELL_THEM).rstrip(".")
    wants = who.client is None or who.client.wants_reminders
    tells, reminds = form.said.get("tells", False), form.said.get("reminds", False)
    return Mail(address, why, tells and not why, reminds and not why, before if wants else "")


def what_it_does(form: BookForm, mail: Mail, count: int) -> str:
    """Return what pressing the button does, in words: how, for how much, how often, which mail."""
    said = form.said
    place, price = said.get("place"), said.get("price")
    often = f"{count} dates" if count > 1 else ""
    parts = [place.get_format_display() if place else "", often, mail.words]
    if price is not None:
        parts.insert(1, price_label(price) + (" each" if count > 1 and price else ""))
    return ", ".join(part for part in parts if part)


def mine(form: BookForm, who: Who, *, clashes: bool) -> book_day.Line | None:
    """Return the line of the day's list that is what would be booked."""
    start, place = form.said.get("start"), form.said.get("place")
    if start is None or place is None:
        return None
    words = f"{who.called or 'Somebody'}, {place.get_format_display().lower()}"
    ends = ": clashes" if clashes else ""
    return book_day.Line(int(start.timestamp()), time_label(start), f"{words}{ends}", "you")
