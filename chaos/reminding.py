"""When a reminder is owed while clocks are wrong, and what is promised of those that came. Pure.

Three clocks: the true time, that of the database, and that of the process that sweeps. Only the
database's decides, so a reminder is *due* when that clock first shows its moment, or a later one
before the next moment or the start. Where the clock is right that is the true moment, start less so
many hours. Where it is wrong nobody can know better: a clock that is an hour ahead reminds an hour
early, and one that jumps over a moment and all that follows it owes nothing. How late a reminder
comes is measured in true time from when it was due. After the start it must not come by either
clock, the wrong one or the true one.

All moments are epoch seconds, true unless said otherwise.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chaos.aims import Aim, none_of

HOURS = (24, 2)
LATE = 300
MOST_LATE = 0.01


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `began` to `ended` the clock shows so many seconds more than it is."""

    began: int
    ended: int
    error: int


@dataclass(frozen=True, slots=True)
class Course:
    """How the database's clock went; the stretches follow each other without a gap.

    `app` is what the sweeping process's clock is ahead, all the time.
    """

    name: str
    stretches: Sequence[Stretch]
    app: int = 0

    def shown(self, moment: int) -> int:
        """Return what the database's clock shows then."""
        return moment + next(one.error for one in self.stretches if one.began <= moment < one.ended)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that a meeting may owe: its hours, and by the database's clock from when until when."""

    booking: str
    hours: int
    due: int
    until: int
    start: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One that came: the true moment, and what the database's clock showed."""

    booking: str
    hours: int
    at: int
    shown: int


@dataclass(frozen=True)
class Simulated:
    """One course, with all that could be owed and all that came."""

    course: Course
    reminders: Sequence[Reminder]
    arrivals: Sequence[Arrival]
    sweeps: int


def reminders(booking: str, start: int) -> Iterator[Reminder]:
    """Yield those of a meeting; each gives way to the next, and the last to the start."""
    moments = [*(start - hours * 3600 for hours in HOURS), start]
    for hours, (due, until) in zip(HOURS, pairwise(moments), strict=True):
        yield Reminder(booking, hours, due, until, start)


def owed_at(reminder: Reminder, course: Course) -> int | None:
    """Return when the clock first shows that it is due; None if it never does."""
    for one in course.stretches:
        moment = max(one.began, reminder.due - one.error)
        if moment < min(one.ended, reminder.until - one.error):
            return moment
    return None


def aims(found: Sequence[Simulated]) -> Iterator[Aim]:
    """Yield every aim, over all courses."""
    late, owed, twice, early, after = [], 0, [], [], []
    for one in found:
        due = {_name(r): (owed_at(r, one.course), r) for r in one.reminders}
        came = {_name(a): a for a in reversed(one.arrivals)}  # the first of each
        times = Counter(_name(a) for a in one.arrivals)
        known = {name: at for name, (at, _) in due.items() if at is not None}
        owed += len(known)
        late += [n for n, at in known.items() if n not in came or came[n].at - at > LATE]
        twice += [name for name, number in times.items() if number > 1]
        early += [_name(a) for a in one.arrivals if a.shown < due[_name(a)][1].due]
        after += [_name(a) for a in one.arrivals if max(a.at, a.shown) >= due[_name(a)][1].start]
    share = 1 - len(late) / max(1, owed)
    yield (
        "99% of reminders within 5 minutes of due",
        f"{share:.2%} of {owed:,}",
        owed > 0 and share >= 1 - MOST_LATE,
    )
    sweeps = f"{sum(one.sweeps for one in found):,} sweeps"
    yield none_of("reminders after the start", after, sweeps)
    yield none_of("reminders twice", twice, sweeps)
    yield none_of("reminders before they are due", early, sweeps)


def told(one: Simulated) -> str:
    """Say how one course went."""
    owed = [owed_at(reminder, one.course) for reminder in one.reminders]
    known = {_name(r): at for r, at in zip(one.reminders, owed, strict=True) if at is not None}
    waits = [a.at - known[_name(a)] for a in one.arrivals if _name(a) in known]
    return (
        f"{one.course.name}: {len(known)} reminders owed, {len(one.arrivals)} came, "
        f"the latest after {max(waits, default=0)} s; {owed.count(None)} were jumped over"
    )


def _name(one: Reminder | Arrival) -> tuple[str, int]:
    return one.booking, one.hours
