"""One therapist's diary: what was entered and what is booked go in, starts and reasons come out.

It reads nothing: `bookings.busy` hands it the meetings. It knows neither notice nor horizon, which
bind clients alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from availability import engine, rules, walltime
from availability.engine import Ask
from availability.intervals import Interval, merge
from availability.models import Service, Therapist
from availability.rules import Caps, Limit, Meeting, Rule, Side, Wanted
from availability.snapshot import Entered, UsedPlace

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Diary:
    """What was read of one therapist's time, for one service and format, over `span`."""

    service: Service
    format: str
    span: Interval
    entered: Entered
    # Bookings and others' holds, as far around the span as the caps count.
    meetings: Sequence[Meeting]
    # What is forbidden, but for the dark, by what the gap table tells apart: computed once for all
    # the places, and for all the formats of a service that share it.
    forbidden: dict[Side | None, list[Interval]] = field(default_factory=dict)
    # How long it is to be, in seconds, where a booking of its own length is moved.
    own_length: int | None = None

    @property
    def places(self) -> list[UsedPlace]:
        """The places where it can be had."""
        return self.entered.places(self.format)

    @property
    def openings(self) -> list[Interval]:
        """The hours in which it can be had."""
        return list(self._openings_in_turn())

    @property
    def stretches(self) -> list[Interval]:
        """The same, those that adjoin as one, and as far as they go on after the span."""
        return merge(self._openings_in_turn(more=DAY_SECONDS))

    @property
    def ask(self) -> Ask:
        """What is to be placed in them."""
        step = self.service.step_minutes * 60
        return Ask(self.length, step, self.span[0], self.span[1] - 1)

    @property
    def length(self) -> int:
        """How long it is, in seconds: as long as the service is now, or as what is moved."""
        own = self.own_length
        return self.service.length_minutes * 60 if own is None else own

    def starts(self, place: int | None = None) -> list[int]:
        """Return the starts at which it can be had, at one place or at any, as epoch seconds."""
        openings, ask = list(self._joined()), self.ask
        found = [engine.starts(openings, taken, ask) for taken in self._forbidden(place)]
        return found[0] if len(found) == 1 else sorted(set().union(*found))

    def first_start(self) -> int | None:
        """Return the first start at which it can be had anywhere, or None."""
        found = (engine.first_start(self._joined(), taken, self.ask) for taken in self._forbidden())
        return min((start for start in found if start is not None), default=None)

    def _openings_in_turn(self, *, more: int = 0) -> Iterable[Interval]:
        span = self.span[0], self.span[1] + more
        return walltime.openings_in_turn(self.entered.rules(self.service, self.format), span)

    def _joined(self) -> Iterator[Interval]:
        """Yield the hours joined where they adjoin: those of a night go on into the next day's."""
        return engine.joined(self._openings_in_turn(more=DAY_SECONDS), self.length)

    def _forbidden(self, place: int | None = None) -> Iterator[list[Interval]]:
        """Yield what is forbidden at each place."""
        for one in self.places:
            if place in (None, one.pk):
                dark = (limit[:2] for limit in self._dark(one))
                yield [*self._forbidden_by_day(one), *dark]

    def _forbidden_by_day(self, place: UsedPlace) -> list[Interval]:
        gaps = self.entered.gaps
        key = gaps.told_apart((self.format, place.pk))
        if key not in self.forbidden:
            near = rules.spans_near(self._neighbours(), self._wanted(place), gaps)
            everywhere = (limit[:2] for limit in self.limits_everywhere())
            self.forbidden[key] = [*everywhere, *near]
        return self.forbidden[key]

    def limits(self, place: UsedPlace) -> list[Limit]:
        """Return what every rule forbids at a place, but for notice and horizon."""
        return [*self.limits_everywhere(), *self._limits_at(place)]

    def reasons(self, start: int, place: UsedPlace) -> list[Limit]:
        """Return each rule that forbids the start at a place, with its cause; none offers it.

        Each would forbid it alone, and without all of them it is free.
        """
        length = self.length
        found = [
            limit._replace(rule=limit.rule_at(start, length))
            for limit in self.limits(place)
            if limit.first <= start < limit.end
        ]
        outside = Limit(start, start + 1, Rule.HOURS, (start, start + length))
        return found if self._fits(start) else [outside, *found]

    def near(self, start: int, place: int) -> list[Limit]:
        """Return what else is booked or held too near to that start, and nothing of other rules."""
        wanted = self._wanted(UsedPlace(place, None))
        near = rules.near_meetings(self.meetings, wanted, self.entered.gaps)
        return [limit for limit in near if limit.first <= start < limit.end]

    def is_working(self, span: Interval) -> bool:
        """Whether all of it lies in the hours for this service and format, and in no time off."""
        off = [*self.entered.leave(), *(one[:2] for one in self.entered.appointments())]
        hours = self.stretches
        inside = any(opens <= span[0] and span[1] <= closes for opens, closes in hours)
        return inside and not any(begin < span[1] and span[0] < end for begin, end in off)

    def _fits(self, start: int) -> bool:
        ask = self.ask._replace(earliest=start, latest=start)
        return bool(engine.starts(list(self._joined()), (), ask))

    def _wanted(self, place: UsedPlace) -> Wanted:
        service = self.service
        return Wanted(
            length=self.length,
            gap=service.gap_minutes,
            format=self.format,
            audience=service.audience,
            place=place.pk,
            light=place.light,
        )

    def limits_everywhere(self) -> Iterator[Limit]:
        """Yield what is forbidden at any place: leave, repeated hours, caps."""
        wide = widened(self.span, DAY_SECONDS)
        yield from rules.over(self.entered.leave(), Rule.LEAVE, self.length)
        repeated = walltime.repeated_hours(self.entered.zone, wide)
        yield from rules.over(repeated, Rule.CLOCK, self.length)
        caps = caps_of(self.service.therapist)
        if caps:
            wanted = self._wanted(UsedPlace(0, None))
            yield from rules.capped(self.meetings, caps, self.entered.zone, wanted)
            yield from rules.in_a_row(self._neighbours(), caps, wanted)

    def _neighbours(self) -> list[Meeting]:
        """All meetings, those elsewhere too."""
        return [*self.meetings, *self.entered.appointments()]

    def _limits_at(self, place: UsedPlace) -> Iterator[Limit]:
        """Yield what is forbidden at one place: near to other meetings, and in the dark."""
        wanted, gaps = self._wanted(place), self.entered.gaps
        yield from rules.near_meetings(self._neighbours(), wanted, gaps)
        yield from self._dark(place)

    def _dark(self, place: UsedPlace) -> Iterator[Limit]:
        return rules.dark(place.light, widened(self.span, DAY_SECONDS), self.length)


