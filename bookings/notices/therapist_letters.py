"""The mails that tell the therapist what a client did; what a client wrote stays in admin."""

from typing import Any

from django.urls import reverse

from bookings.models import Booking
from bookings.notices import letter
from outbox.queue import Letter


def booked(booking: Booking) -> Letter:
    """The notice of a new booking."""
    return _to_therapist(booking, "therapist_new", "New booking")


def cancelled(booking: Booking, reason: str) -> Letter:
    """The notice of a cancellation: it says that there is a reason, not which."""
    return _to_therapist(booking, "therapist_cancelled", "Cancelled", has_reason=bool(reason))


def moved(booking: Booking, was: str, reason: str) -> Letter:
    """The notice of a change; `was` is where and when the booking stood."""
    words = {"has_reason": bool(reason), "was": was}
    return _to_therapist(booking, "therapist_moved", "Changed", **words)


def _to_therapist(booking: Booking, kind: str, what: str, **extra: Any) -> Letter:
    subject = f"{what}: {_initials(booking.client.name)}, {letter.when(booking)}"
    words = {
        **extra,
        "client": booking.client,
        "has_note": bool(booking.note),
        "admin_url": letter.absolute(reverse("admin:bookings_booking_change", args=[booking.pk])),
    }
    return letter.write(booking, kind, booking.therapist.email, subject, words)


def _initials(name: str) -> str:
    """Who it is, for a subject that may show on a locked phone."""
    return "".join(word[0] for word in name.split()).upper()
