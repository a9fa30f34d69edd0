"""The site as it is in production: granian with two workers, Postgres, and a broker to hurt."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from bench.servers import free_port
from chaos.machines import PATIENCE, Broker, listening, wait_until
from chaos.visitor import Visitor
from kicks import local_servers

ROOT = Path(__file__).resolve().parents[2]
SERVE = (
    "granian --interface wsgi --no-ws --workers 2 --blocking-threads 4 --log-level warning"
    " --workers-kill-timeout 2"
    " kicks.wsgi:application"
)


@dataclass(frozen=True)
class Site:
    """A running site; `environment` is what its other processes need."""

    port: int
    folder: Path
    environment: dict[str, str]

    @contextmanager
    def visitors(self, count: int) -> Iterator[list[Visitor]]:
        """Open so many browsers, and close them."""
        visitors = [Visitor(self.port) for _ in range(count)]
        try:
            yield visitors
        finally:
            for visitor in visitors:
                visitor.close()

    def manage(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a management command of this site."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.Popen(  # noqa: S603, our own command
            command, cwd=ROOT, env={**self.environment, **environment}
        )

    @property
    def broker(self) -> Broker:
        """The broker, to be hurt."""
        return Broker(self.folder)


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Run the site on this process's test database until the block ends."""
    port = free_port()
    environment = {
        **os.environ,
        "DEBUG": "true",
        "PORT": str(port),
        "DATABASE_URL": database_url(),
        "REDIS_URL": Broker(folder).start(),
        "EMAIL_URL": (folder / "mail").as_uri(),
        "RATE_LIMIT_FACTOR": "1000000",
    }
    with (folder / "server.log").open("wb") as log:
        command = [sys.executable, "-m", *SERVE.split(), "--port", str(port)]
        server = subprocess.Popen(  # noqa: S603, our own command
            command, cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: listening(("127.0.0.1", port)))
        yield Site(port, folder, environment)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)
        local_servers.release(folder)


def database_url() -> str:
    """Return the test database's address, in the two shapes that the settings understand."""
    known = {key: quote(str(value), safe="/") for key, value in connection.settings_dict.items()}
    who = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    if known["HOST"].startswith("/"):
        return f"postgresql://{who}@/{known['NAME']}?host={known['HOST']}"
    where = known["HOST"] + (f":{known['PORT']}" if known["PORT"] else "")
    return f"postgresql://{who}@{where}/{known['NAME']}"
