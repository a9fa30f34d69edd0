"""Somebody leaves: one act, of which a page shows beforehand what it does by doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from availability.models import Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.hand_over import Fate, HandOver, hand_over
from desk.people.invitation import withdraw_invitations
from desk.people.person import assign, diary_of, one_at_a_time
from staff import people
from staff.models import SecurityEvent
from staff.security_events import write_down


@dataclass(frozen=True, slots=True)
class Departure:
    """Who leaves, who takes over their meetings (None: nobody), and what their clients read."""

    leaver: User
    to: Therapist | None
    reason: str


class LooksOtherwiseError(Exception):
    """What it would do is not what was shown: look again."""

    def __init__(self, fates: Sequence[Fate]) -> None:
        """Take what it would do now."""
        super().__init__()
        self.fates = fates


def fingerprint(fates: Sequence[Fate]) -> str:
    """Return what a page showed of all of them in one line."""
    return ",".join(fate.seen for fate in fates)


def depart(asked: Departure, *, seen: str | None, by: User, now: datetime) -> list[Fate]:
    """Let somebody leave: no sign-in, no session, no diary; return what became of each meeting.

    Meetings are handed over where that is possible, and else cancelled. Where `seen` is not what
    would become of them nothing happens, and `LooksOtherwiseError` says what would. Raises
    `LastOwnerError` and `BusyError` as well.
    """
    with one_at_a_time(by):
        leaver = User.objects.get(pk=asked.leaver.pk)
        diary = diary_of(leaver)
        fates = _end_diary(diary, asked, by, now) if diary else []
        if fingerprint(fates) != seen:
            raise LooksOtherwiseError(fates)
        assign(leaver, [], by=by, now=now)
        withdraw_invitations(leaver)
        people.end(leaver, by=by, now=now)
        return fates


def _end_diary(diary: Therapist, asked: Departure, by: User, now: datetime) -> list[Fate]:
    """Close it to new bookings, and hand over or cancel those that it holds.

    The diaries are locked first: who books holds the lock before they touch a row of ours.
    """
    lifecycle.lock_both(diary.pk, *([asked.to.pk] if asked.to else []), by=By.therapist(by))
    Therapist.objects.filter(pk=diary.pk).update(is_active=False)
    what = HandOver(diary, asked.to, asked.reason, ends_others=True)
    fates = hand_over(what, by=By.therapist(by), now=now)
    write_down_handed(fates, by=by, now=now)
    return fates


def write_down_handed(fates: Sequence[Fate], *, by: User, now: datetime) -> None:
    """Write down which clients were given to another therapist."""
    given = sorted({fate.booking.client_id for fate in fates if fate.handed})
    for client_id in given:
        event = SecurityEvent.Kind.OWNERSHIP_CHANGED
        write_down(event, user_id=by.pk, now=now, about=f"client:{client_id}")
