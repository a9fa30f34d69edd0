"""The words by which mails and private links name what they are about: written and read here alone.

Neither the outbox nor the clients' links know bookings; to them these are strings. `about` says
what a row is about. A mail's `key` says which mail it is: the same one can't be queued twice.
"""

import uuid
from datetime import datetime

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Concat

# The kinds of mail that somebody asks for again by name.
REMINDER, FOLLOW_UP, REARRANGED, LINKS = "reminder", "follow_up", "rearranged", "links"
CANCELLATION, FEE_WAIVED, LEFT_ADDRESS = "cancellation", "fee_waived", "left_address"
CONFIRM, NEW_ADDRESS, BOOKED_TOGETHER = "confirm_address", "new_address", "booked_together"
# What the kinds begin with that go to the therapist.
TO_THERAPIST = "therapist_"
_BOOKING, _CLIENT, _PENDING = "booking:", "client:", "pending:"


def about_booking(uid: uuid.UUID) -> str:
    """Return what is about one booking."""
    return f"{_BOOKING}{uid}"


def about_client(pk: int) -> str:
    """Return what is about a person, and all their bookings."""
    return f"{_CLIENT}{pk}"


def about_pending(key: uuid.UUID) -> str:
    """Return what is about something that is yet to be booked; `key` will be the booking's own."""
    return f"{_PENDING}{key}"


def booking_of(about: str) -> uuid.UUID | None:
    """Return the uid of the booking that it is about; None if it is about something else."""
    return uuid.UUID(about.removeprefix(_BOOKING)) if about.startswith(_BOOKING) else None


def abouts_of_bookings(column: str) -> Concat:
    """Return the expression of what is about the bookings whose uid stands in a column."""
    return _named(_BOOKING, column)


def abouts_of_clients(column: str) -> Concat:
    """Return the expression of what is about the people whose id stands in a column."""
    return _named(_CLIENT, column)


def _named(prefix: str, column: str) -> Concat:
    return Concat(Value(prefix), Cast(F(column), TextField()), output_field=TextField())


def mail_key(uid: uuid.UUID | str, sequence: int, kind: str) -> str:
    """Return the key of the mail of a kind that tells how a booking stands at a sequence."""
    return f"{keys_at(uid, sequence)}{kind}"


def keys_at(uid: uuid.UUID | str, sequence: int) -> str:
    """Return what the keys of all mails begin with that tell of a booking at a sequence."""
    return f"{uid}:{sequence}:"


def numbered(key: str, number: int) -> str:
    """Return the key of a mail that may be sent again: a question, the details of a minute."""
    return f"{key}-{number}"


def reminder_key(uid: uuid.UUID, sequence: int, hours: int) -> str:
    """Return the key of the reminder so many hours before a booking."""
    return f"{mail_key(uid, sequence, REMINDER)}-{hours}h"


# The same in SQL, of a booking `b`: where the reminders that are due are looked up, and where a
# bench writes a past full of them.
ABOUT_BOOKING = f"'{_BOOKING}' || b.uid"
REMINDER_KEY = f"b.uid || ':' || b.sequence || ':{REMINDER}-' || due.hours || 'h'"


def told_of(key: str) -> tuple[str, int]:
    """Return the booking's uid and the sequence at which a mail's key says that it tells of it."""
    uid, sequence, _ = key.split(":")
    return uid, int(sequence)


def reminded_of(key: str) -> tuple[str, int]:
    """Return the booking's uid and the hours before it that a reminder's key names."""
    uid, _, kind = key.split(":")
    return uid, int(kind.removeprefix(f"{REMINDER}-").removesuffix("h"))


def follow_up_key(uid: uuid.UUID, outcome: str) -> str:
    """Return the key of the mail after a consultation: one an outcome, however often it changes."""
    return f"{uid}:{FOLLOW_UP}:{outcome}"


def outcome_of(key: str) -> str:
    """Return the outcome that a follow-up's key names."""
    return key.rpartition(":")[2]


def rearranged_key(client: int) -> str:
    """Return a new key for a mail that tells a person of several bookings."""
    return f"client-{client}:{uuid.uuid4()}:{REARRANGED}"


def booked_together_key(client: int, first: uuid.UUID) -> str:
    """Return the key of the mail that tells a person of dates that were booked together."""
    return f"client-{client}:{first}:{BOOKED_TOGETHER}"


def confirm_key(key: uuid.UUID) -> str:
    """Return the key of the mail whose link books what is pending."""
    return f"{about_pending(key)}:{CONFIRM}"


def new_address_key(uid: uuid.UUID) -> str:
    """Return the key of the mail whose link lets a client's new address count."""
    return f"{uid}:{NEW_ADDRESS}"


def links_key(client: int, asked: datetime) -> str:
    """Return the key of the mail with new links that a person asked for at that moment."""
    return f"{about_client(client)}:{int(asked.timestamp() * 1000)}:{LINKS}"
