"""Answers as data, each beside the least that could give it.

What stands beside ours executes the very statements of ours, as they were recorded, with the same
parameters. Nothing is kept between requests but the services and what a bare view could know too.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from availability.diary import Diary
from availability.intervals import Interval, merge
from availability.models import Format, Service
from availability.snapshot import WEEKLY
from bench import diary, group
from bench.day import BERLIN
from bookings import slots
from bookings.busy import read_diary

FORMAT: str = Format.ONLINE
LENGTH, STEP = 30 * 60, 15 * 60
Statement = tuple[str, Any]
Rows = list[tuple[Any, ...]]


@lru_cache(maxsize=8)
def services(slug: str, most: int = 1) -> list[Service]:
    """Return the services of that name, read once."""
    return list(Service.objects.offered().filter(slug=slug)[:most])


def recorded(ask: Callable[[], object]) -> list[Statement]:
    """Return the statements that `ask` executes once it knows its services."""
    ask()
    said: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *others: Any) -> Any:
        said.append((sql, params))
        return execute(sql, params, *others)

    with connection.execute_wrapper(note):
        ask()
    return said


def fetched(statements: Iterable[Statement]) -> list[Rows]:
    """Execute them and fetch their rows, and nothing else."""
    with connection.cursor() as cursor:
        return [_rows(cursor, *statement) for statement in statements]


def _rows(cursor: Any, sql: str, params: Any) -> Rows:
    cursor.execute(sql, params)
    rows: Rows = cursor.fetchall()
    return rows


# --- every start of the four weeks of workload W


@lru_cache(maxsize=1)
def span() -> Interval:
    """Return the four weeks."""
    return diary.window()


def read() -> Diary:
    """Read the diary of workload W, as a page does for which nothing is kept."""
    (service,) = services(diary.WORKING)
    return read_diary(service, FORMAT, span(), timezone.now())


@lru_cache(maxsize=1)
def reads() -> list[Statement]:
    """Return how it is read."""
    return recorded(read)


@lru_cache(maxsize=1)
def midnights() -> list[tuple[int, int]]:
    """Return each day's weekday and midnight in Berlin."""
    first = datetime.fromtimestamp(span()[0], BERLIN)
    days = (first + timedelta(days=number) for number in range(28))
    return [(day.weekday(), int(day.timestamp())) for day in days]


def plain(rules: Rows, meetings: Rows) -> list[int]:
    """Return the same starts from the same rows: hours less bookings, and no other rule."""
    hours: list[list[Interval]] = [[] for _ in range(7)]
    for row in rules:
        if row[1] == WEEKLY:
            hours[row[2]].append((row[3] * 60, row[4] * 60))
    taken = merge((row[0], row[1]) for row in meetings)
    found: list[int] = []
    for weekday, midnight in midnights():
        for opens, closes in hours[weekday]:
            found += _plain_day(midnight + opens, midnight + closes, taken)
    return found


def _plain_day(opens: int, closes: int, taken: Sequence[Interval]) -> list[int]:
    """Return the starts of one day: a grid from its opening, in the time between its bookings."""
    found: list[int] = []
    start = opens
    for begin, end in taken[bisect_left(taken, (opens, 0)) :]:
        if begin >= closes:
            break
        found += range(start, begin - LENGTH + 1, STEP)
        start = opens + -(-(end - opens) // STEP) * STEP
    found += range(start, closes - LENGTH + 1, STEP)
    return found


def starts(_: HttpRequest) -> HttpResponse:
    """Ours: every start of the four weeks."""
    return _answer(read().starts())


def bare(_: HttpRequest) -> HttpResponse:
    """The same from the same two reads."""
    return _answer(plain(*fetched(reads())))


# --- the first start of each of a hundred therapists, and of one whose year is full


def first_free() -> list[int]:
    """Ask for the first start of each."""
    return list(slots.first_free(services(group.GROUP, group.SHOWN), timezone.now()).values())


@lru_cache(maxsize=1)
def first_reads() -> list[Statement]:
    """Return what that executes."""
    return recorded(first_free)


def next_free(slug: str) -> list[int]:
    """Ask for the next start of the one therapist who has that service."""
    (service,) = services(slug)
    return [slots.next_free(service, FORMAT, timezone.now()) or 0]


def queries() -> dict[str, int]:
    """Return how many queries each of them takes."""
    asked: dict[str, Callable[[], object]] = {
        "first": first_free,
        "next, full year": partial(next_free, group.FULL),
        "next, free year": partial(next_free, group.FREE),
    }
    return {name: len(recorded(ask)) for name, ask in asked.items()}


def first(_: HttpRequest) -> HttpResponse:
    """Ours: the first start of each."""
    return _answer(first_free())


def first_rows(_: HttpRequest) -> HttpResponse:
    """The same reads, and nothing made of them."""
    return _answer([len(rows) for rows in fetched(first_reads())])


def following(_: HttpRequest, slug: str) -> HttpResponse:
    """Ours: the next start of one therapist."""
    return _answer(next_free(slug))


def _answer(numbers: list[int]) -> HttpResponse:
    return HttpResponse(json.dumps(numbers), content_type="application/json")


urlpatterns = [
    path("starts", starts),
    path("bare", bare),
    path("first", first),
    path("first-rows", first_rows),
    path("next/<slug:slug>", following),
]
