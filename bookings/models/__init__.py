"""The rows of an agreement. What becomes of a consultation stands in `bookings.follow_up_mails`."""

from bookings.follow_up_mails import FollowUp, Outcome
from bookings.models.booking import Booking
from bookings.models.event import BookingEvent
from bookings.models.hold import Hold
from bookings.models.pending_booking import PendingBooking
from bookings.references import new_reference

__all__ = [
    "Booking",
    "BookingEvent",
    "FollowUp",
    "Hold",
    "Outcome",
    "PendingBooking",
    "new_reference",
]
