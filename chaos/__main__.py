"""`python -m chaos`: hurt everything, check every promise, print a table; 1 if any is broken.

Everything runs on this machine, on servers and data of its own, and ends after so long whatever
happens. What the processes said stays in `.local/chaos` until the next run.
"""

import os
import sys
import time
from importlib import import_module

import django

from bench.databases import make_database, named
from bench.servers import ROOT, production
from chaos.aims import tell
from chaos.machines import machines

LOCAL = ROOT / ".local" / "chaos"
LIMIT = 600  # seconds for everything
STORM, WEEKS = "kicks_chaos_storm", "kicks_chaos_weeks"


def main() -> int:
    """Run the drill; return the exit status."""
    began = time.monotonic()
    with machines(LOCAL, LIMIT) as (database, broker):
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
    status = tell(aims)
    print(f"In {time.monotonic() - began:.0f} s. What the processes said is in {LOCAL}")
    return status


if __name__ == "__main__":
    sys.exit(main())
