"""`python -m chaos`: hurt everything, check every promise, print a table; 1 if any is broken.

Everything runs on this machine, on servers and data of its own, and ends after so long whatever
happens. What the processes said stays in `.local/chaos` until the next run.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import django

from bench.aims import Aim
from bench.databases import make_database, named
from bench.servers import ROOT, production
from chaos.machines import Broker, Database
from kicks import local_servers

LOCAL = ROOT / ".local" / "chaos"
LIMIT, GRACE = 600, 30  # seconds for everything, and for letting go of it
STORM, WEEKS = "kicks_chaos_storm", "kicks_chaos_weeks"


def main() -> int:
    """Run the drill; return the exit status."""
    began = time.monotonic()
    with machinery() as (database, broker):
        data = database.start()
        environment = production(named(data, STORM), broker.start(), LOCAL)
        make_database(data, STORM, "template1")
        os.environ.update(environment)
        django.setup()
        # Its models exist only now.
        import_module("chaos.practice").make_tables()
        make_database(data, WEEKS, STORM)
        aims = import_module("chaos.storm").run(environment, database, broker, LOCAL)
        aims += import_module("chaos.weeks").run(WEEKS)
    tell(aims)
    print(f"In {time.monotonic() - began:.0f} s. What the processes said is in {LOCAL}")
    return int(not all(met for _, _, met in aims))


@contextmanager
def machinery() -> Iterator[tuple[Database, Broker]]:
    """Yield a database server and a broker of our own, each on its folder, for so long at most."""
    shutil.rmtree(LOCAL, ignore_errors=True)
    folders = [LOCAL / name for name in ("data", "broker")]
    for folder in folders:
        folder.mkdir(parents=True)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    try:
        yield Database(folders[0]), Broker(folders[1])
    finally:
        signal.alarm(GRACE)
        for folder in folders:
            local_servers.release(folder)
            shutil.rmtree(folder)
        signal.alarm(0)


def give_up(*_: object) -> None:
    """Let go of everything; end at once if that takes too long."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(GRACE)
    raise TimeoutError(f"the drill takes more than {LIMIT} s")


def tell(aims: list[Aim]) -> None:
    """Print each aim, beside what was measured."""
    width = max(len(aim) for aim, _, _ in aims)
    for aim, measured, met in aims:
        print(f"{'met ' if met else 'OVER'}  {aim:{width}}  {measured}")


if __name__ == "__main__":
    sys.exit(main())
