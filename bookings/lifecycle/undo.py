"""Take back what the therapist cancelled or decided for a leave, while its mail waits.

The client has heard nothing: the booking stands again as it stood, and so does the mail that the
change had withdrawn.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from bookings.by import By
from bookings.errors import BusyError, ChangedSince, Code, NotBookableError, WouldHaveBegun
from bookings.kept_facts import Where, where_of
from bookings.lifecycle.events import CHANGED, lines_told_by, release, write_line
from bookings.lifecycle.joint_mail import tell_again
from bookings.lifecycle.locking import lock_diary, locked, refusing
from bookings.lifecycle.propose import propose
from bookings.models import Booking, BookingEvent
from bookings.notices import private_links
from bookings.notices.keys import REMINDER, keys_at
from bookings.slots import require_not_taken
from outbox.models import OutgoingMail
from outbox.queue import revive, withdraw_one


def way_back(booking: Booking) -> int | None:
    """Return the id of the waiting mail with which the booking's last change can be taken back."""
    last = booking.events.order_by("-pk").exclude(told_by="").filter(is_undone=False)[:1]
    theirs = ~Q(actor=BookingEvent.Actor.CLIENT) & ~Q(was={})
    key = BookingEvent.objects.filter(theirs, pk__in=last.values("pk")).values("told_by")
    waiting = OutgoingMail.objects.filter(key__in=key).unsent()
    return waiting.values_list("pk", flat=True).first()


def decided_together(
    decision: uuid.UUID,
) -> tuple[list[BookingEvent], list[BookingEvent]]:
    """Return the lines of what was decided in one step: those whose mail waits, and the others."""
    found = BookingEvent.objects.filter(decision=decision, is_undone=False)
    lines = list(found.select_related("booking__therapist", "booking__client").order_by("pk"))
    mails = OutgoingMail.objects.filter(key__in={line.told_by for line in lines}).unsent()
    unsent = set(mails.values_list("key", flat=True))
    waiting = [line for line in lines if line.told_by in unsent]
    return waiting, [line for line in lines if line.told_by not in unsent]


def take_back(key: str, *, by: By, now: datetime) -> list[Booking]:
    """Undo all that the mail tells of, and keep the mail from leaving; both or neither.

    Raises `NotBookableError` if the mail has left, if somebody has changed a booking since, or if
    its time has been taken.
    """
    with refusing(BusyError()), transaction.atomic():
        lines = lines_told_by(key)
        for therapist_id in sorted({line.booking.therapist_id for line in lines}):
            lock_diary(therapist_id, by=by)
        if not lines or not withdraw_one(key):
            raise NotBookableError(Code.MAIL_HAS_LEFT)
        return [_restore(line, by, now) for line in lines]


def take_all_back(keys: Collection[str], *, by: By, now: datetime) -> list[Booking]:
    """Undo what several mails tell of, or none of it: raises as `take_back` does for the first.

    A mail that has left is in nobody's way: it stays, with what it tells of.
    """
    with refusing(BusyError()), transaction.atomic():
        lines = [line for key in keys for line in lines_told_by(key)]
        for therapist_id in sorted({line.booking.therapist_id for line in lines}):
            lock_diary(therapist_id, by=by)
        waiting = OutgoingMail.objects.filter(key__in=keys).unsent().order_by("pk")
        found = list(waiting.values_list("key", flat=True))
        if not found:
            raise NotBookableError(Code.MAIL_HAS_LEFT)
        return [one for key in found for one in take_back(key, by=by, now=now)]


def _restore(line: BookingEvent, by: By, now: datetime) -> Booking:
    booking = locked(line.booking_id, by=by)
    _require_last(booking, line, now)
    is_question = line.action in (BookingEvent.Action.ASKED, BookingEvent.Action.WITHDRAWN)
    if not is_question:
        _require_still_free(booking, line, now)
        # What the change withdrew is true again; of reminders the next sweep decides.
        _revive(booking, line)
        booking.sequence += 1
        booking.changed_at = now
    release(booking)
    _put_back(booking, line.was)
    _propose_again(booking, now)
    booking.save(update_fields=CHANGED)
    private_links.move_ends(booking)
    tell_again(booking, line, now)
    BookingEvent.objects.filter(pk=line.pk).update(is_undone=True)
    write_line(booking, now, BookingEvent.Action.UNDONE, by=by, what=line.get_action_display())
    return booking


def _revive(booking: Booking, line: BookingEvent) -> None:
    """Let the mail leave after all that tells of the booking as it stands again.

    That is of the sequence before the change, and of those that it stood for: a change that was
    taken back before made two of what is one to the client. A question that was taken back stays
    unasked.
    """
    questions = (BookingEvent.Action.ASKED, BookingEvent.Action.WITHDRAWN)
    undone = booking.events.filter(is_undone=True).values_list("action", "sequence", "told_by")
    unasked = [key for action, _, key in undone if action in questions]
    changes = {sequence for action, sequence, _ in undone if action not in questions}
    sequence = line.sequence - 1
    revive(keys_at(booking.uid, sequence), but=REMINDER, never=unasked)
    while sequence - 1 in changes:
        sequence -= 2
        revive(keys_at(booking.uid, sequence), but=REMINDER, never=unasked)


def _require_last(booking: Booking, line: BookingEvent, now: datetime) -> None:
    if booking.events.filter(pk__gt=line.pk).exists():
        raise NotBookableError(ChangedSince(str(booking)))
    if datetime.fromisoformat(line.was["during"][0]) <= now:
        raise NotBookableError(WouldHaveBegun(str(booking)))


def _require_still_free(booking: Booking, line: BookingEvent, now: datetime) -> None:
    """A cancelled time is free at once: somebody may have taken it.

    What the therapist accepted when it was agreed, like a gap that is missing, is not asked again.
    """
    start, end = map(datetime.fromisoformat, line.was["during"])
    itself = None if booking.is_cancelled else int(booking.start.timestamp())
    fmt, place, length = line.was["format"], line.was["place"], int((end - start).total_seconds())
    require_not_taken(booking.service, fmt, start, now, place=place, moving=itself, length=length)


def _put_back(booking: Booking, was: dict[str, Any]) -> None:
    booking.during = DateTimeTZRange(*map(datetime.fromisoformat, was["during"]))
    booking.format, booking.place_id, booking.status = was["format"], was["place"], was["status"]
    # A line that a release before wrote has no words of its place: then today's count.
    where = Where(**was["where"]) if "where" in was else where_of(booking.place)
    booking.keep_where(was["place"], where)
    booking.organizer_name = was.get("organizer_name", booking.organizer_name)
    booking.late_fee = Decimal(was["late_fee"])
    booking.fee_if_cancelled = Decimal(was.get("fee_if_cancelled", booking.fee_if_cancelled))
    booking.asked_at = was["asked"] and datetime.fromisoformat(was["asked"])
    booking.proposed_start = was["proposed"] and datetime.fromisoformat(was["proposed"])


def _propose_again(booking: Booking, now: datetime) -> None:
    """Keep what was proposed before the change; if it is gone, they choose a time themselves."""
    if booking.proposed_start is None:
        return
    try:
        propose(booking, booking.proposed_start, now)
    except NotBookableError:
        booking.proposed_start = None
