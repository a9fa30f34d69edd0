"""People who book, move and cancel through the pages, and remember what they were told.

Somebody whose press was not answered, or by an error, presses the same button again: that must find
what the first press did. Now and then somebody does not even wait for the answer.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as wall
from functools import partial
from http.client import HTTPException
from threading import Event
from urllib.parse import urlencode

from django.utils import timezone

from bench.day import BERLIN
from bench.diary import QUARTER
from chaos.truth import CUT, NONE, Account, Answered, Told
from chaos.visitor import Answer, Visitor
from front.choice import Choice
from prose.dates import slot_value

# The times they want: a few weeks, so near to each other that some are taken already, and so far
# ahead that no reminder falls due meanwhile.
FIRST_DAY, DAYS, STARTS_A_DAY = 4, 20, 31
IMPATIENT = 0.03
PAUSE = 0.25  # seconds before pressing again
AGAIN = "try once more"  # what a page says that was too busy to try
NOT_MINE = "has been changed meanwhile"  # what it says of a change that nobody here knows of
REFUSED = 422


class StrangeError(Exception):
    """An answer that no such press should have."""


class GaveUpError(Exception):
    """The drill ended before there was an answer."""


class Person:
    """Somebody who has answered the questions and only presses buttons from now on."""

    def __init__(  # noqa: PLR0913, what they bring
        self,
        visitor: Visitor,
        choice: Choice,
        draft: str,
        slot: str,
        chance: random.Random,
        over: Event,
    ) -> None:
        self.account = Account()
        self._visitor, self._choice, self._draft = visitor, choice, draft
        self._slot, self._chance, self._over = slot, chance, over

    def do(self, act: str) -> None:
        """Book, move or cancel, and remember it once it is acknowledged."""
        mine, before = self.account, len(self.account.answers)
        try:
            {"book": self._book, "move": self._move, "cancel": self._cancel}[act]()
        except (StrangeError, GaveUpError) as error:
            mine.failed.append(f"{act}: {error}")
            return
        sequence = mine.told[-1].sequence + 1 if mine.told else 0
        mine.told.append(Told(act, sequence, self._slot, time.monotonic()))
        mine.unknown += any(answered.is_unknown for answered in mine.answers[before:])

    def _book(self) -> None:
        path = f"/book/check/{self._draft}/"
        self._told(partial(self._visitor.look_at, path))
        while (answer := self._press(path)).status == REFUSED:
            self._choose_another()
        if not answer.location.startswith("/booking/"):
            raise StrangeError(f"{answer.status} {answer.location}")
        self.account.uid = answer.location.split("/")[2]
        # A page that finds the booking already made does not say that it was booked just now.
        self.account.found += "booked=1" not in answer.location

    def _choose_another(self) -> None:
        """Put the answers under a time that is free, as the page for the loser offers."""
        answer = None
        while answer is None or answer.status == REFUSED:
            self._slot = self._another()
            path = self._choice.link("details", draft=self._draft, slot=self._slot)
            answer = self._told(partial(self._visitor.get, path))
        if not answer.location.startswith("/book/check/"):
            raise StrangeError(f"{answer.status} {answer.location}")
        # A browser follows: the last page has other answers now, and carries their key.
        self._told(partial(self._visitor.look_at, answer.location))

    def _move(self) -> None:
        here = f"/booking/{self.account.uid}/"
        said = {"decision": "change", "seen": str(self.account.told[-1].sequence)}
        slot, answer = self._other_slot(), None
        while answer is None or answer.status == REFUSED:
            slot = self._another() if answer else slot
            to = urlencode({"how": self._choice.format, "slot": slot})
            answer = self._press(f"{here}move/?{to}", **said)
            if NOT_MINE in answer.text:
                raise StrangeError(NOT_MINE)
        _require(answer, f"{here}?moved=1")
        self._slot = slot

    def _cancel(self) -> None:
        here = f"/booking/{self.account.uid}/"
        seen = str(self.account.told[-1].sequence)
        _require(self._press(f"{here}cancel/", decision="cancel", seen=seen), f"{here}?cancelled=1")

    def _another(self) -> str:
        self.account.beaten += 1
        return self._other_slot()

    def _other_slot(self) -> str:
        while (slot := slot_value(wanted(self._chance))) == self._slot:
            pass
        return slot

    def _press(self, path: str, **said: str) -> Answer:
        """Press a button until the outcome is known."""
        if self._chance.random() < IMPATIENT:
            self._leave(path, **said)
        while AGAIN in (answer := self._told(partial(self._visitor.post, path, **said))).text:
            self._wait()
        return answer

    def _leave(self, path: str, **said: str) -> None:
        """Press it and go away, to press it again a moment later."""
        sent = time.monotonic()
        try:
            self._visitor.post_and_lose_the_answer(path, **said)
        except OSError:
            self._visitor.close()
        self.account.answers.append(Answered(sent, time.monotonic(), CUT))
        time.sleep(self._chance.choice((0, PAUSE)))

    def _told(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer that is no error of the server's."""
        while True:
            answer = self._ask(ask)
            if answer and not self.account.answers[-1].is_unknown:
                return answer
            self._wait()

    def _ask(self, ask: Callable[[], Answer]) -> Answer | None:
        """Ask once, and note when and how it was answered."""
        sent = time.monotonic()
        try:
            answer = ask()
        except (OSError, HTTPException):
            answer = None
        self._visitor.close()
        status = answer.status if answer else NONE
        self.account.answers.append(Answered(sent, time.monotonic(), status))
        return answer

    def _wait(self) -> None:
        if self._over.wait(PAUSE):
            raise GaveUpError("the drill was over before there was an answer")


def wanted(chance: random.Random) -> datetime:
    """Draw a time that somebody might want."""
    day = timezone.localdate() + timedelta(days=FIRST_DAY + chance.randrange(DAYS))
    return datetime.combine(day, wall(9), BERLIN) + chance.randrange(STARTS_A_DAY) * QUARTER


def _require(answer: Answer, location: str) -> None:
    if answer.location != location:
        raise StrangeError(f"{answer.status} {answer.location}")
