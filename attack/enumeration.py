"""Whether any answer tells that an address is known: its bytes, its statements, its time.

Known and unknown addresses take turns, so that whatever drifts drifts for both. Postgres counts the
statements of the web server's own role. The limits are lifted: who compares has many addresses.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import time as clocktime
from math import sqrt
from statistics import mean, stdev
from typing import Any

from django.db import connection
from django.utils import timezone

from attack import clients
from attack.browser import Browser, Page
from attack.practice import MOST_STRANGERS, slot
from attack.site import ROLE, Site
from availability.models import Practice, Service
from bench.group import make_therapists, open_diaries
from chaos.aims import Aim
from clients.models import RateBucket
from prose.dates import slot_value
from tests.factories import make_client

ASKED, BOOKED, WAITING = 500, 150, 100
NOT_YET = "Not booked yet"
CLOSE = 0.002  # seconds
# The slower half is chance: a neighbour on the machine only ever adds. Who compares leaves it out.
SLOWER = 0.5
DIARIES, SLUG = 20, "zqtalk"
# What is made anew for each answer: a token, a signed moment, a reference, a number.
MADE = re.compile(
    r"[A-Za-z0-9_:+/=%-]{20,}|KT-\w{6}|zqtalk\d+|q\d{4}[ku]|(?<=draft=|check/|nding/)[\w-]+"
)
SHOWN = 90  # characters of a difference
SEED = 20_261_130
Ask = Callable[[Browser, str, int], list[Page]]


@dataclass
class Side:
    """What came back to the addresses of one kind, known or unknown."""

    shapes: Counter[tuple[str, ...]] = field(default_factory=Counter)
    statements: Counter[tuple[tuple[str, int], ...]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, pages: list[Page], said: tuple[tuple[str, int], ...]) -> None:
        """Note one visit; the time is that of what was posted."""
        self.shapes[tuple(map(_shape, pages))] += 1
        self.statements[said] += 1
        self.seconds.append(pages[-2].seconds)

    def usual(self) -> list[float]:
        """Return the times of the faster half."""
        return sorted(self.seconds)[: round(len(self.seconds) * (1 - SLOWER))]


def _shape(page: Page) -> str:
    """Return a page without what is made anew for each."""
    names = sorted({name.lower() for name in page.headers})
    text = f"{page.status} {names} {page.location} {page.body.decode(errors='replace')}"
    return MADE.sub("*", text)


def compare(site: Site, ask: Ask, count: int, kind: str) -> tuple[Side, Side]:
    """Ask with so many known addresses and as many unknown ones, in turns of random order."""
    chance, sides = random.Random(SEED), (Side(), Side())
    for number in range(count):
        make_client(email=f"{kind}q{number:04}k@example.com", accepted_at=timezone.now())
    after = _statements()
    for number in range(count):
        RateBucket.objects.all().delete()  # what strangers may do together is more than this
        for known in chance.sample((0, 1), 2):
            address = f"{kind}q{number:04}{'k' if known else 'u'}@example.com"
            network = f"10.{known + 1}.{number // 250}.{number % 250}"
            pages = ask(Browser(site, network), address, 2 * number + known)
            before, after = after, _statements()
            sides[known].add(pages, _grown(before, after))
    return sides


def _statements() -> dict[str, int]:
    """Return how often the web server has executed each statement so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query, sum(calls)::int FROM pg_stat_statements s JOIN pg_roles r"
            " ON r.oid = s.userid WHERE rolname = %s GROUP BY query",
            [ROLE],
        )
        return dict(cursor.fetchall())


def _grown(before: dict[str, int], after: dict[str, int]) -> tuple[tuple[str, int], ...]:
    grown = ((said, calls - before.get(said, 0)) for said, calls in after.items())
    return tuple(sorted((said, calls) for said, calls in grown if calls))


def prepare() -> list[Service]:
    """Add diaries for all who will book."""
    therapists = make_therapists(Practice.objects.get(), SLUG, DIARIES)
    open_diaries(therapists, SLUG, 60)
    return list(Service.objects.filter(slug=SLUG).select_related("therapist").order_by("pk"))


def _booking(services: list[Service], clock: clocktime) -> Ask:
    """Return what books at that time: of each pair both on the same day, in two diaries."""

    def ask(browser: Browser, address: str, number: int) -> list[Page]:
        pair, second = divmod(number, 2)
        turn, diary = divmod(pair, DIARIES // 2)
        service, at = services[2 * diary + second], slot(5 + turn, clock)
        said = clients.Answers(address, "Sam Okafor", "07700 900123", "Words")
        return clients.book(browser, service, slot_value(at), said)

    return ask


def _links(browser: Browser, address: str, _: int) -> list[Page]:
    return clients.ask_for_links(browser, address)


def aims(site: Site, lax: Site) -> Iterator[Aim]:
    """Ask `lax`, which has no limits; last, a site that grew suspicious of so many strangers."""
    services = prepare()
    yield from told("links asked for", compare(lax, _links, ASKED, "a"))
    booking = _booking(services, clocktime(9))
    yield from told("bookings", compare(lax, booking, BOOKED, "b"))
    Practice.objects.update(unproven_most=1)
    waiting = compare(site, _booking(services, clocktime(12)), WAITING, "c")
    Practice.objects.update(unproven_most=MOST_STRANGERS)
    kind = f"bookings that wait, {NOT_YET!r}"
    yield from told(kind, waiting)
    all_wait = all(NOT_YET in shape[-1] for side in waiting for shape in side.shapes)
    yield f"{kind}: all do", f"{2 * WAITING}", all_wait


def difference(ours: Counter[Any], theirs: Counter[Any]) -> str:
    """Return where the first answer that one side alone got begins to differ; nothing if none."""
    own, other = (sorted(map(repr, one.keys() - two.keys())) for one, two in _both(ours, theirs))
    if not own or not other:
        return f"; {(own or other or [''])[0][:SHOWN]}".rstrip("; ")
    pairs = zip(own[0], other[0], strict=False)
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), 0)
    return f"; {own[0][at:][:SHOWN]!r} is {other[0][at:][:SHOWN]!r}"


def _both(one: Counter[Any], two: Counter[Any]) -> tuple[tuple[Counter[Any], Counter[Any]], ...]:
    return (one, two), (two, one)


def told(what: str, sides: tuple[Side, Side]) -> Iterator[Aim]:
    """Yield the aims that nothing tells the second side, the known, from the first."""
    unknown, known = sides
    count = f"{len(known.seconds)} known, {len(unknown.seconds)} unknown"
    for name, ours, theirs in (
        ("bytes, but for what is made anew", known.shapes, unknown.shapes),
        ("statements", known.statements, unknown.statements),
    ):
        kinds = f"{len(ours)} and {len(theirs)} kinds of answer among {count}"
        kinds += difference(ours, theirs)
        yield f"{what}: equal {name}", kinds, ours.keys() == theirs.keys()
    gap = mean(known.usual()) - mean(unknown.usual())
    error = sqrt(sum(stdev(one.usual()) ** 2 / len(one.usual()) for one in sides))
    told = f"{gap * 1000:+.2f} ms (+-{error * 1000:.2f}) of {mean(unknown.usual()) * 1000:.1f} ms"
    yield f"{what}: mean gap under {CLOSE * 1000:.0f} ms", told, abs(gap) < CLOSE
