"""What the bench measures is there whenever it is run, and still is when midnight has passed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from availability.models import Format, Service
from bench import answers, diary, group, visitors
from bench.day import day_of
from bookings import slots
from bookings.models import Booking
from front import drafts
from prose.dates import parse_slot
from tests.moments import MOMENTS

THERAPISTS = 18  # ten of workload W, six of the group, one of a full year and one of a free one
MIDNIGHT_LATER = timedelta(hours=1, minutes=30)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Forget what a bench's process keeps for as long as it lives."""
    yield
    for kept in (answers.services, answers.span, answers.reads, answers.midnights):
        kept.cache_clear()


@pytest.fixture(params=MOMENTS.values(), ids=list(MOMENTS))
def began(
    request: pytest.FixtureRequest, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[datetime]:
    """A moment at which the databases were filled."""
    for name, value in day_of(request.param).items():
        monkeypatch.setenv(name, value)
    with time_machine.travel(request.param, tick=False):
        diary.fill(100)
        group.fill(THERAPISTS)
        yield request.param


def are_right() -> None:
    """Every answer is the one that was worked out without the app."""
    assert answers.read().starts() == diary.expected()
    assert answers.plain(*answers.fetched(answers.reads())) == diary.expected()
    assert len(diary.expected()) == diary.STARTS
    offered = answers.services(group.GROUP, group.SHOWN)
    found = slots.first_free(offered, timezone.now())
    assert set(found.values()) == {group.first_start()}
    assert len(found) == len(offered) == 6
    assert answers.next_free(group.FULL) == [0]
    assert answers.next_free(group.FREE) != [0]


def bookable(slug: str, slot: str) -> bool:
    service, start = Service.objects.get(slug=slug), parse_slot(slot)
    return bool(start and slots.require_free(service, Format.ONLINE, start, timezone.now()))


def all_that_is_wanted() -> Iterator[tuple[str, str]]:
    """The service and the time of everybody who will book, race or choose."""
    prepared = [*visitors.prepare(0, 3), *visitors.prepare(299, 2)]
    prepared += visitors.prepare(3000, 1, rivals=True)
    for _, session, draft, _, _ in prepared:
        kept = drafts.load(SessionStore(session), draft)
        yield diary.OPEN, kept.slot if kept else ""
    for address in [diary.pages()["details"], *diary.chooser()[1]]:
        yield diary.WORKING, parse_qs(urlsplit(address).query)["slot"][0]


def test_all_is_right_and_can_be_booked_at_once_and_when_midnight_has_passed(
    began: datetime,
) -> None:
    for later in (timedelta(), MIDNIGHT_LATER):
        with time_machine.travel(began + later, tick=False):
            are_right()
            assert [one for one in all_that_is_wanted() if not bookable(*one)] == []
    diary.add_past(100, 400)  # in the place of nothing that was there before
    assert Booking.objects.filter(during__endswith__lte=began).count() >= 400
