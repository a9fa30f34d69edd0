"""Why a start is not offered, in words for the therapist, each with the page that decides it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import cast

from django.urls import reverse
from django.utils.text import get_text_list

from availability import rules, walltime
from availability.diary import Diary
from availability.intervals import Interval
from availability.models import Format, Place, Service
from availability.rules import Limit, Meeting, Rule, Wanted
from availability.walltime import utc
from availability.window import last_day, outside_window
from bookings.errors import Code
from bookings.models import Booking
from prose.dates import UK, clock_label, day_label, time_label


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's words, and where to change it; without a link nothing can be changed."""

    rule: Rule | Code
    text: str
    url: str = ""


@dataclass(frozen=True)
class Explainer:
    """Knows the day's diary and the rows behind it."""

    diary: Diary
    now: datetime

    @property
    def service(self) -> Service:
        """What is asked for."""
        return self.diary.service

    @cached_property
    def places(self) -> dict[int, Place]:
        """The therapist's places by id."""
        return {place.pk: place for place in self.service.therapist.places.all()}

    @cached_property
    def bookings(self) -> dict[int, Booking]:
        """The bookings of the day and around it, by their start."""
        day = timedelta(days=1)
        span = utc(self.diary.span[0]) - day, utc(self.diary.span[1]) + day
        found = Booking.objects.of(self.service.therapist_id).holding().select_related("service")
        near = found.filter(during__overlap=span)
        return {int(booking.start.timestamp()): booking for booking in near}

    def why_not(self, start: int, place: int) -> list[Reason]:
        """Return every rule that keeps the start from being offered at the place."""
        here = next(one for one in self.diary.places if one[0] == place)
        found = self.explain(self.diary.reasons(start, here), start, place)
        outside = outside_window(self.service, utc(start), self.now)
        return [*found, *map(self.outside, outside)]

    def explain(self, found: Sequence[Limit], start: int, place: int) -> list[Reason]:
        """Return the words of limits that were found for the start at the place."""
        return [
            Reason(limit.rule, *_WORDS[limit.rule](self, limit, start, place))
            for limit in _longest_row_only(found)
        ]

    def outside(self, rule: Rule) -> Reason:
        """Return the words of how it lies outside of what clients may book."""
        service = self.service
        url = change_page("service", service.pk)
        if rule == Rule.PAST:
            return Reason(rule, "It has begun or is over.")
        if rule == Rule.NOTICE:
            asked = [f"{service.notice_hours} hours ahead"] if service.notice_hours else []
            if service.book_by:
                asked.append(f"by {clock_label(service.book_by)} the day before")
            return Reason(rule, f"Clients book {' and '.join(asked)}; it is too soon.", url)
        last = last_day(service, self.now)
        text = f"Clients can book up to {day_label(last)}."
        early = service.therapist.early_days and not service.for_clients
        if early and last < self.now.astimezone(UK).date() + timedelta(days=service.horizon_days):
            days = service.therapist.early_days
            text = f"Up to {day_label(last)} for new people: clients come first by {days} days."
            url = change_page("therapist", service.therapist_id)
        return Reason(rule, text, url)

    def hours(self, _: Limit, start: int, _place: int) -> tuple[str, str]:
        """Say which hours it does not fit into."""
        url = change_page("therapist", self.service.therapist_id)
        begins, end = time_label(utc(start)), start + self.diary.length
        around = [span for span in self.diary.openings if span[0] <= start < span[1]]
        if not around:
            others = self._hours_of_others(start)
            where = f"when {others}" if others else "which is outside your hours for this"
            return f"It would begin at {begins}, {where}.", url
        opens = max(around, key=itemgetter(1))[0]
        # As long as hours go on that count for it, whatever rows they were entered in.
        closes = next(span[1] for span in self.diary.stretches if span[1] > start)
        if end <= closes:
            grid = f"every {self.service.step_minutes} minutes from {time_label(utc(opens))}"
            return f"It would begin at {begins}, between the starts, which come {grid}.", url
        ends, until = time_label(utc(end)), time_label(utc(closes))
        others = self._hours_of_others(closes)
        if others:
            return f"It would end at {ends}, but from {until} {others}.", url
        return f"It would end at {ends}, after the hours, which close at {until}.", url

    def _hours_of_others(self, instant: int) -> str:
        """Say for what else the hours at an instant are; nothing if there are none at all."""
        mine = self.service
        formats = [
            str(Format(fmt).label).lower() for fmt in Format if self._are_open(mine, fmt, instant)
        ]
        if formats:
            return f"your hours are for meeting {get_text_list(formats, 'or')}"
        theirs = [
            f"the {one.noun}"
            for one in self.others
            if any(self._are_open(one, fmt, instant) for fmt in one.formats)
        ]
        return f"your hours are for {get_text_list(theirs, 'or')}" if theirs else ""

    @cached_property
    def others(self) -> list[Service]:
        """What else is offered in the diary."""
        services = self.service.therapist.services.filter(is_active=True)
        return list(services.exclude(pk=self.service.pk))

    def _are_open(self, service: Service, fmt: str, instant: int) -> bool:
        rows = self.diary.entered.rules(service, fmt)
        spans = walltime.openings(rows, (instant, instant + 1))
        return any(opens <= instant < closes for opens, closes in spans)

    def taken(self, limit: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Name the booking that it would overlap."""
        meeting = _meeting(limit)
        booking = self.bookings.get(meeting.start)
        url = reverse("admin:bookings_booking_change", args=[booking.pk]) if booking else ""
        return f"It would overlap {self._named(meeting)}.", url

    def held(self, limit: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Say until when somebody else has it."""
        until = time_label(utc(_meeting(limit).until))
        return f"Somebody is booking {_span(_meeting(limit))} just now: kept until {until}.", ""

    def elsewhere(self, limit: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Name the appointment."""
        meeting = _meeting(limit)
        url = self._time_off(meeting.start, meeting.end)
        return f"It would overlap your appointment elsewhere, {_span(meeting)}.", url

    def gap(self, limit: Limit, start: int, place: int) -> tuple[str, str]:
        """Say how long the gap must be, and whose it is."""
        meeting, fmt = _meeting(limit), self.diary.format
        wanted = Wanted(0, self.service.gap_minutes, fmt, self.service.audience, place, None)
        before, after = rules.pauses(meeting, wanted, self.diary.entered.gaps)
        first = start < meeting.start
        minutes = (before if first else after) // 60
        ways = (fmt, meeting.format) if first else (meeting.format, fmt)
        way = " to ".join(str(Format(one).label).lower() for one in ways)
        side = "before" if first else "after"
        text = f"{minutes} minutes are kept free {side} {self._named(meeting)} ({way})."
        if minutes > max(meeting.gap, self.service.gap_minutes):
            return text, list_page("gap")
        booking = self.bookings.get(meeting.start)
        if booking and meeting.gap > self.service.gap_minutes:
            return text, change_page("service", booking.service_id)
        return text, change_page("service", self.service.pk)

    def leave(self, limit: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Say from when to when it is."""
        begin, end = _interval(limit)
        text = f"You are away from {_moment(begin)} to {_moment(end)}."
        return text, self._time_off(begin, end)

    def clock(self, _: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Say which hour comes twice."""
        return "The clocks go back: this hour happens twice, so nothing is offered in it.", ""

    def daylight(self, limit: Limit, start: int, place: int) -> tuple[str, str]:
        """Say at which end of the night it is, as the place asks for it."""
        dusk, dawn = _interval(limit)
        here = self.places[place]
        end = start + self.diary.ask.length
        day = utc(start).astimezone(UK).date()
        what = "walk" if here.format == Format.WALKING else "meeting"
        if start < dusk:
            text = f"The {what} would end at {time_label(utc(end))}, after {_dusk(here, dusk)}."
        elif utc(dusk).astimezone(UK).date() == day:
            text = f"The {what} would begin at {time_label(utc(start))}, after {_dusk(here, dusk)}."
        else:
            text = (
                f"The {what} would begin at {time_label(utc(start))}, before sunrise plus "
                f"{here.daylight_margin} minutes: {time_label(utc(dawn))}."
            )
        return text, change_page("place", place)

    def day_cap(self, _: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Say how many sessions a day there are at most."""
        therapist = self.service.therapist
        text = f"This day has {_count(therapist.most_sessions_a_day, 'session')}, your most."
        return text, change_page("therapist", therapist.pk)

    def week_cap(self, _: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Say how many consultations a week there are at most."""
        therapist = self.service.therapist
        count = _count(therapist.most_consultations_a_week, "consultation")
        text = f"This week has {count}, your most."
        return text, change_page("therapist", therapist.pk)

    def in_a_row(self, limit: Limit, _start: int, _place: int) -> tuple[str, str]:
        """Say which row of sessions it would lengthen."""
        therapist, (begin, end) = self.service.therapist, _interval(limit)
        text = (
            f"With what is booked from {time_label(utc(begin))} to {time_label(utc(end))} it would "
            f"make more than {_count(therapist.most_in_a_row, 'session')} without a break of "
            f"{therapist.break_minutes} minutes."
        )
        return text, change_page("therapist", therapist.pk)

    def _named(self, meeting: Meeting) -> str:
        booking = self.bookings.get(meeting.start)
        if booking:
            return f"the {booking.noun} {_span(meeting)}"
        if meeting.visitor:
            return f"a time that somebody is booking, {_span(meeting)}"
        return f"your appointment elsewhere, {_span(meeting)}"

    def _time_off(self, begin: int, end: int) -> str:
        found = self.diary.entered.time_off.get((begin, end))  # or it was deleted just now
        return change_page("timeoff", found) if found else ""


def change_page(model: str, pk: int) -> str:
    """Return the admin page of one row of availability."""
    return reverse(f"admin:availability_{model}_change", args=[pk])


def list_page(model: str) -> str:
    """Return the admin list of a model of availability."""
    return reverse(f"admin:availability_{model}_changelist")


def _longest_row_only(found: Sequence[Limit]) -> list[Limit]:
    """A start between two rows of sessions joins either and both: the whole is said once."""
    rows = [limit for limit in found if limit.rule == Rule.IN_A_ROW]
    longest = max(rows, key=lambda limit: _interval(limit)[1] - _interval(limit)[0], default=None)
    return [limit for limit in found if limit.rule != Rule.IN_A_ROW or limit is longest]


def _meeting(limit: Limit) -> Meeting:
    return cast("Meeting", limit.cause)


def _interval(limit: Limit) -> Interval:
    return cast("Interval", limit.cause)


def _span(meeting: Meeting) -> str:
    return f"from {time_label(utc(meeting.start))} to {time_label(utc(meeting.end))}"


def _moment(instant: int) -> str:
    local = utc(instant).astimezone(UK)
    return f"{day_label(local.date(), year=False)}, {time_label(local)}"


def _count(number: int | None, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _dusk(place: Place, dusk: int) -> str:
    return f"sunset less {place.daylight_margin} minutes: {time_label(utc(dusk))}"


_WORDS: dict[Rule, Callable[[Explainer, Limit, int, int], tuple[str, str]]] = {
    Rule.HOURS: Explainer.hours,
    Rule.TAKEN: Explainer.taken,
    Rule.HELD: Explainer.held,
    Rule.ELSEWHERE: Explainer.elsewhere,
    Rule.GAP: Explainer.gap,
    Rule.LEAVE: Explainer.leave,
    Rule.CLOCK: Explainer.clock,
    Rule.DAYLIGHT: Explainer.daylight,
    Rule.DAY_CAP: Explainer.day_cap,
    Rule.WEEK_CAP: Explainer.week_cap,
    Rule.IN_A_ROW: Explainer.in_a_row,
}
