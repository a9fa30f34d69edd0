"""What can be done with a booking now, as links to the pages that do it."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from availability.models import Format
from bookings import lifecycle, outcomes
from bookings.models import Booking


def links_below(links: list[tuple[str, str]]) -> str:
    """Return links below one another."""
    return format_html_join(
        mark_safe("<br>"),
        '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">{}</a>',
        links,
    )


def change_links(booking: Booking, now: datetime) -> str:
    """Return links to all that can be done with it now, the way back first."""
    back = way_back(booking)
    found = links_below([*back, *_to_do(booking, now, is_waiting=bool(back))])
    return found or "It is cancelled, so nothing can be done here."


def _to_do(booking: Booking, now: datetime, *, is_waiting: bool) -> Iterator[tuple[str, str]]:
    """Yield what can be done with it: where, and in words; mail about it may be `is_waiting`."""

    def page(name: str) -> str:
        return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])

    if booking.fee_label:
        yield page("waive"), f"Waive the late fee of {booking.fee_label}…"
    if outcomes.is_open(booking, now):
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
