"""A diary's meetings are handed over or end, all in one step, with one mail of it to each client.

What it would do is found by doing it: whoever only wants to look takes everything back.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from availability.models import Therapist
from bookings import leave, lifecycle
from bookings.by import By
from bookings.errors import BusyError, NotBookableError
from bookings.models import Booking
from bookings.notices.handed_over import with_offer
from clients.models import Client


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a meeting, named as it stood: handed over, or not, and what refused that."""

    booking: Booking
    handed: lifecycle.HandedOver | None = None
    refusal: NotBookableError | None = None
    ended: Booking | None = None

    @property
    def seen(self) -> str:
        """Which, as it stood, and where it goes: to tell whether a page showed the same."""
        where = self.handed.made.place_id if self.handed else 0
        return f"{self.booking.pk}:{self.booking.sequence}:{where}"

    @property
    def gone(self) -> Booking | None:
        """The booking as it is cancelled; None if it stands."""
        return self.handed.gone if self.handed else self.ended


@dataclass(frozen=True, slots=True)
class HandOver:
    """What is asked: whose meetings go to whom, of one client or of all, and what they read.

    Without `to` all are cancelled. What can't be handed over is cancelled where it `ends_others`.
    """

    whose: Therapist
    to: Therapist | None
    reason: str
    client: Client | None = None
    ends_others: bool = False


def hand_over(asked: HandOver, *, by: By, now: datetime) -> list[Fate]:
    """Hand over each meeting that has not begun, or end it; return what became of each, by start.

    Raises `BusyError` where a diary could not be locked in time; then nothing has happened.
    """
    with lifecycle.refusing(BusyError()), transaction.atomic():
        lifecycle.lock_both(asked.whose.pk, *([asked.to.pk] if asked.to else []), by=by)
        coming = list(leave.upcoming([asked.whose.pk], now))
        theirs = [one for one in coming if asked.client in (None, one.client)]
        fates = [_decide(one, asked, by, now) for one in theirs]
        _tell_together(fates, asked, now)
        lifecycle.make_final([fate.gone.pk for fate in fates if fate.gone])
        return fates


def _decide(booking: Booking, asked: HandOver, by: By, now: datetime) -> Fate:
    refusal: NotBookableError | None = None
    if asked.to:
        try:
            handed = lifecycle.hand_over(
                booking.pk, booking.sequence, asked.to, by=by, reason=asked.reason, now=now
            )
            return Fate(booking, handed)
        except BusyError:
            raise
        except NotBookableError as error:
            refusal = error
    if not asked.ends_others:
        return Fate(booking, refusal=refusal)
    ended = lifecycle.cancel(booking.pk, by=by, reason=asked.reason, now=now)
    return Fate(booking, refusal=refusal, ended=ended)


def _tell_together(fates: Sequence[Fate], asked: HandOver, now: datetime) -> None:
    """Put what one client is to hear of several meetings that end into one mail."""
    by_client: dict[int, list[Fate]] = defaultdict(list)
    for fate in fates:
        if fate.gone:
            by_client[fate.booking.client_id].append(fate)
    for theirs in by_client.values():
        if len(theirs) > 1:
            starts = [fate.booking.start for fate in theirs if fate.handed]
            words = with_offer(asked.reason, asked.to.name if asked.to else "", starts)
            lines = [leave.last_line(fate.gone) for fate in theirs if fate.gone]
            lifecycle.tell_together(lines, words, now)
