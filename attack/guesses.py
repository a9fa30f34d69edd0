"""A thousand guesses at the owner's password, from one address and from two hundred.

What counts is how many were really checked: that is where a right one would have opened the door. A
guess is checked where its slow hash is reckoned, so the hashes of all web processes are counted.
Meanwhile visitors look at the public pages, and the owner signs in on a device of theirs.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from threading import Event, Thread

from django.contrib.auth.models import User

from attack import words
from attack.browser import Browser
from attack.site import Site
from attack.staff import LOGIN, sign_in
from bench.servers import WORKERS
from chaos.aims import Aim
from clients.models import RateBucket

GUESSES, AT_ONCE, A_SECOND = 1_000, 10, 25
MOST_CHECKED = 20
LONGEST = 120.0  # seconds for all of them: what is not answered by then was no guess
SLOWER = 2.0
# They come in bursts with calm between, so that a machine that has other work has it for both.
BURST, CALM = 100, 2.5
OWNER_COMES = 200  # guesses before
GLANCE = 0.02  # seconds between two pages
PAGES = ("/", "/fees/", "/book/")
MADE_UP = 200  # names that nobody has, each from an address of its own; a process hashes for one
KNOWN_BY = "device"  # in the names of the cookies by which a browser is known again


@dataclass
class Campaign:
    """What came of a thousand guesses; how long each public page took meanwhile, and in calm."""

    addresses: int
    statuses: Counter[int] = field(default_factory=Counter)
    checked: int = 0
    owner: float | None = None  # seconds until the owner was in; None if never
    looked: list[float] = field(default_factory=list)
    calm: list[float] = field(default_factory=list)


def campaign(site: Site, owner: User, known: Browser, addresses: int) -> Campaign:
    """Guess from so many addresses; the owner comes in a browser that was signed in before."""
    RateBucket.objects.all().delete()  # as on a day on which nobody has signed in yet
    found, before = Campaign(addresses), site.hashings()
    comes = Thread(target=_comes, args=(owner, known, found))
    attacked = Event()
    with looking(site, found, attacked), ThreadPoolExecutor(AT_ONCE) as pool:
        browsers = [Browser(site, f"192.0.2.{number + 1}") for number in range(addresses)]
        over = time.monotonic() + LONGEST
        for first in range(0, GUESSES, BURST):
            if first == OWNER_COMES:
                comes.start()
            attacked.set()
            began = time.monotonic()
            for number in range(first, first + BURST):
                time.sleep(max(0.0, began + (number - first) / A_SECOND - time.monotonic()))
                pool.submit(_guess, browsers[number % addresses], owner, number, found, over)
            while found.statuses.total() < first + BURST and time.monotonic() < over:
                time.sleep(GLANCE)
            attacked.clear()
            time.sleep(CALM if time.monotonic() < over else 0)
        in_time = not comes.is_alive()
    comes.join()
    found.owner = found.owner if in_time else None
    found.checked = site.hashings() - before - (found.owner is not None)
    return found


def _guess(browser: Browser, owner: User, number: int, found: Campaign, over: float) -> None:
    if time.monotonic() < over:
        guess = {"username": owner.username, "password": f"{words.PASSWORD}{number}"}
        found.statuses[browser.post(LOGIN, guess).status] += 1


def _comes(owner: User, known: Browser, found: Campaign) -> None:
    """Sign in while others guess, in a browser whose session is over."""
    known.cookies = {name: kept for name, kept in known.cookies.items() if KNOWN_BY in name}
    began = time.monotonic()
    found.owner = time.monotonic() - began if sign_in(owner, known) else None


@contextmanager
def looking(site: Site, found: Campaign, attacked: Event) -> Iterator[None]:
    """Look at the public pages until the block ends, and note how long each took."""
    over, browser = Event(), Browser(site, "198.51.100.99")

    def look() -> None:
        while not over.wait(GLANCE):
            for path in PAGES:
                before = attacked.is_set()
                seconds = browser.get(path).seconds
                if before == attacked.is_set():
                    (found.looked if before else found.calm).append(seconds)

    visitor = Thread(target=look)
    visitor.start()
    try:
        yield
    finally:
        over.set()
        visitor.join()


def aims(site: Site, owner: User, known: Browser) -> Iterator[Aim]:
    """Guess; yield the aims."""
    for addresses in (1, 200):
        yield from told(campaign(site, owner, known, addresses))
    yield made_up(site, owner)


def made_up(site: Site, owner: User) -> Aim:
    """Guess at names that nobody has; the owner comes right after, in a browser nobody knows."""
    RateBucket.objects.all().delete()
    before, answers = site.hashings(), Counter[int]()
    for number in range(MADE_UP):
        browser = Browser(site, f"192.0.2.{number + 1}")
        guess = {"username": f"nobody{number}@example.org", "password": words.PASSWORD}
        answers[browser.post(LOGIN, guess).status] += 1
        browser.close()
    checked = site.hashings() - before
    is_in = sign_in(owner, Browser(site, "198.51.100.200"))
    return (
        f"{MADE_UP} guesses at made-up names: the owner gets in with a new browser",
        f"{'in' if is_in else 'never'}, {checked} hashes reckoned for them",
        is_in and checked <= WORKERS,
    )


def told(one: Campaign) -> Iterator[Aim]:
    """Yield the aims of one campaign."""
    where = f"{GUESSES:,} guesses from {one.addresses}"
    answers = ", ".join(f"{n} x {status}" for status, n in sorted(one.statuses.items()))
    yield (
        f"{where}: at most {MOST_CHECKED} checked",
        f"{one.checked} hashes reckoned; answers: {answers}",
        one.checked <= MOST_CHECKED and one.statuses.total() == GUESSES,
    )
    came = "never" if one.owner is None else f"after {one.owner:.1f} s"
    yield f"{where}: the owner gets in meanwhile", came, one.owner is not None
    for name, figure in (("median", median), ("95th of 100", _p95)):
        now, then = figure(one.looked) * 1000, figure(one.calm) * 1000
        yield (
            f"{where}: public pages at most {SLOWER:g}x slower, {name}",
            f"{now:.1f} ms, {then:.1f} ms in calm: {now / then:.2f}x",
            now <= SLOWER * then,
        )


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]
