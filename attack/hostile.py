"""Input that no page asks for: lookups, character sets, other hosts, bodies without end."""

import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from urllib.parse import urlencode

import psutil
from django.contrib import admin
from django.db import connection

from attack import words
from attack.addresses import PART, WORDS, patterns
from attack.browser import CSRF, CSRF_COOKIE, STAFF_CSRF_COOKIE, Browser
from attack.practice import Practice
from attack.site import Site
from bench.servers import HOST
from bookings.models import Booking
from chaos.aims import Aim, none_of

MEGABYTE = 1 << 20
ENDLESS = 200 * MEGABYTE
MOST_KEPT = 4 * MEGABYTE  # on disk, or in memory, of such a body
PATIENCE = 60
# One of each is enough to find a lookup that Django hands on as it comes.
OF_DATES = {"year": "99999", "gte": "x", "date": "x"}
OF_OTHERS = {"contains": "x", "exact": "9" * 40, "in": "x,\x00"}
BODIES = {
    "application/x-www-form-urlencoded; charset=utf-16": "name=zq".encode("utf-16"),
    "application/x-www-form-urlencoded; charset=zq": b"name=%ff%zz&&=",
    "multipart/form-data; boundary=zq; charset=utf-16": b"--zq\r\n\r\nx",
    "multipart/form-data; boundary=\xe9": b"--\xe9\r\n",
    "application/json; charset=utf-16": b"\xff\xfe{",
}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=zq"
FILE = b'--zq\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'


@dataclass(frozen=True)
class Flood:
    """What became of a body without end: what was kept of it, what was answered."""

    what: str
    status: int
    taken: int  # bytes that were sent before the answer
    disk: int  # bytes in temporary files, at the most
    memory: int  # bytes that the web processes grew by, at the most


def lookups() -> Iterator[str]:
    """Yield the address of each list of admin, asked for each of its columns in strange ways."""
    for model in admin.site._registry:
        meta = model._meta
        for column in meta.fields:
            odd = OF_DATES if "Date" in column.get_internal_type() else OF_OTHERS
            for lookup, value in (*odd.items(), ("contains", "x")):
                query = urlencode({f"{column.name}__{lookup}": value})
                yield f"/admin/{meta.app_label}/{meta.model_name}/?{query}"


def sendable() -> Iterator[str]:
    """Yield one path of every address of the site."""
    for _, route in patterns():
        path = PART.sub(lambda found: WORDS.get(found[2] or found[3], "1"), route)
        yield path if "(" not in path and "<" not in path else "/admin/zq/"


def errors(browser: Browser) -> tuple[list[str], int]:
    """Return what is answered by an error of the site's, and how much was asked."""
    asked: list[tuple[str, str, bytes, dict[str, str]]] = [
        ("GET", path, b"", {}) for path in lookups()
    ]
    asked += [
        ("POST", path, body, {"Content-Type": kind, "X-CSRFToken": CSRF})
        for path in sorted({*sendable()})
        for kind, body in BODIES.items()
    ]
    for name in (CSRF_COOKIE, STAFF_CSRF_COOKIE):
        browser.cookies.setdefault(name, CSRF)
    broken = []
    for method, path, body, headers in asked:
        cookies = dict(browser.cookies)
        page = browser.ask(method, path, body or None, headers)
        browser.cookies = cookies  # a form that signs out was not meant
        broken += [f"{page.status} {method} {path} {headers}"] if page.status >= 500 else []
    return broken, len(asked)


def floods(site: Site) -> Iterator[Flood]:
    """Send bodies of 200 MB, with their length and without."""
    for path in ("/book/details/", "/admin/login/", "/b/zq/reminders/"):
        for kind in (FORM, MULTIPART):
            for chunked in (False, True):
                how = "in chunks" if chunked else "at its length"
                what = f"{path} {kind.partition(';')[0]} {how}"
                with watching(site) as most:
                    status, taken = _flood(site, path, kind, chunked=chunked)
                yield Flood(what, status, taken, *most)


