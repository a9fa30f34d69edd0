"""What was aimed at, with what was measured and whether it is met."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.servers import Answers, Cost

Runs = dict[str, list[Answers]]
Race = dict[str, Any]
Aim = tuple[str, str, bool]
# Milliseconds of the processor: ours and what stands beside it, by round.
Pairs = list[tuple[float, float]]
# The steps from home to booked, each an answer, and how many of q0's some of them may take.
WAY = ("home", "choose", "time", "chosen", "details", "details sent", "check", "book")
MOST = {"home": 8, "choose": 8, "details": 15, "book": 40}
# By whose it is and when, both at once.
INDEXED = re.compile(
    r"booking_one_at_a_time.*\n.*Index Cond: \(\(therapist_id = asked\.id\) AND \(during && "
)


@dataclass(frozen=True)
class Drained:
    """What each round cost, by what was done and how much sent mail is behind it.

    `once` says of each round whether every mail reached the mail server exactly once; `plans` how
    Postgres finds what is due.
    """

    runs: dict[str, list[Cost]] = field(default_factory=dict)
    once: list[bool] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)

    def add(self, name: str, cost: Cost) -> None:
        """Note what one round cost."""
        self.runs.setdefault(name, []).append(cost)

    def told(self) -> dict[str, Any]:
        """Return what the JSON has."""
        rounds = {name: [one.figures() for one in mine] for name, mine in self.runs.items()}
        medians = {
            name: {figure: median(one[figure] for one in mine) for figure in mine[0]}
            for name, mine in rounds.items()
        }
        return {"medians": medians, "rounds": rounds, "once": self.once, "plans": self.plans}


@dataclass(frozen=True)
class Measured:
    """All that was measured: runs by task, the engine's rounds, queries by database and page."""

    runs: Runs
    engine: Pairs
    queries: dict[str, dict[str, int]]
    plans: list[str]
    race: Race
    mail: Drained
    # By database, those that are open and how many the threads of its servers may keep.
    connections: dict[str, tuple[int, int]]

    def cpu(self, name: str, base: str) -> list[float]:
        """Return the ratios of the processor's time, each to that of the same round."""
        return ratios(self.runs[name], self.runs[base], "cpu_ms")


def ratios(mine: Sequence[Cost], base: Sequence[Cost], figure: str) -> list[float]:
    """Return the ratios of one figure, each to that of the same round."""
    pairs = zip(mine, base, strict=True)
    return [getattr(one, figure) / getattr(other, figure) for one, other in pairs]


def aims(found: Measured) -> Iterator[Aim]:
    """Yield each aim, what was measured, and whether it is met."""
    runs = found.runs
    for page in ("time", "time, a day"):
        yield _most(f"{page}: CPU", 4, found.cpu(f"{page} 1k", "q0"), "q0's")
        share = median(ratios(runs[f"{page} 1k"], runs["q0"], "per_second"))
        yield f"{page}: at least 25% of q0's pages", f"{share:.0%}", share >= 0.25
    yield from _way(found)
    for page in ("time", "time, a day", "starts"):
        yield _most(f"{page}: CPU at 1M bookings", 1.1, found.cpu(f"{page} 1M", f"{page} 1k"))
    for page in ("time", "starts"):
        group = found.cpu(f"{page} group", f"{page} 1k")
        yield _most(f"{page}: CPU with 1,000 therapists", 1.1, group)
    bare = found.cpu("starts 1k", "bare 1k")
    yield _most("starts: CPU", 1.1, bare, "that of a bare view with the same reads")
    engine = [ours / plain for ours, plain in found.engine]
    yield _most("the engine alone: CPU", 2, engine, "that of a merge without rules")
    first = found.cpu("first group", "first, rows group")
    yield _most("first of 100 therapists: CPU", 2, first, "that of reading their rows")
    yield from _queries(found.queries)
    yield from _certain(found)
    yield from _mail(found.mail)


def _way(found: Measured) -> Iterator[Aim]:
    """From the home page to a booking: each step, and all that it takes together."""
    for page, most in MOST.items():
        yield _most(f"{page}: CPU", most, found.cpu(f"{page} 1k", "q0"), "q0's")
    steps = [found.cpu(f"{page} 1k", "q0") for page in WAY]
    whole = [sum(each) for each in zip(*steps, strict=True)]
    yield _most("the whole way from home to booked: CPU", 90, whole, "q0's")
    yield _most("book: CPU at 1M bookings", 1.5, found.cpu("book 1M", "book 1k"))


def _most(what: str, most: float, measured: list[float], base: str = "") -> Aim:
    """Return the aim that the median is at most so many times the base's."""
    ratio = median(measured)
    told = f"{ratio:.2f}x [{min(measured):.2f}-{max(measured):.2f}]"
    return f"{what} at most {most}x {base}".rstrip(), told, ratio <= most


def _queries(queries: dict[str, dict[str, int]]) -> Iterator[Aim]:
    """What is asked of the database stays the same, however much is in it."""
    pages = sorted({count["time"] for count in queries.values()})
    yield "time: at most 6 queries, whatever the history", f"{pages}", max(pages) <= 6
    group = queries["group"]
    yield "first of 100 therapists: 2 queries", f"{group['first']}", group["first"] == 2
    year = group["next, full year"], group["next, free year"]
    yield "next free day over a full year: 2 queries, as over a free one", f"{year}", year == (2, 2)


def _certain(found: Measured) -> Iterator[Aim]:
    """What must hold in every run."""
    index = all(INDEXED.search(plan) for plan in found.plans)
    yield "what is booked is found by the constraint's index", f"{index}", index
    statuses = found.race["statuses"]
    racers = sum(statuses[0].values())
    won = all(one == {302: 1, 303: racers - 1} for one in statuses)
    yield f"{racers} want one time: one wins, the rest are led to other times", f"{statuses}", won
    yield "no deadlock", f"{found.race['deadlocks']}", not found.race["deadlocks"]
    kept = all(count <= most for count, most in found.connections.values())
    yield "no connection outlives its thread", f"{found.connections}", kept


def _mail(found: Drained) -> Iterator[Aim]:
    """Mail that falls due at once leaves, and what has left long ago costs nothing."""
    runs = found.runs
    sent, bare = runs["sent 1k"], runs["bare loop 1k"]
    yield _most("mail sent: CPU", 30, ratios(sent, bare, "cpu_ms"), "a bare loop's, same mails")
    share = median(ratios(sent, bare, "per_second"))
    yield "mail sent: at least 5% of a bare loop's a second", f"{share:.0%}", share >= 0.05
    few = median(one.cpu_ms for one in sent)
    many = [one.cpu_ms / few for one in runs["sent 1M"]]
    yield _most("10,000 due at once, 1M sent mails: CPU a mail", 1.5, many)
    claims = ratios(runs["claim 1M"], runs["claim 1k"], "cpu_ms")
    yield _most("a claim: CPU at 1M sent mails", 1.1, claims)
    index = all("Index Scan using outbox_may_leave" in plan for plan in found.plans)
    yield "what is due is found by the index of what may leave", f"{index}", index
    yield "each mail reaches the mail server once", f"{found.once}", all(found.once)
