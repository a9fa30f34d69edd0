"""The window in which clients may book: after the notice, up to the horizon.

It binds clients, never the therapist.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import ceil

from availability import walltime
from availability.intervals import Interval
from availability.models import Service
from availability.rules import Rule
from prose.dates import UK


def last_day(service: Service, now: datetime) -> date:
    """Return the last UK day on which a client may book: the horizon.

    Where clients come first, new people see a time some days after those.
    """
    days, therapist = service.horizon_days, service.therapist
    if therapist.early_days and not service.for_clients and therapist.sessions_horizon is not None:
        days = min(days, therapist.sessions_horizon - therapist.early_days)
    return now.astimezone(UK).date() + timedelta(days=days)


def bookable_span(service: Service, now: datetime) -> Interval:
    """Return the instants at which a client may start: after the notice, up to the horizon's day.

    The notice counts elapsed hours, and days of the UK where it is "until 6pm the day before"; the
    horizon ends with a UK day.
    """
    # A start in this very second has begun: without a notice the first is the next.
    earliest = max(ceil(now.timestamp()) + service.notice_hours * 3600, int(now.timestamp()) + 1)
    horizon = last_day(service, now)
    after = walltime.whole_days(horizon, horizon, UK)[1]
    return max(earliest, _first_bookable_day(service, now)), after


def _first_bookable_day(service: Service, now: datetime) -> int:
    """Return the midnight from which one may still book by the day before; 0 without that rule."""
    if service.book_by is None:
        return 0
    today = now.astimezone(UK).date()
    minute = service.book_by.hour * 60 + service.book_by.minute
    in_time = now.timestamp() <= walltime.instant(today, minute, UK)
    first = today + timedelta(days=1 if in_time else 2)
    return walltime.whole_days(first, first, UK)[0]


def horizon_span(services: Iterable[Service], now: datetime) -> Interval:
    """Return the days from today on which a client may book any of the services.

    Whole days: the same span all day long, so that one look serves everybody.
    """
    today = now.astimezone(UK).date()
    last = max((last_day(service, now) for service in services), default=today)
    return walltime.whole_days(today, max(today, last), UK)


def outside_window(service: Service, start: datetime, now: datetime) -> list[Rule]:
    """Return how `start` lies outside of what clients may book; each alone would forbid it."""
    earliest, horizon = bookable_span(service, now)
    instant = start.timestamp()
    soon = [Rule.NOTICE] if instant < earliest else []
    found = [Rule.PAST] if start <= now else soon
    return [*found, Rule.HORIZON] if instant >= horizon else found
