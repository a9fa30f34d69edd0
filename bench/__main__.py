"""`python -m bench [file]`: measure, print a table, write JSON.

CPU per answer (user and system time of the app's processes, and of the database's) decides: it
holds on a busy machine, where clock figures are noise. Ratios compare runs of one round.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import django

from bench.databases import DATABASES, MAIL, execute, make_database, named
from bench.day import day_of
from bench.logs import put_away
from bench.servers import ROOT, production
from kicks import local_servers

LOCAL = ROOT / ".local" / "bench"
EMBEDDED = LOCAL / "servers"


def main() -> None:
    """Set up, measure, tell."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else LOCAL.with_name("bench.json")
    put_away(LOCAL)
    print(f"What the servers say is in {LOCAL}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="kicks-bench-") as folder,
        machinery() as (data, broker),
    ):
        make_database(data, DATABASES["1k"], "template1")
        settings = production(named(data, DATABASES["1k"]), broker, Path(folder))
        environment = {**settings, **day_of(datetime.now(UTC))}
        os.environ.update(environment)
        django.setup()
        # Its models exist only now.
        result = import_module("bench.run").bench(data, environment, Path(folder), LOCAL)
        for name in (*DATABASES.values(), *MAIL.values()):
            execute(data, f"DROP DATABASE {name} WITH (FORCE)")
    tell(result)
    path.write_text(json.dumps(result, indent=1))
    print(f"\nWritten to {path}")


@contextmanager
def machinery() -> Iterator[tuple[str, str]]:
    """Yield the addresses of a database server and a broker: those given, or two of our own."""
    EMBEDDED.mkdir(parents=True, exist_ok=True)
    try:
        yield (
            os.environ.get("DATABASE_URL") or local_servers.postgres(EMBEDDED),
            os.environ.get("REDIS_URL") or local_servers.valkey(EMBEDDED),
        )
    finally:
        local_servers.release(EMBEDDED)
        for log in EMBEDDED.glob("*.log"):
            log.rename(LOCAL / log.name)
        shutil.rmtree(EMBEDDED)


def tell(result: dict[str, Any]) -> None:
    """Print what was measured."""
    print(
        "CPU ms an answer:        app     db     x q0 [min-max]"
        "   a second, of q0   p50 / p95 / worst ms"
    )
    for name, row in result["medians"].items():
        print(
            f"{name:22} {row['app_ms']:7.2f} {row['db_ms']:6.2f}"
            f"  {row['x']:7.1f} [{row['x_min']:.1f}-{row['x_max']:.1f}]".ljust(60)
            + f"{row['per_second']:7.0f} {row['share']:7.0%}"
            f"  {row['p50']:7.1f} / {row['p95']:.1f} / {row['worst']:.0f}"
        )
    ours, plain = (median(one) for one in zip(*result["engine"], strict=True))
    print(f"the engine alone: {ours:.3f} ms, a merge without rules: {plain:.3f} ms")
    spread = " / ".join(f"{result['race'][name]:.0f}" for name in ("p50", "p95", "worst"))
    print(f"All who want one time have their answer in {spread} ms")
    print("CPU ms a mail, or a claim:   app     db   a second")
    for name, row in result["mail"]["medians"].items():
        print(f"{name:25} {row['app_ms']:7.2f} {row['db_ms']:6.2f} {row['per_second']:10.0f}")
    for aim, measured, met in result["aims"]:
        print(f"{'met ' if met else 'OVER'}  {aim}: {measured}")


if __name__ == "__main__":
    main()
