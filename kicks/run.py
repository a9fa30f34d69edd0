"""`make run`: everything Kicks needs, on this machine, until Ctrl-C.

PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), the tables, a demo practice
in an empty database, and then the processes of the Procfile under one supervisor. When one of them
stops, all stop. What goes wrong before that is one line that says what to do.
"""

import io
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import django
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from honcho.compat import ProcessManager
from honcho.environ import parse_procfile
from honcho.manager import Manager

from kicks import local_servers
from kicks.environment import port, read, refuse

ROOT = Path(__file__).resolve().parent.parent
OPENING = 30  # seconds for the first page
INTERRUPTED = 130


class Leaders(ProcessManager):
    """Asks only the first process of a group to stop: a worker's children finish their tasks."""

    def terminate(self, pid: int) -> None:
        """Ask process `pid` to stop."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class Supervisor(Manager):
    """Honcho's manager, silent but for what the processes say, and aware of who fell first."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._procmgr = Leaders()
        self.port = number
        self.fallen: tuple[str, int] | None = None

    def terminate(self) -> None:
        """Stop everything; remember the process that stopped unasked, if one did."""
        stopped = {n: p["returncode"] for n, p in self._processes.items() if "returncode" in p}
        if not self._terminating:
            self.fallen = next(iter(stopped.items()), None)
        super().terminate()

    def _start(self) -> None:
        super()._start()
        # After the forks: a thread must not be alive across them.
        threading.Thread(target=greet_when_open, args=(self.port,), daemon=True).start()

    def _system_print(self, data: str) -> None:
        """Say nothing: the process numbers are of no use to who reads this."""


def main() -> int:
    """Run until stopped; return the exit status."""
    number = read("PORT", port, "a port, 1 to 65535", lambda: 8000)
    check_port(number)
    os.environ |= {"DEBUG": "true", "PORT": str(number), "DJANGO_SETTINGS_MODULE": "kicks.settings"}
    os.environ.setdefault("WEB_WORKERS", "1")
    # Celery warns root for eight lines; here root is a developer in a container.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")
    try:
        start_servers()
        prepare_database()
        return supervise(number)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        local_servers.release()


def check_port(number: int) -> None:
    """Refuse to start where the port is taken: the page would be somebody else's."""
    hint = "stop what uses it, or choose another: make run PORT=8001"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except PermissionError:
            refuse(f"port {number} is not yours to open; choose another: make run PORT=8000")
        except OSError:
            refuse(f"port {number} is taken: {hint}")


def start_servers() -> None:
    """Start what the environment does not name, and name it for the processes to come."""
    try:
        for name, start in (
            ("DATABASE_URL", local_servers.postgres),
            ("REDIS_URL", local_servers.valkey),
        ):
            if not os.environ.get(name):
                os.environ[name] = start()
    except local_servers.EmbeddedError as error:
        refuse(str(error))


def prepare_database() -> None:
    """Bring the tables up to date, and a demo practice into a database that has none."""
    django.setup()
    try:
        executor = MigrationExecutor(connection)
        # Most starts have nothing to migrate, and asking is 0.4 s cheaper than `migrate`.
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        call_command("seed_demo", stdout=io.StringIO())  # the greeting says what there is to say
    except OperationalError as error:
        refuse(f"the database does not answer: {str(error).strip().splitlines()[0]}")
    finally:
        connection.close()


def supervise(number: int) -> int:
    """Run the Procfile's processes until one stops or we are told to."""
    multiprocessing.set_start_method("fork")  # the supervisor's processes cannot be pickled
    supervisor = Supervisor(number)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    procfile = parse_procfile((ROOT / "Procfile").read_text())
    for name, command in procfile.processes.items():
        # The first page is waited for; the rest may take the cores that it leaves.
        start = f"exec {command}" if name == "web" else f"exec nice -n 5 {command}"
        supervisor.add_process(name, start, env={**os.environ, "PATH": path}, cwd=str(ROOT))
    signal.signal(signal.SIGHUP, hang_up)
    supervisor.loop()
    if supervisor.fallen:
        name, status = supervisor.fallen
        sys.stderr.write(f"kicks: {name} stopped (exit status {status}), so everything did\n")
        return status or 1
    return 0


def hang_up(_signal: int, _frame: FrameType | None) -> None:
    """Treat a closed terminal like a request to stop."""
    signal.raise_signal(signal.SIGTERM)


def greet_when_open(number: int) -> None:
    """Say where everything is as soon as there is somebody at the door."""
    deadline = time.monotonic() + OPENING
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                print(greeting(number), flush=True)
                return
        time.sleep(0.05)


def greeting(number: int) -> str:
    """Return the addresses and the admin's password, which seed_demo keeps in a file."""
    site, password = f"http://127.0.0.1:{number}", local_servers.LOCAL / "admin-password"
    entry = f"admin / {password.read_text().strip()}" if password.exists() else "your own account"
    return f"""
  Kicks      {site}/
  Admin      {site}/admin/   ({entry})
  Sent mail  {site}/admin/outbox/outgoingmail/
             {local_servers.LOCAL / "mail"}
  Ctrl-C stops everything.
"""


if __name__ == "__main__":
    sys.exit(main())
