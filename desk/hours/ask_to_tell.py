"""A place or the practice changes in words that people were told: asks first whether to tell them.

Nobody is mailed without that press. Who is not told keeps what they were told, and is asked about
again when such words change again; a save that leaves them as they are asks nothing.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize

from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.models import Booking
from bookings.typed_words import WISHES
from desk import refusals
from desk.diary_admin import by_of, now_of
from desk.hours.confirm_before_save import Ask, AsksFirst, Change, Question
from desk.stepwise_admin import ChangeOutcome

# What the page posts: the button, those who keep what they were told, and whom the page named.
TELL, NOT, SEEN = "_tell", "_tell_not", "_tell_seen"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Told:
    """A booking whose client was told otherwise, and what would be new to them."""

    booking: Booking
    new: list[str]
    # Ticked: they are not told, whoever else is.
    keeps: bool


@dataclass(frozen=True, slots=True)
class ToldOtherwise:
    """All the bookings that a change of words meets, and what was decided about them."""

    met: list[Told]
    # Why what was decided could not be done.
    refused: str = ""

    @property
    def title(self) -> str:
        """Like "6 bookings were told otherwise"."""
        count = len(self.met)
        return f"{count} booking{pluralize(count)} {pluralize(count, 'was,were')} told otherwise"

    @property
    def seen(self) -> str:
        """Which bookings the page names, as they stand."""
        return ",".join(f"{one.booking.pk}:{one.booking.sequence}" for one in self.met)

    @property
    def question(self) -> Question:
        """The page that asks about them."""
        return Question("ask_to_tell", self.title, {"asked": self}, (TELL,))


class AsksToTell(AsksFirst):
    """Asks what becomes of bookings to come whose people were told what a row said before."""

    @abstractmethod
    def told_words(self, row: Any) -> dict[str, str]:
        """Return what bookings are told of the row, as their columns."""

    @abstractmethod
    def bookings_of(self, row: Any) -> QuerySet[Booking]:
        """Return the bookings that were told of it."""

    @abstractmethod
    def keep_words(self, row: Any) -> None:
        """Write what the row said until now into its bookings that keep nothing yet."""

    def keep_or_ask(self, request: HttpRequest, change: Change, *asks: Ask) -> HttpResponse:
        return super().keep_or_ask(request, change, partial(self._ask_to_tell, request), *asks)

    def _ask_to_tell(self, request: HttpRequest, made: ChangeOutcome) -> Question | None:
        """Tell them, or leave them as they are; return the page that asks until that is decided."""
        if made.before is None or made.after is None:
            return None
        words = self.told_words(made.after)
        if words == self.told_words(made.before):
            return None
        self.keep_words(made.before)
        now = now_of(request)
        asked = self._told_otherwise(request, made.after, words, now)
        if not asked.met:
            return None
        decision = request.POST.get(TELL)
        if decision not in (YES, NO) or request.POST.get(SEEN) != asked.seen:
            return asked.question
        return _tell(request, asked, words, now) if decision == YES else None

    def _told_otherwise(
        self, request: HttpRequest, row: Any, words: Mapping[str, str], now: datetime
    ) -> ToldOtherwise:
        coming = self.bookings_of(row).filter(during__startswith__gt=now).holding()  # type: ignore[attr-defined]
        ordered = coming.whole().defer("note", *WISHES).order_by("therapist_id", "during")
        keeping = request.POST.getlist(NOT)
        met = [
            Told(one, new, str(one.pk) in keeping)
            for one in ordered
            if (new := lifecycle.new_facts(one, words))
        ]
        return ToldOtherwise(met)


def _tell(
    request: HttpRequest, asked: ToldOtherwise, words: Mapping[str, str], now: datetime
) -> Question | None:
    """Tell all but those who keep what they were told; if that can't be, return the page again."""
    for one in asked.met:
        if one.keeps:
            continue
        try:
            lifecycle.tell_new_facts(one.booking.pk, words, by=by_of(request), now=now)
        except NotBookableError as refusal:
            why = f"{one.booking}: {refusals.words(refusal, now)}"
            return ToldOtherwise(asked.met, why).question
    return None
