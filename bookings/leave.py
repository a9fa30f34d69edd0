"""When leave or changed hours meet what is booked: which meetings, and what becomes of each.

Settings never mail anybody. What is saved says first which meetings it meets; the therapist
decides for each, and only then is all of it done, in one step, with one mail to each person.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from availability import walltime
from availability.diary import Diary
from availability.intervals import Interval
from availability.models import Format, Place, Therapist
from availability.walltime import utc
from availability.window import horizon_span
from bookings import busy, lifecycle, slots
from bookings.by import By
from bookings.errors import Code, DecisionRefusedError, NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent
from bookings.notices.letter import UNDO_WAIT
from bookings.typed_words import WISHES
from prose.dates import UK


class Decision(StrEnum):
    """What becomes of a meeting."""

    KEEP = "keep"
    PROPOSE = "propose"
    ONLINE = "online"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision for one booking, as it was `seen`; `start` is what is proposed, if anything."""

    booking_id: int
    decision: Decision
    seen: int
    start: datetime | None = None

    def for_all(self, decision: Decision) -> "Decided":
        """Return the decision that was made for all of them; its time counts only if proposed."""
        start = self.start if decision == Decision.PROPOSE else None
        return replace(self, decision=decision, start=start)


def workable(whose: Collection[int], now: datetime) -> set[int]:
    """Return the ids of their bookings to come that lie in the hours, and in no time off."""
    found = set()
    for therapist in Therapist.objects.filter(pk__in=whose).order_by("pk"):
        found |= _workable(therapist, now)
    return found


def _workable(therapist: Therapist, now: datetime) -> set[int]:
    coming = list(upcoming([therapist.pk], now))
    if not coming:
        return set()
    first, last = coming[0].start.astimezone(UK), coming[-1].end.astimezone(UK)
    span = walltime.whole_days(first.date(), last.date(), UK)
    known = busy.read_all([therapist], span)[therapist.pk].entered
    diaries: dict[tuple[int, str], Diary] = {}
    found = set()
    for booking in coming:
        key = booking.service_id, booking.format
        if key not in diaries:
            diaries[key] = Diary(booking.service, booking.format, span, known, ())
        if diaries[key].is_working(_span(booking)):
            found.add(booking.pk)
    return found


def _span(booking: Booking) -> Interval:
    return int(booking.start.timestamp()), int(booking.end.timestamp())


def upcoming(whose: Collection[int], now: datetime) -> Iterable[Booking]:
    """Return their meetings that have not begun, by start."""
    coming = Booking.objects.filter(therapist_id__in=whose, during__startswith__gt=now)
    return coming.holding().whole().defer("note", *WISHES).order_by("during")


def met(whose: Collection[int], before: set[int], now: datetime) -> list[Booking]:
    """Return the bookings that were workable `before` and are no longer, by start."""
    gone = before - workable(whose, now)
    return [one for one in upcoming(whose, now) if one.pk in gone] if gone else []


def freed(whose: Collection[int], before: set[int], now: datetime) -> list[Booking]:
    """Return those that are workable again and whose clients are asked to move them, by start."""
    if not Booking.objects.filter(therapist_id__in=whose).asked_to_move(now).exists():
        return []
    again = workable(whose, now) - before
    return [one for one in upcoming(whose, now) if one.pk in again and one.asked_at]


def can_go_online(booking: Booking) -> bool:
    """Whether it could be held online instead."""
    return booking.format != Format.ONLINE and Format.ONLINE in booking.service.formats


def suggestions(bookings: Sequence[Booking], now: datetime) -> dict[int, datetime]:
    """Return a free start after each booking's own, by its id: the next, and no two too close.

    Two queries for each therapist, service, format and length among them.
    """
    found: dict[int, datetime] = {}
    key = attrgetter("therapist_id", "service_id", "format", "seconds")
    taken: dict[int, list[Interval]] = defaultdict(list)
    for _, its in groupby(sorted(bookings, key=key), key=key):
        group = sorted(its, key=attrgetter("start"))
        service = group[0].service
        service.therapist = group[0].therapist  # the same row, read already
        length, gap = group[0].seconds, service.gap_minutes * 60
        span = horizon_span([service], now)
        free = slots.free_starts(service, group[0].format, span, now, length=length)
        for booking in group:
            others = taken[booking.therapist_id]
            start = next((s for s in free if _suits(s, length + gap, booking, others)), None)
            if start is not None:
                others.append((start, start + length + gap))
                found[booking.pk] = utc(start)
    return found


def _suits(start: int, length: int, booking: Booking, taken: Iterable[Interval]) -> bool:
    later = start > booking.start.timestamp()
    return later and not any(begin < start + length and start < end for begin, end in taken)


def apply(decided: Sequence[Decided], *, by: By, reason: str, now: datetime) -> uuid.UUID | None:
    """Carry out all decisions, or none: call it in the transaction that saves the leave.

    Return what all its lines of history have in common, so that all can be taken back at once;
    None if nobody is told. Raises `DecisionRefusedError` for the first that can't be carried out.
    """
    lines = []
    for one in sorted(decided, key=attrgetter("booking_id")):
        if one.decision == Decision.KEEP:
            continue
        try:
            booking = _carry_out(one, by, reason, now)
        except NotBookableError as refusal:
            raise DecisionRefusedError(one.booking_id, refusal) from refusal
        lines.append(last_line(booking))
    _tell_together(lines, reason, now)
    told = [line.pk for line in lines if line.told_by]
    decision = uuid.uuid4() if told else None
    BookingEvent.objects.filter(pk__in=told).update(decision=decision)
    return decision


def _tell_together(lines: Sequence[BookingEvent], reason: str, now: datetime) -> None:
    """Put what one person is to hear of several meetings into one mail."""
    theirs: dict[int, list[BookingEvent]] = defaultdict(list)
    for line in lines:
        if line.told_by:
            theirs[line.booking.client_id].append(line)
    for several in theirs.values():
        if len(several) > 1:
            lifecycle.tell_together(several, reason, now)


def _carry_out(one: Decided, by: By, reason: str, now: datetime) -> Booking:
    booking = lifecycle.locked(one.booking_id, by=by)
    lifecycle.require_open(booking, one.seen, now)
    if one.decision == Decision.CANCEL:
        return lifecycle.cancel(booking.pk, by=by, reason=reason, now=now)
    if one.decision == Decision.PROPOSE:
        return lifecycle.ask_to_move(booking.pk, one.seen, one.start, by=by, reason=reason, now=now)
    if one.decision == Decision.WITHDRAW:
        return lifecycle.withdraw_question(booking.pk, one.seen, by=by, reason=reason, now=now)
    places = Place.objects.filter(therapist_id=booking.therapist_id, is_active=True)
    room = places.filter(format=Format.ONLINE).first()
    if room is None:
        raise NotBookableError(Code.NO_VIDEO_ROOM)
    to = Change(booking.start, Format.ONLINE, room, one.seen)
    return lifecycle.reschedule(booking.pk, to, by=by, reason=reason, now=now, wait=UNDO_WAIT)


def last_line(booking: Booking) -> BookingEvent:
    """Return the line of history that says what was done with the booking last."""
    line = booking.events.latest("pk")
    line.booking = booking
    return line
