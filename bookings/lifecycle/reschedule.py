"""A booking gets another time, format or place."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability.models import Place
from bookings import policy
from bookings.by import By
from bookings.errors import (
    Asked,
    ChangedMeanwhile,
    Code,
    NotBookableError,
    SlotTakenError,
)
from bookings.kept_facts import where_of
from bookings.lifecycle.events import CHANGED, against, release, standing, write_line
from bookings.lifecycle.joint_mail import leave_out
from bookings.lifecycle.locking import locked, refusing
from bookings.lifecycle.require_alone import require_alone
from bookings.models import Booking, BookingEvent
from bookings.notices import letters, private_links
from bookings.notices.keys import about_booking
from bookings.slots import require_accepted, require_free, warnings
from outbox.queue import AT_ONCE, Letter, queue, withdraw
from outbox.tasks import send_on_commit


@dataclass(frozen=True, slots=True)
class Change:
    """Where a booking goes: all three, also what stays.

    `seen` is the booking's sequence on the page that asked for it, `told` what that said it costs;
    None where no page says so, since it costs nothing.
    """

    start: datetime
    format: str
    place: Place
    seen: int
    told: policy.ToldOfMove | None = None

    def is_where(self, booking: Booking) -> bool:
        """Whether it would change nothing."""
        there = (self.start, self.format, self.place.pk)
        here = (booking.start, booking.format, booking.place_id)
        return not booking.is_cancelled and there == here


def reschedule(  # noqa: PLR0913, a change has these parts
    booking_id: int,
    to: Change,
    *,
    by: By,
    now: datetime,
    reason: str = "",
    wait: timedelta = AT_ONCE,
    despite: frozenset[str] = frozenset(),
) -> Booking:
    """Give a booking another time, format or place: the same booking, UID and price.

    Every rule is asked as for a new one, with the booking itself out of the way; until all is well
    the old time is kept. Repeating it changes nothing. A client who moves it inside the notice does
    so late, and owes what was agreed; what cancelling would have cost them stays due if they cancel
    later. The client hears of it after `wait`. Raises
    `TimeRefusedError` if the new time cannot be had, `NotBookableError` if the booking can't be
    moved any more. The practice's side may go on `despite` the `Warned.keys` that it was shown, and
    gets a `WarnedError` for any other; never onto another booking.
    """
    with refusing(SlotTakenError(Asked(to.start))), transaction.atomic():
        booking = locked(booking_id, by=by)
        if to.is_where(booking):
            return booking
        require_open(booking, to.seen, now)
        if by.is_client:
            policy.require_move(booking)
        if to.told:
            policy.require_told_of_move(booking, to.start, to.told, now)
        if by.is_client and to.start != booking.start:
            require_alone(booking.client, to.start, timedelta(seconds=booking.seconds), booking.pk)
        accepted = _require_free_to_move(booking, to, by, now, despite)
        written = _move(booking, to, by, reason, now, accepted)
        queue([replace(letter, wait=wait) for letter in written])
        send_on_commit(about_booking(booking.uid))
        return booking


def require_open(booking: Booking, seen: int, now: datetime) -> None:
    """Refuse to change what has ended, or what somebody else has changed since it was `seen`."""
    if booking.is_cancelled:
        raise NotBookableError(Code.IS_CANCELLED)
    if booking.start <= now:
        raise NotBookableError(Code.TOO_LATE_TO_CHANGE)
    if booking.sequence != seen:
        raise NotBookableError(ChangedMeanwhile(booking.where_and_when))


class _Moving(TypedDict):
    """What the diary is told of a booking that moves: it isn't in its own way."""

    place: int
    visitor: str
    moving: int
    length: int


def _require_free_to_move(
    booking: Booking, to: Change, by: By, now: datetime, despite: frozenset[str]
) -> str:
    """Judge the new time, and return what it goes against with the therapist's consent, as codes.

    A time that stays, or that I proposed, is not asked for its notice. The therapist may change how
    and where at the same time whatever the hours say, and is warned of what else speaks against it.
    """
    asked = (booking.service, to.format, to.start, now)
    itself: _Moving = {
        "place": to.place.pk,
        "visitor": booking.visitor,
        "moving": int(booking.start.timestamp()),
        "length": booking.seconds,
    }
    if by.is_client:
        mine = to.start in (booking.start, booking.proposed_start)
        require_free(*asked, **itself, by_client=not mine)
        return ""
    same_place = (to.format, to.place.pk) == (booking.format, booking.place_id)
    found = warnings(*asked, **itself, keeps_time=to.start == booking.start, keeps_place=same_place)
    require_accepted(found, despite)
    return against(found)


def _move(  # noqa: PLR0913, what a change is made of
    booking: Booking, to: Change, by: By, reason: str, now: datetime, accepted: str
) -> list[Letter]:
    """Write the change with its line of history; return what tells of it in place of what waits."""
    before, was = booking.where_and_when, standing(booking)
    late = by.is_client and policy.is_late_move(booking, now)
    if by.is_client:
        _charge(booking, to, now)
    _put(booking, to, now)
    leave_out(booking, now)
    about = about_booking(booking.uid)
    withdraw(about)
    private_links.move_ends(booking)
    token = private_links.to_booking(booking, now)
    written = letters.moved(booking, by, before, reason, token, now)
    write_line(
        booking,
        now,
        BookingEvent.Action.MOVED,
        by=by,
        reason=reason,
        what=f"It was {before}. It became {booking.where_and_when}.",
        despite=accepted,
        is_late=late,
        was=was,
        told_by=written[0].key,
    )
    return written


def _charge(booking: Booking, to: Change, now: datetime) -> None:
    """Let them owe what moving it costs, and keep what cancelling it would have."""
    fee = policy.late_move_fee(booking, to.start, now)
    booking.fee_if_cancelled = policy.kept_fee(booking, to.start, now)
    booking.owe(fee)


def _put(booking: Booking, to: Change, now: datetime) -> None:
    """Write the new time; the meeting stays as long as it was booked for."""
    start = to.start.astimezone(UTC)
    booking.during = DateTimeTZRange(start, start + (booking.end - booking.start))
    if booking.place_id != to.place.pk:
        booking.keep_where(to.place.pk, where_of(to.place))
    booking.format, booking.place = to.format, to.place
    booking.sequence += 1
    booking.changed_at = now
    release(booking)
    booking.save(update_fields=CHANGED)
