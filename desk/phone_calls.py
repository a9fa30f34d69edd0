"""Whether a client may be rung up, and on which number: asked here by every page of the desk."""

from bookings.models import Booking
from prose import phone_numbers


def call_link(booking: Booking) -> str:
    """Return the address that dials a booking's client; empty where there is nobody to call."""
    return phone_numbers.link(booking.reached)
