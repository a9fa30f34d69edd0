"""The diary against the oracle: what is offered, what is refused, and each reason that is given."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings

from availability import walltime
from availability.diary import Diary
from availability.models import Place, Service
from availability.walltime import utc
from availability.window import bookable_span, outside_window
from bookings import lifecycle, slots
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.lifecycle import Person
from prose.dates import UK
from tests.availability import oracle
from tests.availability.cases import CASES, cases
from tests.availability.oracle import Case, Window
from tests.bookings.practices import diary_of, store
from tests.factories import World, make_client, request_for

# `make oracle` asks about ten thousand.
PRACTICES = int(os.environ.get("KICKS_PRACTICES", "240"))
# One in so many is stored and booked: in the database a practice costs as much as fifty without.
STORED = int(os.environ.get("KICKS_STORED", "20"))
SHARES = 4
SEED = 20_261_123


def windows(share: int) -> Iterator[Window]:
    """One window of each practice of a share, all kinds of window in turn."""
    chances = random.Random(SEED + share)  # noqa: S311, chance of no consequence
    for number in range(PRACTICES // SHARES):
        all_of_it = cases(chances).windows()
        yield all_of_it[number % len(all_of_it)]


def offered(diary: Diary, window: Window, place: int | None = None) -> list[int]:
    earliest, horizon = bookable_span(diary.service, window.now)
    return [start for start in diary.starts(place) if earliest <= start < horizon]


def told(diary: Diary, window: Window, start: int, place: int) -> set[str]:
    """The rules that the diary and the client's window name for a start."""
    here = next(one for one in diary.places if one[0] == place)
    outside = outside_window(diary.service, utc(start), window.now)
    return {str(limit.rule) for limit in diary.reasons(start, here)} | {str(r) for r in outside}


@pytest.mark.parametrize("share", range(SHARES))
def test_each_start_that_the_rules_allow_is_offered_and_each_reason_given_is_true(
    share: int,
) -> None:
    for number, window in enumerate(windows(share)):
        diary = diary_of(window)
        where = f"practice {number} of share {share}, {window.first}"
        assert offered(diary, window) == oracle.bookable(window), where
        first = diary.first_start()
        assert first == min(diary.starts(), default=None), where
        for place, _ in diary.places:
            assert offered(diary, window, place) == oracle.bookable(window, place), where
            for start in window.grid(place)[:40]:
                right = oracle.reasons(window, start, place)
                assert told(diary, window, start, place) == right, (where, utc(start), place)


@settings(max_examples=30, deadline=None)
@given(CASES)
def test_in_every_window_of_a_practice_what_is_offered_is_right(case: Case) -> None:
    for window in case.windows():
        assert offered(diary_of(window), window) == oracle.bookable(window), window.first


# --- stored, and booked


@contextmanager
def rolled_back() -> Iterator[None]:
    """Take back whatever the block wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_each_start_that_is_offered_books_and_each_that_is_refused_does_not(share: int) -> None:
    for window in list(windows(share))[::STORED]:
        with rolled_back():
            world = store(window)
            service, fmt = world.consultation, window.case.format
            span = walltime.whole_days(window.first, window.last, UK)
            starts = slots.free_starts(service, fmt, span, window.now)
            assert starts == oracle.bookable(window)
            places = list(Place.objects.filter(format=fmt, is_active=True).order_by("pk"))
            numbers = [n for n, p in enumerate(window.case.places) if p.format == fmt and p.in_use]
            for number, place in zip(numbers, places, strict=True):
                free = set(oracle.bookable(window, number))
                for start in few(window.grid(number), free):
                    assert books(world, window, start, place) is (start in free), utc(start)


def few(grid: list[int], free: set[int]) -> list[int]:
    """The first and last that are free, some that are not, and one that is on no grid."""
    offered = sorted(free)
    refused = [start for start in grid if start not in free]
    return [*offered[:2], *offered[-1:], *refused[:: max(1, len(refused) // 4)], *grid[:1]]


def books(world: World, window: Window, start: int, place: Place) -> bool:
    service = world.consultation
    facts: dict[str, Any] = {"format": window.case.format, "place": place}
    if service.audience == Service.Audience.MET:
        client = make_client(accepted_at=window.now)
        facts["person"] = Person(client.name, client.email, client=client)
    with rolled_back():
        try:
            booking = lifecycle.book(
                request_for(world, utc(start), **facts), by=By.client(), now=window.now
            )
        except NotBookableError:
            return False
        return int(booking.start.timestamp()) == start
