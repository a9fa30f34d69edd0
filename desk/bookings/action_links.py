"""What can be done with a booking now, as links to the pages that do it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from availability.models import Format
from bookings import lifecycle, outcomes
from bookings.models import Booking


class Act(NamedTuple):
    """One thing that can be done: its name, the page that does it, and in words."""

    name: str
    url: str
    words: str


def action_links(
    booking: Booking, now: datetime, user: User | AnonymousUser
) -> list[tuple[str, str]]:
    """Return all that the user can do with it now, the way back first: where, and in words."""
    return [(act.url, act.words) for act in acts(booking, now, user)]


def acts(booking: Booking, now: datetime, user: User | AnonymousUser) -> list[Act]:
    """Return the same, each with its name: for a page that has words of its own."""
    back = [Act("take_back", url, words) for url, words in way_back(booking)]
    return [*back, *_to_do(booking, now, user, is_waiting=bool(back))]


def _to_do(
    booking: Booking, now: datetime, user: User | AnonymousUser, *, is_waiting: bool
) -> Iterator[Act]:
    """Yield what changes it; mail about it may be `is_waiting`."""

    def page(name: str) -> str:
        return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])

    if booking.owed_label and user.has_perm("bookings.waive_booking"):
        fee = "fee" if booking.no_show_fee else "late fee"
        yield Act("waive", page("waive"), f"Waive the {fee} of {booking.owed_label}…")
    if outcomes.is_open(booking, now):
        if user.has_perm("bookings.record_booking"):
            yield Act("record", page("record"), "Record how it went…")
    elif not booking.is_cancelled:
        if booking.is_asked_to_move and not is_waiting:
            yield Act("ask_again", page("ask_again"), "Ask again to choose another time…")
        if booking.is_asked_to_move:
            yield Act("withdraw", page("withdraw"), "Let it stay as it is…")
        yield Act("move", page("move"), "Move this meeting…")
        if booking.format != Format.ONLINE and Format.ONLINE in booking.service.formats:
            online = f"{page('move')}?how={Format.ONLINE}"
            yield Act("online", online, "Move it online, same time…")
        if booking.asked_at is None and not is_waiting and booking.client.email:
            yield Act("details", page("details"), "Send the details again…")
        yield Act("cancel", page("cancel"), "Cancel this meeting…")


def way_back(booking: Booking) -> list[tuple[str, str]]:
    """Return where the last change can be taken back; nothing if its mail has left."""
    mail = lifecycle.way_back(booking)
    if mail is None:
        return []
    return [(reverse("admin:outbox_outgoingmail_take_back", args=[mail]), "Take it back…")]
