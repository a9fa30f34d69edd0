"""Where words turn up that were confided to one person: looked for in everything that was written.

Run last: all that the other attacks did has left its traces by then.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core import serializers
from django.db import connection

from attack import clients, words
from attack.addresses import PART, patterns
from attack.browser import Browser
from attack.practice import Practice, slot
from attack.site import Site
from bench.servers import ROOT
from chaos.aims import Aim, none_of
from clients.models import Client
from prose.dates import slot_value

PATIENCE = 60
PUBLIC = {"slug": "zq", "topic_slug": "zq"}
# The tables that may hold how a client is reached. The last has the name that a card had when
# somebody changed it in admin.
KNOWN_OF_CLIENTS = {
    "clients_client",
    "clients_accesslink",
    "bookings_booking",
    "outbox_outgoingmail",
    "bookings_pendingbooking",
    "django_admin_log",
}
# Only its therapist reads it, and it is not sealed: it says when somebody is away, and why.
NOT_SEALED = {("availability_timeoff", words.LEAVE)}
# Rows that no table takes any more: the next booking, mail and session end in an error.
BROKEN = ("bookings_booking", "clients_client", "outbox_outgoingmail")


def in_mail(site: Site) -> tuple[list[str], int]:
    """Return what mail tells, invites included, that is for nobody's mailbox, and how many."""
    found, heard = [], list(clients.messages(site))
    for message in heard:
        said = clients.said_in(message)
        kinds = dict(words.CONFIDED)
        if words.EMAIL in str(message["To"]):
            del kinds["a reason"]  # it may have been written to them
        elif "@kicks.example" not in str(message["To"]):
            kinds |= words.CONTACT
        found += [
            f"{message['Subject']} to {message['To']}: {one}" for one in words.told(said, kinds)
        ]
    return found, len(heard)


def in_logs(site: Site, tokens: dict[str, str]) -> tuple[list[str], int]:
    """Return what the logs tell, of all processes, and how many there are."""
    kinds = {**words.CONFIDED, **words.CONTACT, **tokens, "a password": words.PASSWORD}
    logs = [log for log in site.folder.rglob("*.log") if log.name != "sink.log"]
    found = [
        f"{log.name}: {kind}"
        for log in logs
        for kind in words.told(log.read_text(errors="replace"), kinds)
    ]
    return found, len(logs)


def in_addresses(site: Site) -> tuple[list[str], int]:
    """Return the addresses that tell something, of those to which the site led a browser."""
    kinds = words.CONFIDED | words.CONTACT
    found = [
        f"{path} -> {to}"
        for path, to in site.trail
        if set(words.told(to, kinds)) - set(words.told(path, kinds))
    ]
    return found, sum(bool(to) for _, to in site.trail)


def on_public_pages(site: Site) -> tuple[list[str], int]:
    """Return what pages tell that anybody may open: feeds, sitemaps and errors too."""
    browser, kinds = Browser(site, "192.0.2.210"), words.CONFIDED | words.CONTACT
    routes = [route for _, route in patterns() if not route.startswith("/admin/")]
    paths = sorted({PART.sub(lambda part: PUBLIC.get(part[2] or "", "1"), one) for one in routes})
    found = []
    for path in (*paths, "/sitemap.xml", "/robots.txt", "/zq/"):
        said = browser.follow(browser.get(path)).text
        found += [f"{path}: {kind}" for kind in words.told(said, kinds)]
    return found, len(paths)


def in_tables(tokens: dict[str, str]) -> tuple[list[str], int]:
    """Return the columns that hold in clear what should be sealed, or be held nowhere."""
    kinds = {**words.CONFIDED, **tokens, "a password": words.PASSWORD}
    found, columns = [], _columns()
    for table, column in columns:
        own = kinds if table in KNOWN_OF_CLIENTS else {**kinds, **words.CONTACT}
        own = {kind: word for kind, word in own.items() if (table, word) not in NOT_SEALED}
        if _holds(table, column, [*own.values()]):
            held = (kind for kind, word in own.items() if _holds(table, column, [word]))
            found += [f"{table}.{column}: {kind}" for kind in held]
    return found, len(columns)


