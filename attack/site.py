"""The site under attack: the production processes on data of their own, and all that they say.

The web server stands behind one proxy, which is us: X-Forwarded-For tells it who asks. Its limits
are those of production. Its mail goes to a folder that keeps every message whole.
"""

import os
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import psutil
from django.db import connection

from attack.counting import NAMED
from bench.servers import Server, free_port, line, serving, started, wait_for

APP = "attack.wsgi:application"
SINK = "python -m aiosmtpd --nosetuid --listen 127.0.0.1:{port} --class {handler} {folder}"
KEEPS_ALL = "aiosmtpd.handlers.Mailbox"
ROLE = "kicks_web"  # as whom the web server asks the database: its statements are counted
SWEEPER = "python manage.py send_due_mail --every 2"


@dataclass(frozen=True)
class Site:
    """The site: how it is reached, where its logs, its mail and its temporary files are."""

    web: Server
    environment: dict[str, str]
    folder: Path
    # Every address that a browser of ours opened, with the one that it was sent on to, if any.
    trail: list[tuple[str, str]] = field(default_factory=list)

    @property
    def mailbox(self) -> Path:
        """Where the mail server puts what it is given, a file each."""
        return self.folder / "mailbox"

    @property
    def temporary(self) -> Path:
        """Where the web server's temporary files would be."""
        return Path(self.environment["TMPDIR"])

    def processes(self) -> list[psutil.Process]:
        """Return the web server's processes."""
        return [self.web.process, *self.web.process.children(recursive=True)]

    def hashings(self) -> int:
        """Return how many passwords were really checked so far."""
        path = Path(self.environment[NAMED])
        return path.stat().st_size if path.exists() else 0


def count_statements() -> None:
    """Let Postgres count the statements of the web server's own role: its library is loaded."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE EXTENSION pg_stat_statements; CREATE ROLE {ROLE} SUPERUSER LOGIN")


@contextmanager
def under_attack(environment: dict[str, str], folder: Path) -> Iterator[Site]:
    """Run the web server, a worker, beat, a sweeper and a mail server until the block ends."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    with ExitStack() as running:
        environment = {
            **environment,
            "RATE_LIMIT_FACTOR": "1",
            "EMAIL_URL": running.enter_context(keeping_mail(environment, folder)),
            "TMPDIR": str(temporary),
            NAMED: str(folder / "hashings"),
        }
        schedule = shlex.quote(str(folder / "schedule"))
        senders = {
            "worker": line("worker"),
            "beat": f"{line('beat')} --schedule {schedule}",
            "sweeper": SWEEPER,
        }
        for name, command in senders.items():
            running.enter_context(started(command, environment, folder / f"{name}.log"))
        web = running.enter_context(serving(APP, _as_role(environment), folder / "web.log"))
        yield Site(web, environment, folder)


@contextmanager
def keeping_mail(environment: dict[str, str], folder: Path) -> Iterator[str]:
    """Run a mail server that keeps everything in `folder/mailbox`; yield its address."""
    port, log = free_port(), folder / "sink.log"
    command = SINK.format(port=port, handler=KEEPS_ALL, folder=shlex.quote(str(folder / "mailbox")))
    with started(command, {**environment, "PYTHONWARNINGS": "ignore"}, log):
        wait_for(port, log)
        yield f"smtp://127.0.0.1:{port}"


def mails(site: Site) -> list[bytes]:
    """Return every mail that has left so far, as it came."""
    return [_kept(path) for path in sorted(site.mailbox.glob("new/*"), key=os.path.getmtime)]


@cache
def _kept(path: Path) -> bytes:
    return path.read_bytes()


@contextmanager
def without_limits(site: Site) -> Iterator[Site]:
    """Run one more web server on the same data, which lets one ask as often as one likes."""
    own = {**_as_role(site.environment), "RATE_LIMIT_FACTOR": "1000"}
    with serving(APP, own, site.folder / "without-limits.log") as web:
        yield replace(site, web=web)


def _as_role(environment: dict[str, str]) -> dict[str, str]:
    data = environment["DATABASE_URL"].replace("//kicks@", f"//{ROLE}@")
    return {**environment, "DATABASE_URL": data}
