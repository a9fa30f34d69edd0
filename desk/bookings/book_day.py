"""The day's own list beside the time: what is booked, what is free, when it is dark."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from availability import walltime
from availability.diary import Diary
from availability.intervals import Interval, merge
from availability.models import Format, Therapist
from availability.sunlight import nights
from availability.walltime import utc
from bookings.models import Booking
from bookings.typed_words import WISHES
from prose.dates import UK, day_label, slot_value, time_label

GLYPHS = {Format.IN_PERSON: "room", Format.ONLINE: "online", Format.WALKING: "walk"}
# A stretch that is shorter than this is no time to offer anybody.
SHORTEST_FREE = 600
NEAREST = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the day: when it begins, what it is, and how it is drawn."""

    start: int
    label: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day's lines by their start, and what the light says."""

    label: str
    lines: list[Line]
    dark: str


def shown(
    day: date, known: Diary | None, therapist: Therapist, mine: Line | None, now: datetime
) -> DayShown:
    """Return the list of a day; `mine` is what would be booked. One query, beside the diary."""
    span = walltime.whole_days(day, day, UK)
    lines = [*_booked(therapist, span), *(_rest(known, span, now) if known else ())]
    lines += [mine] if mine else []
    ordered = sorted(lines, key=lambda line: (line.start, line.kind == "you"))
    return DayShown(day_label(day, year=False), ordered, _dark(known, span) if known else "")


def _booked(therapist: Therapist, span: Interval) -> Iterator[Line]:
    """Yield the bookings of the day."""
    there = Booking.objects.of(therapist.pk).holding()
    rows = there.filter(during__overlap=(utc(span[0]), utc(span[1]))).select_related("client")
    for one in rows.defer("note", *WISHES).order_by("during"):
        words = f"{one.called}, {one.format_label.lower()}"
        yield Line(_second(one.start), time_label(one.start), words, GLYPHS[Format(one.format)])


def _rest(known: Diary, span: Interval, now: datetime) -> Iterator[Line]:
    """Yield what is elsewhere or away, what others are booking, and what is free."""
    away = [(one, "Away") for one in known.entered.leave()]
    elsewhere = [((one.start, one.end), "Busy: elsewhere") for one in known.entered.appointments()]
    held = [((one.start, one.end), "Being booked") for one in known.meetings if one.visitor]
    for (start, end), words in (*away, *elsewhere, *held):
        begin, until = max(start, span[0]), min(end, span[1])
        if begin < until:
            till = f" until {time_label(utc(until))}" if until < span[1] else ""
            yield Line(begin, time_label(utc(begin)), f"{words}{till}", "busy")
    for start, end in free(known, now):
        words = f"Free until {time_label(utc(end))}"
        yield Line(start, time_label(utc(start)), words, "free")


def free(known: Diary, now: datetime) -> Iterator[Interval]:
    """Yield the stretches of the hours in which nothing is, from now on."""
    taken = [(one.start, one.end) for one in (*known.meetings, *known.entered.appointments())]
    taken = merge([*taken, *known.entered.leave(), (0, int(now.timestamp()))])
    for opens, closes in merge(known.openings):
        begin = opens
        for start, end in [*taken, (closes, closes + 1)]:
            if min(start, closes) - begin >= SHORTEST_FREE:
                yield begin, min(start, closes)
            begin = max(begin, end)


def nearest(known: Diary, place: int, start: datetime, now: datetime) -> list[tuple[str, str]]:
    """Return the free starts of that day that are nearest: as a form sends them, and in words."""
    asked = start.timestamp()
    starts = [one for one in known.starts(place) if one > now.timestamp()]
    near = sorted(sorted(starts, key=lambda one: abs(one - asked))[:NEAREST])
    return [(slot_value(utc(one)), time_label(utc(one))) for one in near]


def _dark(known: Diary, span: Interval) -> str:
    """Say when it is dark, where they meet only by daylight; empty where they always can."""
    lights = [place.light for place in known.places if place.light]
    noon = span[0] + int(timedelta(hours=12).total_seconds())
    if not lights:
        return ""
    begins = next((start for start, _ in nights(lights[0], span) if start > noon), None)
    return f"Daylight ends at {time_label(utc(begins))}, margin included." if begins else ""


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
