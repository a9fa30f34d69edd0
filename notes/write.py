"""A note is written, and amended by another version: what was written stays."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from availability.models import Therapist
from bookings.models import Booking
from clients.models import Client
from notes.models import Note, NoteVersion


class NoteRefusedError(Exception):
    """It can't be written: nothing was stored."""


class AmendedMeanwhileError(NoteRefusedError):
    """Another version was written since the page was made; `number` is the last one's."""

    def __init__(self, number: int) -> None:
        """Take the number of the version that stands."""
        super().__init__(number)
        self.number = number


class HasNoteError(NoteRefusedError):
    """The meeting has a note already: amend that one."""


class NotTheirsError(NoteRefusedError):
    """The meeting isn't this therapist's with this client."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written: of whom, by whom, of which meeting if of one."""

    client: Client
    therapist: Therapist
    text: str
    booking: Booking | None = None


def write(wanted: Wanted, *, user: User | None, now: datetime) -> Note:
    """Write a new note. Raises `HasNoteError` and `NotTheirsError`."""
    booking = wanted.booking
    whose = (wanted.therapist.pk, wanted.client.pk)
    if booking is not None and (booking.therapist_id, booking.client_id) != whose:
        raise NotTheirsError
    note = Note(client=wanted.client, therapist=wanted.therapist, booking=booking, created_at=now)
    try:
        with transaction.atomic():
            note.save()
            _add(note, 1, wanted.text, user, now)
    except IntegrityError:  # two tabs, or two presses: the constraint decides
        raise HasNoteError from None
    return note


def amend(note: Note, text: str, *, seen: int, user: User | None, now: datetime) -> bool:
    """Add a version with this text; False where the same stands. Raises `AmendedMeanwhileError`.

    `seen` is the number of the version that the page had shown.
    """
    with transaction.atomic():
        Note.objects.select_for_update().get(pk=note.pk)
        last = NoteVersion.objects.filter(note=note).order_by("-number")[0]
        if last.number != seen:
            raise AmendedMeanwhileError(last.number)
        if last.text == text:
            return False
        _add(note, seen + 1, text, user, now)
        return True


def _add(note: Note, number: int, text: str, user: User | None, now: datetime) -> None:
    NoteVersion.objects.create(note=note, number=number, text=text, user=user, written_at=now)
