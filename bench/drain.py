"""Reminders that fall due at once: queued, then sent by two senders to a mail server of ours.

Beside them, in the same round, a bare loop of as many senders sends the same mails ready-made. And
what a claim costs, with little sent mail behind it and with much.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial
from pathlib import Path

from django.core import mail
from django.db import connection, transaction
from django.test.utils import override_settings
from psutil import Process

from bench import diary, due
from bench.aims import Drained
from bench.answers import recorded
from bench.databases import DATABASES, HISTORY, MAIL, make_database, named, use
from bench.servers import Cost, free_port, started, tree_cpu, wait_for
from bench.turns import Crew, crew
from bookings.notices import reminders
from outbox import delivery
from outbox.models import OutgoingMail

SENDERS, WARM_UP, ROUNDS, MAILS, MOST = 2, 100, 3, 1_500, 10_000
CLAIM_ROUNDS, CLAIMS, WAITING = 7, 150, 100
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@dataclass(frozen=True)
class Stage:
    """The mail server's notes, the floor, the senders of each database, and Postgres."""

    notes: Path
    bare: Crew
    senders: dict[str, Crew]
    postmaster: Process | None

    def noted(self) -> list[str]:
        """Return the Message-IDs of the mails that the mail server has taken so far."""
        return self.notes.read_text().splitlines()


def measure(data: str, environment: dict[str, str], folder: Path, logs: Path) -> Drained:
    """Fill the databases and do every round."""
    prepare(data)
    found, warm = Drained(), Drained()
    with staged(data, environment, folder, logs / "mail-server.log") as stage:
        one_round(warm, stage, "1k", WARM_UP, WARM_UP)
        for number in range(ROUNDS):
            one_round(found, stage, "1k", 2 * WARM_UP + number * MAILS, MAILS)
        one_round(found, stage, "1M", 0, MOST)
        for number in range(CLAIM_ROUNDS + 1):
            claim_round(found if number else warm, stage)
    use("")
    return found


def prepare(data: str) -> None:
    """Make the databases: the same diaries, and little or much mail that left long ago."""
    use("")
    make_database(data, MAIL["1k"], DATABASES["1k"])
    use(MAIL["1k"])
    due.fill()
    due.add_sent(0, HISTORY["1k"])
    use("")
    make_database(data, MAIL["1M"], MAIL["1k"])
    use(MAIL["1M"])
    due.add_sent(HISTORY["1k"], HISTORY["1M"])


@contextmanager
def staged(data: str, environment: dict[str, str], folder: Path, log: Path) -> Iterator[Stage]:
    """Run the mail server, the floor and the senders."""
    port, notes, mails = str(free_port()), folder / "taken", folder / "ready-made.json"
    use(MAIL["1k"])
    mails.write_text(json.dumps(ready_made()))
    mine = {**environment, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    with ExitStack() as running:
        running.enter_context(started(f"python -m bench.sink {port} {notes}", {}, log))
        wait_for(int(port), log)
        senders = {
            name: running.enter_context(
                crew(SENDERS, "bench.sender", **{**mine, "DATABASE_URL": named(data, database)})
            )
            for name, database in MAIL.items()
        }
        bare = running.enter_context(crew(SENDERS, "bench.bare", port, str(mails)))
        yield Stage(notes, bare, senders, diary.postmaster())


def ready_made() -> list[tuple[str, str, str]]:
    """Return some of the very mails, as they go over the wire: sender, recipient, text."""
    due.add_meetings(0, WARM_UP)
    reminders.queue_due()
    with override_settings(EMAIL_BACKEND=LOCMEM):
        delivery.send_due()
    return [
        (
            parseaddr(one.from_email)[1],
            one.to[0],
            one.message().as_bytes(linesep="\r\n").decode(),
        )
        for one in mail.outbox
    ]


def one_round(found: Drained, stage: Stage, name: str, first: int, count: int) -> None:
    """Let so many meetings fall due; send as many mails bare, queue the reminders, send them."""
    use(MAIL[name])
    due.add_meetings(first, count)
    found.add(f"bare loop {name}", cost(partial(stage.bare.turn, count), count))
    found.add(f"queued {name}", cost(partial(queue, count), count, stage.postmaster))
    waiting = OutgoingMail.objects.due().values_list("message_id", flat=True)
    expected, before = sorted(waiting), len(stage.noted())
    assert len(expected) == count
    connection.close()
    senders = partial(stage.senders[name].turn, count)
    found.add(f"sent {name}", cost(senders, count, stage.postmaster))
    found.once.append(sorted(stage.noted()[before:]) == expected)


def cost(work: Callable[[], float], count: int, postmaster: Process | None = None) -> Cost:
    """Do work on so many, which returns its seconds of processor time; Postgres has its own."""
    database, clock = database_cpu(postmaster), time.monotonic()
    cpu = work()
    return Cost(
        app_ms=cpu * 1000 / count,
        db_ms=(database_cpu(postmaster) - database) * 1000 / count,
        per_second=count / (time.monotonic() - clock),
    )


def database_cpu(postmaster: Process | None) -> float:
    """Return the seconds of Postgres's processor time so far; 0 where it is not to be seen."""
    return tree_cpu(postmaster) if postmaster else 0.0


def queue(count: int) -> float:
    """Queue the reminders that are due, in this process."""
    began = time.process_time()
    assert reminders.queue_due() == count
    return time.process_time() - began


def claim_round(found: Drained, stage: Stage) -> None:
    """Claim from each database in turn, and see how what is due is found."""
    for name, database in MAIL.items():
        use(database)
        let_wait()
        found.add(f"claim {name}", cost(claim_often, CLAIMS, stage.postmaster))
        found.plans.append(plan())


def claim_often() -> float:
    """Claim the same mails again and again: each claim is rolled back, so that they still wait."""
    began = time.process_time()
    for _ in range(CLAIMS):
        with transaction.atomic():
            assert len(delivery.claim()) == delivery.BATCH
            transaction.set_rollback(True)
    return time.process_time() - began


def let_wait() -> None:
    """Let the newest mails be due again, as if they had never left; clean up as autovacuum does."""
    newest = OutgoingMail.objects.order_by("-pk").values("pk")[:WAITING]
    OutgoingMail.objects.filter(pk__in=newest).update(
        state=OutgoingMail.State.PENDING, attempts=0, lease_until=None
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) outbox_outgoingmail")


def plan() -> str:
    """Return how Postgres finds what a claim takes."""
    with transaction.atomic():
        [asked] = [one for one in recorded(delivery.claim) if "SKIP LOCKED" in one[0]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {asked[0]}", asked[1])
            lines = [line for (line,) in cursor.fetchall()]
        transaction.set_rollback(True)
    return "\n".join(lines)