def _columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema ="
            " 'public' AND data_type NOT IN ('bigint', 'integer', 'smallint', 'boolean', 'date')"
            " AND table_name NOT LIKE 'pg_stat%'"
        )
        return list(cursor.fetchall())


def _holds(table: str, column: str, sought: list[str]) -> bool:
    """Whether one of these words stands in a column, in whatever it is stored."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {name(table)} WHERE {name(column)}::text ILIKE ANY(%s))",
            [[f"%{word.replace('_', chr(92) + '_')}%" for word in sought]],
        )
        return bool(cursor.fetchone()[0])


def in_sessions() -> tuple[list[str], int]:
    """Return what sessions hold in clear: they are encoded, and so hidden from a search."""
    kept = [one for one in apps.get_models() if issubclass(one, AbstractBaseSession)]
    rows = [row for model in kept for row in model._default_manager.all()]
    kinds = words.CONFIDED | words.CONTACT
    found = [kind for row in rows for kind in words.told(str(row.get_decoded()), kinds)]
    return found, len(rows)


def on_disk(site: Site) -> tuple[list[str], int]:
    """Return the files of the database in which a sealed word stands in clear."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    columns = (words.NOTE, words.REASON, words.DRAFT)
    wishes = (words.PRONOUNS, words.LANGUAGES, words.NEEDS)
    kept = (words.OF_MINE, words.CALLED)
    sealed = [word.encode() for word in (*columns, *wishes, *kept)]
    files = [path for path in (site.folder / "data" / "postgres").rglob("*") if path.is_file()]
    files = [path for path in files if "stat" not in path.parent.name]
    found = [path.name for path in files if _has_any(path, sealed)]
    return found, len(files)


def _has_any(path: Path, sealed: list[bytes]) -> bool:
    held = path.read_bytes()
    return any(word in held for word in sealed)


@contextmanager
def refusing(table: str) -> Iterator[None]:
    """Let the database refuse every row of a table, quoting it whole, until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT zq CHECK (created_at < '1999-01-01') NOT VALID"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT zq")


def force_errors(site: Site, practice: Practice) -> list[int]:
    """Book, write and send while the database refuses it; return the statuses that came."""
    said = clients.Answers(f"{words.EMAIL}8@example.com")
    statuses = []
    for number, table in enumerate(BROKEN):
        with refusing(table):
            browser, at = Browser(site, "192.0.2.211"), slot_value(slot(50 + number))
            pages = clients.book(browser, practice.victim.consultation, at, said)
            statuses += [page.status for page in pages[-2:]]
    _let_commands_fail(site, practice)
    return statuses


def _let_commands_fail(site: Site, practice: Practice) -> None:
    """Run a command that the database refuses a client's row, and keep what it prints."""
    fixture = site.folder / "client.json"
    clients_of = Client.objects.filter(bookings__therapist=practice.therapist)[:1]
    fixture.write_text(serializers.serialize("json", clients_of))
    with refusing("clients_client"), (site.folder / "commands.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "manage.py", "loaddata", str(fixture)],
            cwd=ROOT,
            env={**site.environment, "PATH": ""},
            stdout=log,
            stderr=log,
            check=False,
            timeout=PATIENCE,
        )


def aims(site: Site, practice: Practice) -> Iterator[Aim]:
    """Look everywhere; yield the aims."""
    forced = force_errors(site, practice)
    tokens = clients.tokens(site)
    printed = "IntegrityError" in (site.folder / "commands.log").read_text()
    told = f"{forced}, and a command that {'failed' if printed else 'did not fail'}"
    yield "errors were forced, whose reports are searched", told, 500 in forced and printed
    for where, (found, among) in {
        "mail and invites": in_mail(site),
        "the logs of all processes": in_logs(site, tokens),
        "addresses that the site leads to": in_addresses(site),
        "public pages, feeds, sitemaps": on_public_pages(site),
        "columns of the database, read raw": in_tables(tokens),
        "sessions, decoded": in_sessions(),
        "files of the database": on_disk(site),
    }.items():
        yield none_of(f"words in {where}", sorted({*found}), f"{among:,}")
