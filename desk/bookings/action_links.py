"""What can be done with a booking now, as links to the pages that do it."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from availability.models import Format
from bookings import lifecycle, outcomes
from bookings.models import Booking


def action_links(
    booking: Booking, now: datetime, user: User | AnonymousUser
) -> list[tuple[str, str]]:
    """Return all that the user can do with it now, the way back first: where, and in words."""
    back = way_back(booking)
    return [*back, *_to_do(booking, now, user, is_waiting=bool(back))]


def _to_do(
    booking: Booking, now: datetime, user: User | AnonymousUser, *, is_waiting: bool
) -> Iterator[tuple[str, str]]:
    """Yield what changes it; mail about it may be `is_waiting`."""

    def page(name: str) -> str:
        return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])

    if booking.fee_label and user.has_perm("bookings.waive_booking"):
        yield page("waive"), f"Waive the late fee of {booking.fee_label}…"
    if outcomes.is_open(booking, now):
        if user.has_perm("bookings.record_booking"):
            yield page("record"), "Record how it went…"
    elif not booking.is_cancelled:
        yield page("move"), "Move this meeting…"
        if booking.format != Format.ONLINE and Format.ONLINE in booking.service.formats:
            yield f"{page('move')}?how={Format.ONLINE}", "Move it online, same time…"
        if booking.asked_at is None and not is_waiting:
            yield page("details"), "Send the details again…"
        yield page("cancel"), "Cancel this meeting…"


def way_back(booking: Booking) -> list[tuple[str, str]]:
    """Return where the last change can be taken back; nothing if its mail has left."""
    mail = lifecycle.way_back(booking)
    if mail is None:
        return []
    return [(reverse("admin:outbox_outgoingmail_take_back", args=[mail]), "Take it back…")]
