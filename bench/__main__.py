"""`python -m bench [file]`: measure, print a table, write JSON.

CPU per answer (user and system time of the app's processes, and of the database's) decides: it
holds on a busy machine, where clock figures are noise. Ratios compare runs of one round.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django
import psycopg2

from bench.servers import APP, HOST, ROOT, Answers, Server, Task, production, serving
from kicks import embedded

LOCAL = ROOT / ".local" / "bench"
SMALL, LARGE = "kicks_bench_1k", "kicks_bench_1m"
HISTORY = {SMALL: 1_000, LARGE: 1_000_000}
ROUNDS, RACES, RACERS = 5, 3, 64
FLOOR_REQUESTS, PAGE_REQUESTS, BOOKINGS = 2_500, 300, 50
CSRF = "0123456789abcdefghijABCDEFGHIJ01"
Figures = dict[str, float]
Runs = dict[str, list[Answers]]
Race = dict[str, Any]


def main() -> None:
    """Set up, measure, tell."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else LOCAL.with_name("bench.json")
    with (
        tempfile.TemporaryDirectory(prefix="kicks-bench-") as folder,
        machinery() as (data, broker),
    ):
        make_database(data, SMALL, "template1")
        environment = production(named(data, SMALL), broker, Path(folder))
        os.environ.update(environment)
        django.setup()
        result = bench(data, environment)
        for name in HISTORY:
            execute(data, f"DROP DATABASE {name} WITH (FORCE)")
    tell(result)
    path.write_text(json.dumps(result, indent=1))
    print(f"\nWritten to {path}")


@contextmanager
def machinery() -> Iterator[tuple[str, str]]:
    """Yield the addresses of a database server and a broker: those given, or two of our own."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    try:
        yield (
            os.environ.get("DATABASE_URL") or embedded.postgres(LOCAL),
            os.environ.get("REDIS_URL") or embedded.valkey(LOCAL),
        )
    finally:
        embedded.release(LOCAL)
        shutil.rmtree(LOCAL)


def named(data: str, name: str) -> str:
    """Return the address of another database of the same server."""
    address, mark, options = data.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def make_database(data: str, name: str, template: str) -> None:
    """Copy a database, in place of what a run that was killed left behind."""
    execute(data, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    execute(data, f"CREATE DATABASE {name} TEMPLATE {template}")


def execute(data: str, statement: str) -> list[Any]:
    """Run a statement outside a transaction and return its rows."""
    connection = psycopg2.connect(data)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def bench(data: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return everything measured, as the JSON has it."""
    began = time.monotonic()
    diary = import_module("bench.diary")  # its models exist only since django.setup()
    diary.prepare(HISTORY[SMALL])
    bookers = [post(*one) for one in diary.visitors(0, (ROUNDS + 1) * BOOKINGS)]
    rivals = [diary.visitors(1000 * n, RACERS, rivals=True) for n in range(1, RACES + 1)]
    holder = diary.holder()
    queries = {SMALL: diary.queries(holder)}
    diary.use("")
    make_database(data, LARGE, SMALL)
    diary.use(LARGE)
    diary.add_past(HISTORY[SMALL], HISTORY[LARGE])
    queries[LARGE] = diary.queries(holder)
    postmaster = diary.postmaster()
    print(f"Prepared in {time.monotonic() - began:.0f} s.", flush=True)
    large = {**environment, "DATABASE_URL": named(data, LARGE)}
    with (
        serving("bench.floor:application", environment) as floor,
        serving(APP, environment, postmaster) as one_app,
        serving(APP, large, postmaster) as other_app,
    ):
        apps = {"1k": one_app, "1M": other_app}
        pages = [Task("q0", floor, [get("/q0")], FLOOR_REQUESTS)]
        for name, path in diary.pages().items():
            asked = get(path, holder if name == diary.HELD else "")
            pages += [Task(f"{name} {n}", apps[n], [asked], PAGE_REQUESTS) for n in apps]
        # A page that is rendered anew: it carries its visitor's draft.
        own = [get(f"{diary.pages()['time']}&draft=bench{n}") for n in range(PAGE_REQUESTS)]
        pages += [Task(f"time, a draft {n}", apps[n], own) for n in apps]
        runs = measure(pages, bookers, apps)
        race = compete(data, other_app, [[post(*one) for one in some] for some in rivals])
    result = {
        "medians": summary(runs),
        "race": race,
        "queries": queries,
        "plan": diary.plan(),
        "rounds": {name: [one.figures() for one in mine] for name, mine in runs.items()},
    }
    return {"aims": aims(result, runs), **result}


def get(path: str, session: str = "") -> str:
    """Return a GET as it comes from the proxy in front."""
    cookie = f"Cookie: __Host-sessionid={session}\r\n" if session else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n{cookie}"
        "X-Forwarded-For: 192.0.2.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, br\r\n\r\n"
    )


def post(number: int, session: str, draft: str) -> str:
    """Return the press that books, each visitor's from an address of their own."""
    body = f"csrfmiddlewaretoken={CSRF}"
    return (
        f"POST /book/check/{draft}/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
        f"X-Forwarded-For: 10.0.{number // 250}.{number % 250}\r\nReferer: https://{HOST}/\r\n"
        f"Cookie: __Host-sessionid={session}; __Host-csrftoken={CSRF}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        f"{body}"
    )


