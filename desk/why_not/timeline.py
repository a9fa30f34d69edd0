"""One day of a diary as lanes to draw, and its starts with the reasons that refuse them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import holidays

from availability import engine, rules, walltime
from availability.intervals import Interval, merge
from availability.models import Format, Weekday
from availability.rules import Meeting, Rule, Wanted
from availability.snapshot import DifferentRow, WeeklyRow
from availability.sunlight import nights
from availability.walltime import utc
from availability.window import bookable_span
from desk.why_not.reason_words import Explainer, Reason, change_page, list_page
from front import picker
from prose.dates import clock_label, day_label, time_label

HOUR = 3600
# What is drawn of a day with neither hours nor meetings.
QUIET = 8 * HOUR, 18 * HOUR


@dataclass(frozen=True, slots=True)
class Start:
    """One point of the grid. `refused` has the reasons at each place, by the place's name."""

    instant: int
    label: str
    free_at: list[str]
    refused: list[tuple[str, list[Reason]]]
    # Offered to clients on their pages, and not to strangers.
    is_hidden: bool

    @property
    def is_offered(self) -> bool:
        """Whether some place is free."""
        return bool(self.free_at)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time in percent of the drawing's width."""

    left: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of thing that decides."""

    kind: str
    label: str
    bars: list[Bar]


def starts(explainer: Explainer) -> list[Start]:
    """Return every point of the grid of the day, each instant once."""
    known = explainer.diary
    openings = known.openings if known.places else []
    instants = sorted({start for start, _ in engine.grid(openings, known.ask)})
    judged = [(instant, _judge(explainer, instant)) for instant in instants]
    offered = [instant for instant, (free, _) in judged if free]
    discreet = known.service.therapist.is_discreet
    shown = set(picker.shown(offered) if discreet else offered)
    return [
        Start(instant, time_label(utc(instant)), free, refused, bool(free) and instant not in shown)
        for instant, (free, refused) in judged
    ]


def _judge(explainer: Explainer, instant: int) -> tuple[list[str], list[tuple[str, list[Reason]]]]:
    free, refused = [], []
    for pk, _ in explainer.diary.places:
        name = str(explainer.places[pk])
        reasons = explainer.why_not(instant, pk)
        if reasons:
            refused.append((name, reasons))
        else:
            free.append(name)
    return free, refused


def draw(explainer: Explainer, points: Sequence[Start]) -> dict[str, Any]:
    """Return the lanes and the hours of the axis, for a template."""
    window = _window(explainer)
    lanes = [
        Lane(kind, label, [bar for span, text in spans if (bar := _bar(span, text, window))])
        for kind, label, spans in _lanes(explainer)
    ]
    return {
        "lanes": [lane for lane in lanes if lane.bars],
        "hours": _axis(window),
        "points": [{"left": _percent(point.instant, window), "start": point} for point in points],
    }


Told = Iterable[tuple[Interval, str]]


def _lanes(explainer: Explainer) -> Iterable[tuple[str, str, Told]]:
    known = explainer.diary
    entered, meetings = known.entered, [*known.meetings, *known.entered.appointments()]
    yield "hours", "Hours", [(span, _words(span)) for span in known.openings]
    yield "booked", "Booked", [((one.start, one.end), _meeting(one)) for one in meetings]
    yield from _lanes_of_places(explainer, meetings)
    yield "leave", "Away", [(span, f"Away {_words(span)}") for span in entered.leave()]
    yield (
        "caps",
        "Caps",
        [
            (_time_of(limit, known.ask.length), str(limit.rule))
            for limit in known.limits_everywhere()
            if limit.rule in (Rule.DAY_CAP, Rule.WEEK_CAP, Rule.IN_A_ROW)
        ],
    )
    earliest, horizon = bookable_span(known.service, explainer.now)
    soon, far = (known.span[0], earliest), (horizon, known.span[1])
    yield "notice", "Notice", [(soon, f"Too soon for clients until {time_label(utc(earliest))}")]
    yield "horizon", "Horizon", [(far, "Too far ahead for clients")]


def _time_of(limit: rules.Limit, length: int) -> Interval:
    """Return the time in which no meeting may begin, as far as its last one would reach."""
    return limit.first, limit.end - 1 + length if limit.rule == Rule.IN_A_ROW else limit.end


def _lanes_of_places(
    explainer: Explainer, meetings: Sequence[Meeting]
) -> Iterable[tuple[str, str, Told]]:
    """Gaps and the dark depend on the place; each place has its own once there are several."""
    known = explainer.diary
    several = len(known.places) > 1
    for pk, light in known.places:
        where = f", {explainer.places[pk]}" if several else ""
        service = known.service
        wanted = Wanted(0, service.gap_minutes, known.format, service.audience, pk, light)
        yield (
            "gap",
            f"Gaps{where}",
            [
                (span, f"Gap {_words(span)}")
                for one in meetings
                for span in _gaps(one, wanted, known.entered.gaps)
            ],
        )
        if light:
            dark = nights(light, known.span)
            yield "dark", f"Dark{where}", [(span, f"Dark {_words(span)}") for span in dark]


def _gaps(meeting: Meeting, wanted: Wanted, gaps: rules.Gaps) -> list[Interval]:
    before, after = rules.pauses(meeting, wanted, gaps)
    return [(meeting.start - before, meeting.start), (meeting.end, meeting.end + after)]


def _words(span: Interval) -> str:
    return f"{time_label(utc(span[0]))} to {time_label(utc(span[1]))}"


def _meeting(meeting: Meeting) -> str:
    label = str(Format(meeting.format).label)
    kind = {Rule.HELD: "Being booked", Rule.ELSEWHERE: "Elsewhere"}.get(meeting.rule, "Booked")
    return f"{kind}, {label.lower()}, {_words((meeting.start, meeting.end))}"


def _window(explainer: Explainer) -> Interval:
    """Return the part of the day that is drawn: whole hours around what is in it."""
    known = explainer.diary
    begin, end = known.span
    busy = merge([*known.openings, *((one.start, one.end) for one in known.meetings)])
    seen = [(max(a, begin), min(b, end)) for a, b in busy if a < end and b > begin]
    if not seen:
        return begin + QUIET[0], begin + QUIET[1]
    first = (min(a for a, _ in seen) - begin) // HOUR - 1
    last = -(-(max(b for _, b in seen) - begin) // HOUR) + 1
    return max(begin, begin + first * HOUR), min(end, begin + last * HOUR)


def _percent(instant: int, window: Interval) -> float:
    return round(100 * (instant - window[0]) / (window[1] - window[0]), 2)


def _bar(span: Interval, text: str, window: Interval) -> Bar | None:
    begin, end = max(span[0], window[0]), min(span[1], window[1])
    if begin >= end:
        return None
    left = _percent(begin, window)
    return Bar(left, round(_percent(end, window) - left, 2), text)


def _axis(window: Interval) -> list[dict[str, Any]]:
    hours = range(window[0], window[1], HOUR)
    return [{"left": _percent(hour, window), "label": time_label(utc(hour))} for hour in hours]


def why_no_hours(explainer: Explainer, day: date) -> list[Reason]:
    """Say why the service has no hours on a day in this format, row by row."""
    known = explainer.diary
    if not known.places:
        label = str(Format(known.format).label).lower()
        return [_no_hours(f"No place for meeting {label} is in use.", list_page("place"))]
    dates = [row for row in known.entered.different if row.day == day.toordinal()]
    found = [
        _no_hours(
            f"Of this date only: {_why_idle(row, explainer, day)}.", list_page("differenthours")
        )
        for row in dates
    ]
    instead = any(not row.adds for row in dates)
    return found if instead else [*found, *_no_weekly_hours(explainer, day)]


def _no_hours(text: str, url: str) -> Reason:
    return Reason(Rule.HOURS, text, url)


def _no_weekly_hours(explainer: Explainer, day: date) -> list[Reason]:
    entered = explainer.diary.entered
    if day in entered.holidays:
        name = holidays.country_holidays("GB", subdiv="ENG", years=day.year)[day]
        text = f"It is a bank holiday ({name}), on which your weekly hours rest."
        return [_no_hours(text, list_page("workedholiday"))]
    url = change_page("therapist", explainer.service.therapist_id)
    rows = [row for row in entered.weekly if row.weekday == day.weekday()]
    if not rows:
        weekday = Weekday(day.weekday()).label
        return [_no_hours(f"There are no weekly hours on {weekday}s.", url)]
    return [_no_hours(f"Weekly hours: {_why_idle(row, explainer, day)}.", url) for row in rows]


def _clock(minute: int) -> str:
    is_over = minute == walltime.MIDNIGHT_AFTER
    return "midnight" if is_over else clock_label(time(*divmod(minute, 60)))


def _why_idle(row: WeeklyRow | DifferentRow, explainer: Explainer, day: date) -> str:
    """Like "9am to 1pm, which is not online and only until 31 August 2026"."""
    only, season = row.service, row if isinstance(row, WeeklyRow) else None
    service, fmt = explainer.service, explainer.diary.format
    why = [] if fmt in row.formats else [f"not {str(Format(fmt).label).lower()}"]
    if only is not None and only != service.pk:
        why.append("for another service")
    if only is None and service.only_own_hours:
        why.append(f"for every service, but the {service.noun} keeps its own")
    if season and day.toordinal() < season.first_day:
        why.append(f"only from {day_label(date.fromordinal(season.first_day))}")
    if season and day.toordinal() > season.last_day:
        why.append(f"only until {day_label(date.fromordinal(season.last_day))}")
    span = f"{_clock(row.opens)} to {_clock(row.closes)}"
    return f"{span}, which is {' and '.join(why) or 'skipped by the clock change'}"
