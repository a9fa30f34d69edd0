"""Private links: guessed, replayed, replaced, revoked, ended, of an address that changed."""

import re
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from urllib.parse import urljoin

from django.db.models import DateTimeField, F
from django.urls import reverse

from attack import clients, words
from attack.browser import Browser, Page
from attack.practice import Practice, slot
from attack.site import Site
from bookings.models import Booking
from bookings.notices.keys import about_booking
from chaos.aims import Aim, none_of
from clients.models import AccessLink
from prose.dates import slot_value

# The bucket, and what trickles into it meanwhile.
GUESSES, MOST_LOOKED_UP = 100, 33
MADE = re.compile(r"[A-Za-z0-9_-]{30,}")
END_LINKS = re.compile(r'href="([^"]*/end[-_]links/[^"]*)"')
YEARS = timedelta(days=3 * 365)
_networks = count(1)


def somebody(site: Site) -> Browser:
    """Return the browser of somebody who was never here, at an address of their own."""
    number = next(_networks)
    return Browser(site, f"10.9.{number // 250}.{number % 250}")


def path_of(token: str) -> str:
    """Return the address of a private link."""
    return f"/b/{token}/"


def come_in(browser: Browser, token: str) -> Page:
    """Open a link, press the button where there is one, and return what that leads to."""
    page = browser.follow(browser.get(path_of(token)))
    if page.path != "/book/open/":
        return page
    return browser.follow(browser.post(page.path, {"whose": "mine"}))


def opens(browser: Browser, token: str) -> bool:
    """Whether a link leads a browser to somebody's booking."""
    page = come_in(browser, token)
    return page.status == 200 and page.path.startswith("/booking/")


def shape(page: Page) -> str:
    """Return an answer without what is made anew for each."""
    names = sorted({name.lower() for name in page.headers})
    return f"{page.status} {names} {MADE.sub('*', page.body.decode(errors='replace'))}"


class Booked:
    """Somebody who booked by the public pages, and has their mail."""

    def __init__(self, site: Site, practice: Practice, number: int) -> None:
        """Book; wait for the mail."""
        self.address = f"{words.EMAIL}{number}@example.com"
        self.browser = somebody(site)
        at = slot_value(slot(number))
        said = clients.Answers(self.address)
        self.pages = clients.book(self.browser, practice.victim.consultation, at, said)
        self.tokens = clients.tokens_to(site, self.address)
        self.token = next(one for one in self.tokens if opens(somebody(site), one))
        self.booking = Booking.objects.get(client__email=self.address)


def scanned(site: Site, practice: Practice) -> Iterator[Aim]:
    """Open every link of a mail and go where it leads, as programs do that look through mail."""
    said = clients.Answers(f"{words.EMAIL}14@example.com")
    clients.book(somebody(site), practice.victim.consultation, slot_value(slot(14)), said)
    tokens = clients.tokens_to(site, said.email)
    for token in tokens:
        scanner = somebody(site)
        scanner.follow(scanner.get(path_of(token)))
    booking = Booking.objects.select_related("client").get(client__email=said.email)
    proven = [
        name for name, row in (("it", booking), ("its card", booking.client)) if row.proven_at
    ]
    told = f"{len(tokens)} links opened, {' and '.join(proven) or 'nothing'} confirmed"
    yield (
        "a program that opens the links of a mail confirms nothing",
        told,
        bool(tokens and not proven),
    )


def guesses(site: Site, real: str) -> Iterator[Aim]:
    """Guess from one address, and almost rightly from many."""
    stranger, statuses = somebody(site), Counter[int]()
    kinds: dict[int, set[str]] = {404: set(), 429: set()}
    for _ in range(GUESSES):
        page = stranger.get(path_of(secrets.token_urlsafe(32)))
        statuses[page.status] += 1
        kinds.setdefault(page.status, set()).add(shape(page))
    told = ", ".join(f"{number} x {status}" for status, number in statuses.items())
    met = statuses[404] <= MOST_LOOKED_UP and statuses[404] + statuses[429] == GUESSES
    yield f"of {GUESSES} link guesses at most {MOST_LOOKED_UP} looked up", told, met
    near = [real[:-1], real[1:], real.swapcase(), f"{real}A", real[::-1], "x" * 300, "zq"]
    near += [f"{real[:-2]}{secrets.token_urlsafe(2)[:2]}" for _ in range(13)]
    for token in near:
        page = somebody(site).get(path_of(token))
        kinds.setdefault(page.status, set()).add(shape(page))
    told = ", ".join(f"{len(found)} at {status}" for status, found in kinds.items())
    alike = set(kinds) == {404, 429} and all(len(found) == 1 for found in kinds.values())
    yield "random and almost right guesses are answered alike", f"kinds of answer: {told}", alike


