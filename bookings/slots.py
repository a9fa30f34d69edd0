"""What can be booked: rules and busy time go in, starts come out. One answer for page and POST.

The page that offers a time and the transaction that books it both ask `free_starts`, so what is
shown can be booked and what is posted is judged in full.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from availability import engine, rules
from availability.engine import Ask, Busy
from availability.intervals import Interval
from availability.models import Service
from availability.reads import rules_for
from availability.uk_time import UK, moment_label
from bookings.models import spans_of

DAY_SECONDS = 86_400


class NotBookableError(Exception):
    """A time that cannot be booked; the text tells a client why and what to do next."""


class TimeRefusedError(NotBookableError):
    """A refusal that another time would answer."""


class SlotTakenError(TimeRefusedError):
    """A time that could have been booked a moment ago."""

    def __init__(self, start: datetime) -> None:
        super().__init__(
            f"{moment_label(start, year=False)} has just been taken. "
            "Your details are safe: choose another time."
        )


@dataclass(frozen=True, slots=True)
class Diary:
    """What was read of one therapist's time, for one service and format, over `span`."""

    openings: list[Interval]
    closed: list[Busy]
    busy: list[Busy]
    ask: Ask

    def starts(self) -> list[int]:
        """Return the starts that can be booked, as epoch seconds, ascending."""
        return engine.starts(self.openings, [*self.closed, *self.busy], self.ask)

    def starts_of_an_empty_diary(self) -> list[int]:
        """Return what could be booked if nobody else had."""
        return engine.starts(self.openings, self.closed, self.ask)


def bookable_span(service: Service, now: datetime) -> Interval:
    """Return the instants at which a client may start: after the notice, up to the horizon's day.

    The notice counts elapsed hours; the horizon ends with a UK day.
    """
    earliest = ceil(now.timestamp()) + service.notice_hours * 3600
    last_day = now.astimezone(UK).date() + timedelta(days=service.horizon_days)
    return earliest, rules.whole_days(last_day, last_day, UK)[1]


def read_diary(service: Service, fmt: str, span: Interval, now: datetime) -> Diary:
    """Read the diary of the service's therapist over `span`: two queries, whatever the history."""
    earliest, horizon = bookable_span(service, now)
    # A day on either side: what is booked just outside needs its gap inside, and a meeting that
    # begins inside may run into leave that begins outside.
    wide = span[0] - DAY_SECONDS, span[1] + DAY_SECONDS
    known = rules_for(service.therapist, fmt, wide)
    return Diary(
        openings=rules.openings(known, span),
        closed=rules.closed(known, wide),
        busy=[
            Busy(start, end, gap * 60) for start, end, gap in spans_of(service.therapist_id, wide)
        ],
        ask=Ask(
            length=service.length_minutes * 60,
            step=service.step_minutes * 60,
            gap=service.gap_minutes * 60,
            earliest=max(earliest, span[0]),
            latest=min(horizon, span[1]) - 1,
        ),
    )


def free_starts(service: Service, fmt: str, span: Interval, now: datetime) -> list[int]:
    """Return the starts in `span` that a client can book, as epoch seconds, ascending."""
    if fmt not in service.formats:
        return []
    return read_diary(service, fmt, span, now).starts()


def require_free(service: Service, fmt: str, start: datetime, now: datetime) -> None:
    """Raise `TimeRefusedError`, saying which rule refuses, unless `start` is a free start."""
    if fmt not in service.formats:
        raise NotBookableError("I don’t offer that in this way. Choose another way to meet.")
    instant = start.timestamp()
    day = start.astimezone(UK).date()
    diary = read_diary(service, fmt, rules.whole_days(day, day, UK), now)
    if instant in diary.starts():
        return
    if instant in diary.starts_of_an_empty_diary():
        raise SlotTakenError(start)
    raise TimeRefusedError(_reason(service, start, now))


def _reason(service: Service, start: datetime, now: datetime) -> str:
    """Say which of the rules on a single start refuses it."""
    earliest, horizon = bookable_span(service, now)
    if start <= now:
        return "That time has passed. Choose another time."
    if start.timestamp() < earliest:
        hours = service.notice_hours
        return f"That time is too soon: I need {hours} hours’ notice. Choose a later time."
    if start.timestamp() >= horizon:
        days = service.horizon_days
        return f"That time is too far ahead: I take bookings for the next {days} days."
    return "That isn’t one of the times I can offer. Choose one from the list."
