"""What was typed with a booking is its client's own: they say so by mail, or I know it's them.

It changes neither `sequence` nor the history: calendars are told nothing, and what the therapist
does meanwhile with the booking goes on.
"""

from datetime import datetime

from django.db import transaction

from availability import access
from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking
from bookings.whose_client import is_met
from clients import proof


def prove(booking: Booking, *, now: datetime) -> None:
    """Confirm a booking and its client's card; repeating it changes nothing.

    On a card that was unproven what was typed stands from now on, and the consent that was given
    with the booking counts. Of two openings at once one does it.
    """
    if booking.is_proven and booking.client.is_proven:
        return
    with transaction.atomic():
        same = Booking.objects.filter(pk=booking.pk, client=booking.client_id)
        if same.filter(proven_at=None).update(proven_at=now):
            booking.proven_at = now
            given_at = booking.created_at
            proof.count_consent(booking.client, booking.notice, given_at)
        elif not same.exists():
            return  # its client's address was corrected meanwhile: it is on another card
        typed = {"name": booking.contact_name, "phone": booking.contact_phone}
        if proof.prove(booking.client, now, **typed):
            booking.client.refresh_from_db()


def may_vouch(booking: Booking, by: By) -> bool:
    """Whether their word is enough: not where it would open a card that is another therapist's.

    Anybody can type anybody's address, a therapist or an assistant too; of such a card its owner
    has to say it, or the practice's.
    """
    if by.user is None or access.sees_all(by.user):
        return True
    return is_met(booking.client, [booking.therapist_id])


def vouch(booking_id: int, *, by: By, now: datetime, as_typed: bool) -> None:
    """Confirm it because the therapist says so; `as_typed` puts what was typed on the card.

    Without that, a card that says something keeps it: it was typed by somebody who mistook it.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        if not may_vouch(booking, by):
            raise NotBookableError(Code.NOT_YOUR_CLIENT)
        name, phone = booking.client.name, booking.client.phone
        prove(booking, now=now)
        if as_typed:
            name, phone = booking.contact_name or name, booking.contact_phone or phone
        proof.rewrite(booking.client, name=name, phone=phone)
