"""`python -m attack`: attack a site as a server runs it, print a table; 1 if anything got through.

Everything runs on this machine, on servers and data of its own, and ends after so long whatever
happens. What the processes said stays in `.local/attack` until the next run.
"""

import logging
import os
import sys
import time
from importlib import import_module

import django

from bench.databases import execute, make_database, named
from bench.servers import ROOT, production
from chaos.aims import tell
from chaos.machines import FAST, Database, machines

LOCAL = ROOT / ".local" / "attack"
LIMIT = 1_500  # seconds for everything
DATABASE = "kicks_attack"


def main() -> int:
    """Attack; return the exit status. With names of attacks: those alone."""
    began = time.monotonic()
    with machines(LOCAL, LIMIT) as (database, broker):
        data = counting_statements(database)
        environment = production(named(data, DATABASE), broker.start(), LOCAL)
        make_database(data, DATABASE, "template1")
        os.environ.update(environment)
        django.setup()
        logging.disable(logging.INFO)  # what the site notes of the people that are made here
        # Its models exist only now.
        import_module("chaos.practice").make_tables()
        aims = import_module("attack.run").run(environment, LOCAL, sys.argv[1:])
    status = tell(aims)
    print(f"In {time.monotonic() - began:.0f} s. What the processes said is in {LOCAL}")
    return status


def counting_statements(database: Database) -> str:
    """Start a database server that counts its statements; return its address."""
    data = database.start()
    execute(data, "ALTER SYSTEM SET shared_preload_libraries = pg_stat_statements")
    database.restart(FAST)
    return data


if __name__ == "__main__":
    sys.exit(main())