def by_format(
    service: Service, span: Interval, known: Entered, meetings: Sequence[Meeting]
) -> dict[str, Diary]:
    """Return the diary for each format of the service: what they have in common is done once."""
    common: dict[Side | None, list[Interval]] = {}
    formats = service.formats
    return {fmt: Diary(service, fmt, span, known, meetings, common) for fmt in formats}


def widened(span: Interval, seconds: int) -> Interval:
    """Return the span, longer by so many seconds at either end."""
    return span[0] - seconds, span[1] + seconds


def caps_of(therapist: Therapist) -> Caps | None:
    """Return how much the therapist works; None with no cap at all."""
    most = (
        therapist.most_sessions_a_day,
        therapist.most_consultations_a_week,
        therapist.most_in_a_row,
    )
    return Caps(*most, pause=therapist.break_minutes * 60) if any(most) else None


def standing(meetings: Iterable[Meeting], now: datetime, visitor: str = "") -> list[Meeting]:
    """Return the bookings, and the holds of others than the visitor that still stand."""
    instant = now.timestamp()
    return [one for one in meetings if not one.visitor or held(one, visitor, instant)]


def held(meeting: Meeting, visitor: str, now: float) -> bool:
    """Whether another visitor holds it still."""
    return bool(meeting.visitor) and meeting.visitor != visitor and meeting.until > now