def replaced(site: Site, one: Booked) -> Iterator[Aim]:
    """Ask for new links as a stranger does; the old one holds until the new one is opened."""
    clients.ask_for_links(somebody(site), one.address)
    came = clients.tokens_to(site, one.address, frozenset(one.tokens))
    held = opens(somebody(site), one.token)
    yield "a stranger who asks for links ends none", "opens" if held else "ended", held
    let_in = any(opens(somebody(site), new) for new in came)
    left = opens(somebody(site), one.token)
    told = (
        f"the new one {'opens' if let_in else 'is shut'}, the old {'opens' if left else 'is shut'}"
    )
    yield "a link that was replaced opens nothing", told, let_in and not left


def revoked(site: Site, one: Booked, desk: Browser) -> Iterator[Aim]:
    """Let the therapist end all links; ask again by the link and in a browser that it opened."""
    card = desk.get(reverse("admin:clients_client_change", args=[one.booking.client_id]))
    for path in END_LINKS.findall(card.text)[:1]:
        desk.post(urljoin(card.path, path))
    yield from _shut(site, one, "revoked")


def ended(site: Site, one: Booked) -> Iterator[Aim]:
    """Let the meeting be three years ago."""
    booking = one.booking
    moments = [one.name for one in AccessLink._meta.fields if isinstance(one, DateTimeField)]
    links = AccessLink.objects.filter(about=about_booking(booking.uid))
    links.update(**{name: F(name) - YEARS for name in moments})
    Booking.objects.filter(pk=booking.pk).update(
        during=type(booking.during)(booking.start - YEARS, booking.end - YEARS)
    )
    yield from _shut(site, one, "of three years ago")


def moved_out(site: Site, one: Booked, desk: Browser) -> Iterator[Aim]:
    """Let the therapist correct the address."""
    card = desk.get(reverse("admin:clients_client_change", args=[one.booking.client_id]))
    other = f"other.{one.address}"
    desk.press(card, card.form("email", "name"), email=other)
    fresh = clients.tokens_to(site, other)
    yield from _shut(site, one, "in the mailbox of an address that was corrected")
    let_in = any(opens(somebody(site), token) for token in fresh)
    yield "the new mailbox has a link that opens", f"{len(fresh)} came", let_in


def _shut(site: Site, one: Booked, which: str) -> Iterator[Aim]:
    """Yield the aim that none of somebody's links opens anything, nor their browser anymore."""
    left = [token[:4] for token in one.tokens if opens(somebody(site), token)]
    page = one.browser.get(f"/booking/{one.booking.uid}/")
    left += ["an open page"] if page.status == 200 else []
    yield none_of(f"links {which} that open something", left, f"{len(one.tokens)} and an open page")


def finished(site: Site, one: Booked) -> Iterator[Aim]:
    """Press "I've finished on this device", then send the old cookies once more."""
    browser = somebody(site)
    come_in(browser, one.token)
    kept, at = dict(browser.cookies), f"/booking/{one.booking.uid}/"
    page = browser.get(at)
    pressed = browser.press_what_leads(page, "/finish/")
    browser.cookies = kept
    again = browser.get(at)
    yield (
        "cookies replayed after the session was ended open nothing",
        f"{again.status}",
        pressed is not None and page.status == 200 and again.status == 404,
    )


def aims(site: Site, practice: Practice, desk: Browser) -> Iterator[Aim]:
    """Try each; yield the aims. `desk` is the therapist's browser."""
    one, two, three, four = (Booked(site, practice, number) for number in range(10, 14))
    yield from scanned(site, practice)
    yield from guesses(site, one.token)
    yield from finished(site, one)
    yield from replaced(site, one)
    yield from revoked(site, two, desk)
    yield from moved_out(site, three, desk)
    yield from ended(site, four)
