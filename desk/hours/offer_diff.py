"""What a therapist's diary offers, day by day, so that two states of it can be told apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from availability import diary, walltime
from availability.models import Format, Service, Therapist
from availability.walltime import utc
from availability.window import bookable_span, last_day
from bookings import busy, policy
from prose.dates import UK, day_label, moment_label

DAYS = 366
MOST_ROWS = 60
What = tuple[int, str]  # a service's id and a format
# What a fact is about: a service's id, or 0 for the therapist; and which fact it is.
About = tuple[int, str]
GONE = "not at all"


@dataclass(frozen=True, slots=True)
class Picture:
    """A year of one therapist's diary.

    `starts` has the starts of each UK day, by service and format; `facts` what else the public
    sees; `names` what each service is called; `booked` how many meetings stand on a day.
    """

    therapist: str
    names: dict[int, str]
    starts: dict[What, dict[date, tuple[int, ...]]]
    facts: dict[About, str]
    booked: Counter[date]


def picture(therapist: Therapist, now: datetime) -> Picture:
    """Return what the therapist's rules offer from today for a year: notice and horizon apart."""
    today = now.astimezone(UK).date()
    span = walltime.whole_days(today, today + timedelta(days=DAYS - 1), UK)
    services = [s for s in therapist.services.all() if s.is_active and therapist.is_active]
    for service in services:
        service.therapist = therapist
    known, meetings = busy.read_all([therapist], span)[therapist.pk]
    booked = [meeting for meeting in meetings if not meeting.visitor]
    starts = {
        (service.pk, fmt): by_day(its.starts())
        for service in services
        for fmt, its in diary.by_format(service, span, known, booked).items()
    }
    return Picture(
        therapist=therapist.name,
        names={service.pk: service.name for service in services},
        starts=starts,
        facts=_facts(therapist, services, now),
        booked=Counter(_uk_day(meeting.start) for meeting in booked),
    )


def _uk_day(instant: int) -> date:
    return utc(instant).astimezone(UK).date()


def by_day(starts: Iterable[int]) -> dict[date, tuple[int, ...]]:
    """Return the starts of each UK day that has any."""
    found: defaultdict[date, list[int]] = defaultdict(list)
    for start in starts:
        found[_uk_day(start)].append(start)
    return {day: tuple(its) for day, its in found.items()}


def _facts(therapist: Therapist, services: Sequence[Service], now: datetime) -> dict[About, str]:
    """What clients read and are bound by, in words; and how much strangers see."""
    facts = {
        (service.pk, name): text
        for service in services
        for name, text in _facts_of(service, now).items()
    }
    some = "the first of each morning, afternoon and evening"
    facts[0, "The public page shows"] = some if therapist.is_discreet else "every free time"
    return facts


def _facts_of(service: Service, now: datetime) -> dict[str, str]:
    """Say what it is, costs and lasts, from when to when it can be booked, and what is agreed."""
    earliest, end = bookable_span(service, now)
    last = day_label(last_day(service, now))
    is_open = earliest < end and service.takes_bookings
    return {
        "it is called": service.name,
        "it is for": service.get_audience_display(),
        "it costs": service.price_label,
        "it lasts": f"{service.length_minutes} minutes",
        "clients can book": f"from {moment_label(utc(earliest))} to {last}" if is_open else GONE,
        "clients agree to": policy.words(policy.terms_for(service)),
    }


def difference(before: Sequence[Picture], after: Sequence[Picture]) -> dict[str, Any]:
    """Return how two states of the same diaries differ, for the page that shows it.

    `days` has a row a day that gains or loses starts, at most `MOST_ROWS`; `more` how many days
    are left out; `facts` what else changes.
    """
    pairs = list(zip(before, after, strict=True))
    rows = [row for one, other in pairs for row in _rows(one, other)]
    facts = [fact for one, other in pairs for fact in _changed_facts(one, other)]
    return {
        "days": rows[:MOST_ROWS],
        "more": len(rows) - MOST_ROWS if len(rows) > MOST_ROWS else 0,
        "last": rows[-1]["day"] if rows else "",
        "count": len(rows),
        "facts": facts,
    }


def _rows(before: Picture, after: Picture) -> list[dict[str, Any]]:
    changes: defaultdict[date, list[str]] = defaultdict(list)
    for what in sorted({*before.starts, *after.starts}):
        one, other = before.starts.get(what, {}), after.starts.get(what, {})
        for day in {*one, *other}:
            was, will = one.get(day, ()), other.get(day, ())
            if was != will:
                name = after.names.get(what[0]) or before.names[what[0]]
                changes[day].append(_change(name, what[1], was, will))
    return [
        {"day": day_label(day), "changes": changes[day], "booked": after.booked[day]}
        for day in sorted(changes)
    ]


def _change(name: str, fmt: str, was: Sequence[int], will: Sequence[int]) -> str:
    """Like "Session, online: 8 times, then 4"; where the number stays, the times move."""
    label = f"{name}, {str(Format(fmt).label).lower()}"
    if len(was) == len(will):
        return f"{label}: {_times(len(was))}, at other times"
    return f"{label}: {_times(len(was))}, then {len(will) or 'none'}"


def _times(count: int) -> str:
    return f"{count} time{'' if count == 1 else 's'}" if count else "no times"


def _changed_facts(before: Picture, after: Picture) -> list[dict[str, str]]:
    """Return what differs, a service that is new or goes among it."""
    names = {**before.names, **after.names}
    return [
        {
            "what": f"{names[pk]}: {fact}" if pk else fact,
            "was": before.facts.get((pk, fact), GONE),
            "will": after.facts.get((pk, fact), GONE),
        }
        for pk, fact in {**before.facts, **after.facts}
        if before.facts.get((pk, fact)) != after.facts.get((pk, fact))
    ]
