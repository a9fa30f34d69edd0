"""One mail that tells one person of several bookings, as long as it is true."""

from collections.abc import Sequence
from datetime import datetime

from bookings.lifecycle.events import lines_told_by
from bookings.models import Booking, BookingEvent
from bookings.notices import joint_letter, keys, private_links
from outbox.models import OutgoingMail
from outbox.queue import replace_queued, withdraw_one


def tell_together(lines: Sequence[BookingEvent], reason: str, now: datetime) -> None:
    """Put what one person is to hear of several bookings into one mail, in place of a mail each."""
    decided = [joint_letter.Decided(line.booking, line.action, _token(line, now)) for line in lines]
    letter = joint_letter.rearranged(decided, reason, now)
    replace_queued([line.told_by for line in lines], letter)
    BookingEvent.objects.filter(pk__in=[line.pk for line in lines]).update(told_by=letter.key)


def leave_out(booking: Booking, now: datetime) -> None:
    """Write a mail of several that still waits anew without this one, which changes once more.

    Call it before the change is written; what the mail tells of the others stays as it was decided.
    """
    shared = OutgoingMail.objects.unsent().filter(kind=keys.REARRANGED)
    about = keys.about_client(booking.client_id)
    waiting = list(shared.filter(about=about).values_list("key", flat=True))
    its = booking.events.filter(told_by__in=waiting, is_undone=False).first() if waiting else None
    if its is None or not withdraw_one(its.told_by):
        return
    others = [line for line in lines_told_by(its.told_by) if line.booking_id != booking.pk]
    if others:
        tell_together(others, its.reason, now)


def tell_again(booking: Booking, undone: BookingEvent, now: datetime) -> None:
    """Tell of a booking alone what it was left out of a mail for, once that is `undone`."""
    told = booking.events.filter(pk__lt=undone.pk, is_undone=False).exclude(told_by="")
    its = told.last()
    left_out = OutgoingMail.objects.filter(kind=keys.REARRANGED, state=OutgoingMail.State.WITHDRAWN)
    if its and left_out.filter(key=its.told_by).exists():
        its.booking = booking
        tell_together([its], its.reason, now)


def _token(line: BookingEvent, now: datetime) -> str:
    return "" if line.booking.is_cancelled else private_links.to_booking(line.booking, now)