def measure(pages: list[Task], bookers: list[str], apps: dict[str, Server]) -> Runs:
    """Ask everything in each round, after one round that only warms up."""
    runs: Runs = {}
    for number in range(ROUNDS + 1):
        mine = bookers[number * BOOKINGS : (number + 1) * BOOKINGS]
        booking = [Task(f"book {n}", app, mine, expected=302) for n, app in apps.items()]
        asked = [*pages, *booking]
        for task in asked if number % 2 else asked[::-1]:
            answers = task.run()
            assert set(answers.statuses) == {task.expected}, (task.name, answers.statuses)
            if number:
                runs.setdefault(task.name, []).append(answers)
    return runs


def compete(data: str, app: Server, races: list[list[str]]) -> Race:
    """Let the visitors of each race want one time at once."""
    before = deadlocks(data)
    runs = [Task("race", app, race).run(clients=len(race)) for race in races]
    time.sleep(2)  # Postgres counts what its processes have reported
    return {
        "statuses": [run.statuses for run in runs],
        "deadlocks": deadlocks(data) - before,
        **clock([ms for run in runs for ms in run.ms]),
    }


def deadlocks(data: str) -> int:
    """Return how many deadlocks the larger database has counted."""
    statement = f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{LARGE}'"  # noqa: S608
    return int(execute(data, statement)[0][0])


def clock(ms: list[float]) -> Figures:
    """Return the middle, the 95th of a hundred and the worst, in milliseconds."""
    cuts = quantiles(ms, n=20)
    return {"p50": cuts[9], "p95": cuts[18], "worst": max(ms)}


def summary(runs: Runs) -> dict[str, Figures]:
    """Return medians over the rounds; "x" and "share" compare with q0 of the same round."""
    found = {}
    for name, mine in runs.items():
        ratios = [run.cpu_ms / floor.cpu_ms for run, floor in zip(mine, runs["q0"], strict=True)]
        found[name] = {
            "app_ms": median(run.app_ms for run in mine),
            "db_ms": median(run.db_ms for run in mine),
            "x": median(ratios),
            "x_min": min(ratios),
            "x_max": max(ratios),
            "per_second": median(run.per_second for run in mine),
            "share": over(mine, runs["q0"], "per_second"),
            **clock([ms for run in mine for ms in run.ms]),
        }
    return found


def over(mine: list[Answers], base: list[Answers], figure: str) -> float:
    """Return the median ratio of one figure, each to that of the same round."""
    pairs = zip(mine, base, strict=True)
    return float(median(getattr(one, figure) / getattr(other, figure) for one, other in pairs))


def aims(result: dict[str, Any], runs: Runs) -> list[tuple[str, str, bool]]:
    """Return each aim with what was measured and whether it is met."""
    medians, race = result["medians"], result["race"]
    queries = {count["time"] for count in result["queries"].values()}
    found = []
    for page in ("time", "time, a day"):
        at = medians[f"{page} 1k"]
        flat = over(runs[f"{page} 1M"], runs[f"{page} 1k"], "cpu_ms")
        found += [
            (f"{page}: CPU at most 4x q0's", f"{at['x']:.1f}x", at["x"] <= 4),
            (f"{page}: at least 25% of q0's pages", f"{at['share']:.0%}", at["share"] >= 0.25),
            (f"{page}: CPU at 1M bookings at most 1.10x", f"{flat:.2f}x", flat <= 1.10),
        ]
    index = "booking_one_at_a_time" in result["plan"]
    won = all(one == {302: 1, 422: RACERS - 1} for one in race["statuses"])
    return [
        *found,
        ("time: 6 queries at most, at 1k and 1M", f"{queries}", max(queries) <= 6),
        ("what is booked is found by the constraint's index", str(index), index),
        (f"{RACERS} want one time: one wins, the rest get 422", f"{race['statuses']}", won),
        ("no deadlock", f"{race['deadlocks']}", not race["deadlocks"]),
    ]


def tell(result: dict[str, Any]) -> None:
    """Print what was measured."""
    print(
        "CPU ms an answer:  app     db     x q0 [min-max]   a second, of q0   p50 / p95 / worst ms"
    )
    for name, row in result["medians"].items():
        print(
            f"{name:16} {row['app_ms']:7.2f} {row['db_ms']:6.2f}"
            f"  {row['x']:7.1f} [{row['x_min']:.1f}-{row['x_max']:.1f}]".ljust(54)
            + f"{row['per_second']:7.0f} {row['share']:7.0%}"
            f"  {row['p50']:7.1f} / {row['p95']:.1f} / {row['worst']:.0f}"
        )
    spread = " / ".join(f"{result['race'][name]:.0f}" for name in ("p50", "p95", "worst"))
    print(f"{RACERS} clients on one time: {spread} ms")
    for aim, measured, met in result["aims"]:
        print(f"{'met ' if met else 'OVER'}  {aim}: {measured}")


if __name__ == "__main__":
    main()
