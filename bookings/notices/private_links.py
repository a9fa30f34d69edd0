"""The private links that mails carry: each for one purpose, with an end, to one mailbox.

A link to a booking ends some days after the meeting, as the practice has it, and moves with it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Greatest

from availability.models import Practice
from bookings.models import Booking
from bookings.notices.keys import about_booking, about_client
from clients.models import AccessLink, Client

Purpose = AccessLink.Purpose
Minted = tuple[AccessLink, str]
# So long the browser that booked may see the booking, without a link from the mail: for a second
# look, or to put a slip right. Whoever has the device later finds it closed.
AFTER_BOOKING = timedelta(hours=1)


def to_booking(booking: Booking, now: datetime) -> str:
    """Make a link to one booking; return its token."""
    return _stored(booking_link(booking, now))


def to_pages(client: Client, practice: Practice, now: datetime) -> str:
    """Make a link by which a client books sessions; return its token."""
    return _stored(pages_link(client, practice, now))


def booking_link(booking: Booking, now: datetime, *, replaces: bool = False) -> Minted:
    """Mint a link to one booking; it `replaces` older ones once it is opened."""
    return AccessLink.mint(
        booking.client,
        purpose=Purpose.BOOKING,
        about=about_booking(booking.uid),
        created_at=now,
        ends_at=_end(booking, now),
        replaces=replaces,
    )


def pages_link(
    client: Client, practice: Practice, now: datetime, *, replaces: bool = False
) -> Minted:
    """Mint a link by which a client books sessions: it ends so long after their last meeting."""
    last = client.bookings.holding().order_by("-during").only("during", "client").first()
    return AccessLink.mint(
        client,
        purpose=Purpose.CLIENT,
        about=about_client(client.pk),
        created_at=now,
        ends_at=max(now, last.end if last else now) + timedelta(days=practice.link_days),
        replaces=replaces,
    )


def reminders_link(booking: Booking, now: datetime) -> Minted:
    """Mint a link that can stop the client's reminders, and do nothing else."""
    return AccessLink.mint(
        booking.client,
        purpose=Purpose.REMINDERS,
        about=about_client(booking.client_id),
        created_at=now,
        ends_at=_end(booking, now),
    )


def browser_link(booking: Booking, now: datetime) -> AccessLink:
    """Make the link by which the browser that booked sees the booking: nobody has its token."""
    link, _ = booking_link(booking, now)
    link.ends_at = now + AFTER_BOOKING
    link.save()
    return link


def move_ends(booking: Booking) -> None:
    """Let the links of a booking that has moved end by its new time.

    The client's own pages stay open as long as the last of their meetings; never shorter for this.
    """
    end = booking.end + timedelta(days=booking.therapist.practice.link_days)
    # What opened the page in the browser that booked is as short as it was.
    mailed = AccessLink.objects.filter(ends_at__gt=F("created_at") + AFTER_BOOKING)
    mailed.filter(about=about_booking(booking.uid)).update(ends_at=end)
    stay_open(booking)


def stay_open(booking: Booking) -> None:
    """Let the client's own pages stay open for a meeting that they have now."""
    end = booking.end + timedelta(days=booking.therapist.practice.link_days)
    its = AccessLink.objects.filter(about=about_client(booking.client_id), purpose=Purpose.CLIENT)
    its.update(ends_at=Greatest("ends_at", end))


def store(minted: Iterable[Minted]) -> list[str]:
    """Store links; return their tokens, in the same order."""
    minted = list(minted)
    AccessLink.objects.bulk_create([link for link, _ in minted])
    return [token for _, token in minted]


def _stored(minted: Minted) -> str:
    [token] = store([minted])
    return token


def _end(booking: Booking, now: datetime) -> datetime:
    """Some days after the meeting; a link to one that was is of use for as long from now."""
    return max(booking.end, now) + timedelta(days=booking.therapist.practice.link_days)
