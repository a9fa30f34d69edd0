"""The storm: people book, move and cancel while everything beneath them falls and comes back.

Then all is let run undisturbed until no mail is left to send, on a clock that runs faster: nobody
waits for the waits between two tries.
"""

import random
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

from django.db import connection
from django.db.models.functions import Now

from bench.servers import APP, free_port, serving, started, wait_for
from chaos import checks, clock, evidence, practice
from chaos.aims import Aim
from chaos.machines import FAST, IMMEDIATE, TICK, Broker, Database
from chaos.people import Person
from chaos.senders import Senders
from chaos.truth import Evidence, Outage
from outbox.models import OutgoingMail

BOOKINGS, MOVES, CANCELLATIONS = 1_200, 500, 300
CLIENTS = 8
# Seconds: over which the acts are spread, and after which people and mail have had their time.
LENGTH, LONGEST, DRAINING = 110.0, 270.0, 120.0
HURT = 12.0  # how long the broker is frozen, and gone
# Times as fast as it should, once it is quiet. A mail server's silence of 10 s is a minute then, of
# the two that a lease lasts.
PACE = 6.0
SEED = 20_261_123
NOTES = "notes"

Calm = Callable[[], None]


class Storm:
    """One storm: what is hurt, who is told what, and when."""

    def __init__(self, database: Database, broker: Broker, senders: Senders) -> None:
        self.over = Event()
        self._database, self._broker, self._senders = database, broker, senders
        self._outages: list[Outage] = []
        self._began = time.monotonic()
        self._length = 0.0

    def rage(self, people: list[Person]) -> None:
        """Let them all act, and everything fall meanwhile; return when the last act is done."""
        self._began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS + 2) as pool:
            try:
                harm = [pool.submit(self._kill), pool.submit(self._fall)]
                acts = [pool.submit(self._act, some) for some in shared_out(people)]
                wait(acts, LONGEST)
                self._length = time.monotonic() - self._began
            finally:
                self.over.set()
        for one in (*acts, *harm):
            one.result()

    def _act(self, acts: list[tuple[float, str, Person]]) -> None:
        """Be a client's computer: each act at its moment, or as soon after it as one can."""
        for moment, act, person in acts:
            if self._is_over_by(moment):
                return
            if not person.account.failed:
                person.do(act)

    def _kill(self) -> None:
        """Kill a sender every second, to the end."""
        chance = random.Random(SEED)
        while not self.over.wait(1):
            self._senders.look_after()
            self._senders.kill_one(chance)

    def _fall(self) -> None:
        """Let each thing fall in its turn."""
        for moment, happen in self._events():
            if self._is_over_by(moment):
                return
            happen()

    def _events(self) -> list[tuple[float, Callable[[], None]]]:
        """Return what happens and when, in seconds from the beginning."""
        return [
            (10, lambda: self._restart("Postgres, fast", FAST)),
            (25, lambda: self._hurt("Valkey, frozen", self._broker.frozen())),
            (45, self._broker.flush),
            (55, lambda: self._restart("Postgres, immediate", IMMEDIATE)),
            (70, lambda: self._hurt("Valkey, gone", self._broker.stopped())),
            (95, self._senders.kill_worker),
        ]

    def _is_over_by(self, moment: float) -> bool:
        """Wait until so many seconds from the beginning; say whether the storm is over by then."""
        return self.over.wait(max(0.0, self._began + moment - time.monotonic()))

    def _restart(self, what: str, how: signal.Signals) -> None:
        began = time.monotonic()
        self._database.restart(how)
        self._outages.append(Outage(what, began, time.monotonic(), data=True))

    def _hurt(self, what: str, hurting: AbstractContextManager[None]) -> None:
        began = time.monotonic()
        with hurting:
            self.over.wait(HURT)
        self._outages.append(Outage(what, began, time.monotonic()))

    def drain(self) -> float | None:
        """Wait until no mail is left to send; return the seconds on the outbox's clock, or None."""
        clock.hurry(PACE)
        waited = self._until_nothing_is_left()
        return None if waited is None else waited * PACE

    def afterwards(self, person: Person) -> float | None:
        """Let somebody book, with no sweeper left; return after how long their mail had left."""
        self._senders.stop_sweepers()
        self.over.clear()
        person.do("book")
        return self._until_nothing_is_left()

    def _until_nothing_is_left(self) -> float | None:
        """Return after how long there was no mail to send; None if there still is in the end."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < DRAINING:
            self._senders.look_after()
            if not _left():
                return waited
            time.sleep(TICK)
        return None

    def evidence(
        self, people: list[Person], notes: Path, drained: float | None, alone: float | None
    ) -> Evidence:
        """Return all that is known in the end."""
        return Evidence(
            accounts=[person.account for person in people],
            kept=evidence.bookings(),
            overlaps=evidence.overlaps(),
            too_near=evidence.overlaps(practice.GAP),
            mails=evidence.mails(),
            notes=evidence.notes(notes),
            kills=self._senders.kills,
            outages=self._outages,
            length=self._length,
            drained=drained,
            alone=alone,
        )


def shared_out(people: list[Person]) -> Iterator[list[tuple[float, str, Person]]]:
    """Yield what each client's computer does, and when.

    One person's acts follow each other; two of one diary sit at different computers.
    """
    chance = random.Random(SEED)
    acts = {person: ["book"] for person in people}
    for person in chance.choices(people, k=MOVES):
        acts[person].append("move")
    for person in chance.sample(people, CANCELLATIONS):
        acts[person].append("cancel")
    for number in range(CLIENTS):
        mine = [
            person for n, person in enumerate(people) if n // practice.DIARIES % CLIENTS == number
        ]
        moments = [
            (moment, act, person)
            for person in mine
            for moment, act in zip(_moments(chance, len(acts[person])), acts[person], strict=True)
        ]
        yield sorted(moments, key=lambda one: one[0])


def _moments(chance: random.Random, count: int) -> list[float]:
    return sorted(chance.uniform(0, LENGTH) for _ in range(count))


def _left() -> bool:
    """Whether there is mail that should leave in the next hours."""
    waiting = [OutgoingMail.State.PENDING, OutgoingMail.State.SENDING]
    soon = OutgoingMail.objects.filter(state__in=waiting, due_at__lte=Now() + timedelta(hours=3))
    return soon.exists()


@contextmanager
def taking_mail(environment: dict[str, str], folder: Path) -> Iterator[tuple[str, Calm]]:
    """Run the mail server; yield its address, and what makes it take everything."""
    port = free_port()
    command = f"python -m chaos.sink {port} {shlex.quote(str(folder / NOTES))}"
    log = folder / "sink.log"
    with started(command, environment, log) as process:
        wait_for(port, log)
        yield f"smtp://127.0.0.1:{port}", lambda: process.send_signal(signal.SIGUSR1)


def run(environment: dict[str, str], database: Database, broker: Broker, folder: Path) -> list[Aim]:
    """Prepare, let it storm, let it calm down; return the aims."""
    practice.fill()
    with ExitStack() as running:
        address, calm = running.enter_context(taking_mail(environment, folder))
        environment = {**environment, "EMAIL_URL": address}
        web = running.enter_context(serving(APP, environment, log=folder / "web.log"))
        senders = Senders(environment, folder, running)
        senders.start()
        storm = Storm(database, broker, senders)
        *people, last = practice.people(BOOKINGS, web.port, storm.over)
        connection.close()  # the database will fall
        storm.rage(people)
        calm()
        drained, alone = storm.drain(), storm.afterwards(last)
        found = storm.evidence([*people, last], folder / NOTES, drained, alone)
    for outage in found.outages:
        print(f"{outage.what}: gone for {outage.ended - outage.began:.1f} s", flush=True)
    return list(checks.aims(found))
