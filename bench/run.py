"""One run: prepare the databases, start the servers, ask everything in each round."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from django.db import connection

from bench import answers, asked, diary, drain, engine, group, visitors
from bench.aims import Measured, Pairs, Race, Runs, aims, ratios
from bench.asked import Servers
from bench.databases import DATABASES, HISTORY, execute, make_database, named, use
from bench.servers import APP, THREADS, WORKERS, Answers, Server, Task, joined, serving
from bookings.models import Booking, PendingBooking

FLOOR, DATA = "bench.floor:application", "bench.data:application"
LOGS = {APP: "app", DATA: "data"}
ROUNDS, RACES, RACERS = 5, 3, 64
FLOOR_REQUESTS, BOOKINGS, LOOKERS = 2_500, 50, 90
CONNECTIONS = """
SELECT datname, count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1
"""
Figures = dict[str, float]


class Prepared(NamedTuple):
    """Who will book and who will race, as requests; who only has the last look at it all.

    Queries by database and page; the engine.
    """

    bookers: list[str]
    lookers: list[visitors.Prepared]
    races: list[list[str]]
    queries: dict[str, dict[str, int]]
    engine: Pairs


def bench(data: str, environment: dict[str, str], folder: Path, logs: Path) -> dict[str, Any]:
    """Return everything measured, as the JSON has it. What is made goes to `folder`."""
    began = time.monotonic()
    prepared = prepare(data)
    print(f"Prepared in {time.monotonic() - began:.0f} s.", flush=True)
    with servers(data, environment, logs) as (floor, apps, answering):
        check(answering)
        tasks = [
            Task("q0", floor, [asked.get("/q0")], FLOOR_REQUESTS),
            *asked.times_tasks(apps),
            *asked.dear_tasks(apps, prepared.lookers),
            *asked.data_tasks(answering),
        ]
        runs = measure(tasks, prepared.bookers, apps)
        kept = connections(data)
        check_booked()
        race = compete(data, apps["1M"], prepared.races)
    use(DATABASES["1M"])
    plans = diary.plans()
    mail = drain.measure(data, environment, folder, logs)
    return told(Measured(runs, prepared.engine, prepared.queries, plans, race, mail, kept))


def prepare(data: str) -> Prepared:
    """Fill the databases; count queries and measure the engine meanwhile."""
    diary.prepare(HISTORY["1k"])
    bookers = [asked.post(*one) for one in visitors.prepare(0, (ROUNDS + 1) * BOOKINGS)]
    lookers = visitors.prepare(5000, LOOKERS)
    rivals = [visitors.prepare(1000 * n, RACERS, rivals=True) for n in range(1, RACES + 1)]
    queries = {"1k": diary.queries()}
    pairs = engine.measure()
    use("")
    for name in ("1M", "group"):
        make_database(data, DATABASES[name], DATABASES["1k"])
    use(DATABASES["group"])
    group.fill()
    queries["group"] = {**diary.queries(), **answers.queries()}
    use(DATABASES["1M"])
    diary.add_past(HISTORY["1k"], HISTORY["1M"])
    queries["1M"] = diary.queries()
    races = [[asked.post(*one) for one in some] for some in rivals]
    return Prepared(bookers, lookers, races, queries, pairs)


@contextmanager
def servers(
    data: str, environment: dict[str, str], logs: Path
) -> Iterator[tuple[Server, Servers, Servers]]:
    """Run the floor, and on each database the app and the answers as data; a log of each."""
    postmaster = diary.postmaster()
    with ExitStack() as running:

        def served(application: str) -> Servers:
            own = {n: {**environment, "DATABASE_URL": named(data, DATABASES[n])} for n in DATABASES}
            log = {n: logs / f"{LOGS[application]}-{n}.log" for n in DATABASES}
            each = {n: serving(application, own[n], log[n], postmaster) for n in DATABASES}
            return {n: running.enter_context(one) for n, one in each.items()}

        floor = running.enter_context(serving(FLOOR, environment, logs / "floor.log"))
        yield floor, served(APP), served(DATA)


def check(answering: Servers) -> None:
    """Make sure that every answer is the right one, ours and what stands beside it."""
    for server in answering.values():
        require(server, "/starts", diary.expected())
        require(server, "/bare", diary.expected())
    few = answering["group"]
    require(few, "/first", [group.first_start()] * group.SHOWN)
    require(few, f"/next/{group.FULL}", [0])


def require(server: Server, path: str, right: list[int]) -> None:
    """End the run unless the answer is the right one."""
    if (said := json.loads(server.fetch(path))) != right:
        server.fail(f"{path}: {len(said)} starts {said[:3]}, not {len(right)} {right[:3]}")


def check_booked() -> None:
    """End the run unless each press booked: one that only asked to open a mail answers alike."""
    for name in HISTORY:
        use(DATABASES[name])
        made = Booking.objects.filter(service__slug=diary.OPEN).count()
        if made != (ROUNDS + 1) * BOOKINGS or PendingBooking.objects.exists():
            raise SystemExit(f"bench: {made} bookings were made in {DATABASES[name]}")


def measure(tasks: list[Task], bookers: list[str], apps: Servers) -> Runs:
    """Ask everything in each round, after one round that only warms up.

    Tasks of one name are parts of one, so that what is compared closely can take turns.
    """
    runs: Runs = {}
    for number in range(ROUNDS + 1):
        mine = bookers[number * BOOKINGS : (number + 1) * BOOKINGS]
        booking = [Task(f"book {name}", apps[name], mine, expected=302) for name in HISTORY]
        each = [*tasks, *booking]
        found: dict[str, list[Answers]] = {}
        for task in each if number % 2 else each[::-1]:
            part = task.run()
            task.require(part)
            found.setdefault(task.name, []).append(part)
        for name, parts in found.items() if number else ():
            runs.setdefault(name, []).append(joined(parts))
    return runs


def compete(data: str, app: Server, races: list[list[str]]) -> Race:
    """Let the visitors of each race want one time at once."""
    before = deadlocks(data)
    runs = [Task("race", app, race).run(clients=len(race)) for race in races]
    if strange := [run.statuses for run in runs if not run.statuses.keys() <= {302, 303}]:
        app.fail(f"race: {strange}")
    time.sleep(2)  # Postgres counts what its processes have reported
    return {
        "statuses": [run.statuses for run in runs],
        "deadlocks": deadlocks(data) - before,
        **clock([ms for run in runs for ms in run.ms]),
    }


def connections(data: str) -> dict[str, tuple[int, int]]:
    """Return how many connections each database has, and how many its two servers may keep."""
    most = len(LOGS) * WORKERS * THREADS
    connection.close()  # this process's own
    found = dict(execute(data, CONNECTIONS))
    return {name: (found.get(database, 0), most) for name, database in DATABASES.items()}


def deadlocks(data: str) -> int:
    """Return how many deadlocks the larger database has counted."""
    large = DATABASES["1M"]
    statement = f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{large}'"  # noqa: S608
    return int(execute(data, statement)[0][0])


def clock(ms: list[float]) -> Figures:
    """Return the middle, the 95th of a hundred and the worst, in milliseconds."""
    cuts = quantiles(ms, n=20)
    return {"p50": cuts[9], "p95": cuts[18], "worst": max(ms)}


def summary(runs: Runs) -> dict[str, Figures]:
    """Return medians over the rounds; "x" and "share" compare with q0 of the same round."""
    found = {}
    for name, mine in runs.items():
        times = ratios(mine, runs["q0"], "cpu_ms")
        found[name] = {
            "app_ms": median(run.app_ms for run in mine),
            "db_ms": median(run.db_ms for run in mine),
            "x": median(times),
            "x_min": min(times),
            "x_max": max(times),
            "per_second": median(run.per_second for run in mine),
            "share": median(ratios(mine, runs["q0"], "per_second")),
            **clock([ms for run in mine for ms in run.ms]),
        }
    return found


def told(found: Measured) -> dict[str, Any]:
    """Return what the JSON has."""
    return {
        "aims": list(aims(found)),
        "medians": summary(found.runs),
        "engine": found.engine,
        "race": found.race,
        "queries": found.queries,
        "plans": found.plans,
        "rounds": {name: [one.figures() for one in mine] for name, mine in found.runs.items()},
        "mail": found.mail.told(),
    }