def _flood(site: Site, path: str, kind: str, *, chunked: bool) -> tuple[int, int]:
    """Send until nobody takes more; return the status of the answer, 0 for none, and how much."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {ENDLESS}"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
        f"X-Forwarded-For: 192.0.2.201\r\nContent-Type: {kind}\r\n{length}\r\n\r\n"
    )
    piece = b"x" * MEGABYTE
    framed = b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece
    first = FILE if kind == MULTIPART and not chunked else b""
    sent = 0
    with socket.create_connection(("127.0.0.1", site.web.port), PATIENCE) as link:
        with suppress(OSError):
            link.sendall(head.encode() + first)
            while sent < ENDLESS - MEGABYTE and not _answered(link):
                link.sendall(framed)
                sent += len(piece)
            link.sendall(b"0\r\n\r\n" if chunked else b"x" * (MEGABYTE - len(first)))
        return _status(link), sent


def _answered(link: socket.socket) -> bool:
    """Whether an answer is there already."""
    return bool(select.select([link], [], [], 0)[0])


def _status(link: socket.socket) -> int:
    with suppress(OSError, IndexError, ValueError):
        return int(link.recv(64).split(b" ", 2)[1])
    return 0


@contextmanager
def watching(site: Site) -> Iterator[list[int]]:
    """Yield the bytes on disk and the growth in memory, both at the most, once the block ends."""
    over, most, before = Event(), [0, 0], _memory(site)

    def watch() -> None:
        while not over.wait(0.02):
            most[:] = [max(most[0], _disk(site)), max(most[1], _memory(site) - before)]

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def _memory(site: Site) -> int:
    return sum(one.memory_info().rss for one in site.processes())


def _disk(site: Site) -> int:
    """Return the bytes in the web server's temporary files, those without a name included."""
    found = 0
    for process in site.processes():
        with suppress(OSError, psutil.Error):
            for link in os.scandir(f"/proc/{process.pid}/fd"):
                with suppress(OSError):
                    if os.readlink(link.path).startswith(str(site.temporary)):  # noqa: PTH115, of another process
                        found += os.stat(link.path).st_size  # noqa: PTH116, the same
    return found


def foreign_hosts(site: Site) -> tuple[list[str], int]:
    """Ask for other hosts; return the lines that tell too much, and how many."""
    log = site.folder / "web.log"
    before = log.stat().st_size
    browser = Browser(site, "192.0.2.202")
    hosts = ["evil.example", "zqhost.example:99", f"{HOST}.evil.example", "[::1", "a_b", "\xe9"]
    for host in hosts:
        for path in ("/", f"/b/{words.NOTE}/", f"/admin/?q={words.NAME}"):
            browser.ask("GET", path, headers={"Host": host})
    with log.open(errors="replace") as said:
        said.seek(before)
        lines = said.read().splitlines()
    loud = ("Traceback", "  File ", words.NOTE, words.NAME)
    return [line for line in lines if any(word in line for word in loud)], len(lines)


def moved(practice: Practice, victim: Browser) -> tuple[bool, bool]:
    """Put one row's sealed note into another; whether it opens there, and did in its own place."""
    own, other = Booking.objects.filter(therapist=practice.therapist).order_by("pk")[:2]
    path = "/admin/bookings/booking/{}/change/"
    opened = words.NOTE in victim.get(path.format(own.pk)).text
    swap = (
        "UPDATE bookings_booking a SET note = b.note FROM bookings_booking b WHERE a.id = %s AND"
        " b.id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM bookings_booking WHERE id = %s", [other.pk])
        (kept,) = cursor.fetchone()
        cursor.execute(swap, [other.pk, own.pk])
        page = victim.get(path.format(other.pk))
        cursor.execute("UPDATE bookings_booking SET note = %s WHERE id = %s", [kept, other.pk])
    return words.NOTE in page.text or page.status != 200, opened


def aims(site: Site, practice: Practice, owner: Browser, victim: Browser) -> Iterator[Aim]:
    """Send all of it; yield the aims."""
    broken, asked = errors(owner)
    yield none_of("errors of the site's", broken, f"{asked:,} lookups and bodies")
    for one in floods(site):
        found = (
            f"{one.status} after {one.taken // MEGABYTE} MB; {one.disk / MEGABYTE:.1f} MB on disk,"
            f" {one.memory / MEGABYTE:.1f} MB of memory"
        )
        met = max(one.disk, one.memory) < MOST_KEPT and 400 <= one.status < 500
        yield f"200 MB to {one.what}: nothing kept", found, met
    loud, lines = foreign_hosts(site)
    yield none_of("lines of the log that tell of foreign hosts' errors", loud, f"{lines} lines")
    elsewhere, at_home = moved(practice, victim)
    told = (
        f"{'opens' if elsewhere else 'stays shut'} there, {'opens' if at_home else 'shut'} at home"
    )
    yield (
        "a ciphertext that was moved to another row does not open",
        told,
        at_home and not elsewhere,
    )
