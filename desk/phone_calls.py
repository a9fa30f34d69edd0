"""Whether a client may be rung up, and on which number: asked here by every page of the desk."""

from datetime import datetime

from bookings.models import Booking


def call_link(booking: Booking, now: datetime) -> str:
    """Return the address that dials a booking's client; empty where nobody may just now.

    That is said of them on their card (`clients/safe_contact.py`).
    """
    return booking.client.call_link(booking.reached, now)
