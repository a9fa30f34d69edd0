"""The mails that tell the therapist what a client did; what a client wrote stays in admin."""

from typing import Any

from django.urls import reverse

from bookings.models import Booking
from bookings.notices import letter
from bookings.whose_client import is_met
from outbox.queue import Letter
from prose import phone_numbers
from prose.names import initials, may_be_linked

# In place of a name that her own mail program would make a link of.
WITHHELD = "Somebody (what they gave as a name is in the diary)"
ODD_PHONE = "What they gave as a phone number is in the diary."


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


def let_go(booking: Booking) -> Letter:
    """The notice that a second consultation was cancelled by itself, as the practice has it."""
    return _to_therapist(booking, "therapist_let_go", "Let go")


def _to_therapist(booking: Booking, kind: str, what: str, **extra: Any) -> Letter:
    subject = f"{what}: {initials(booking.called)}, {letter.when(booking)}"
    words = {
        **extra,
        "client": _client(booking),
        "on_card": _on_card(booking),
        "is_repeat": booking.is_repeat,
        "has_note": bool(booking.note),
        "fee": booking.fee_label,
        "admin_url": letter.absolute(reverse("admin:bookings_booking_change", args=[booking.pk])),
    }
    return letter.write(booking, kind, booking.therapist.email, subject, words)


def _client(booking: Booking) -> dict[str, str]:
    """Who it is and how they are reached, as far as that is known."""
    called = WITHHELD if may_be_linked(booking.called) else booking.called
    return {"name": called, "email": booking.client.email, **_phone(booking.reached)}


def _phone(typed: str) -> dict[str, str]:
    """A number and what dials it; other words, which may be anything, are read in the diary."""
    words = "".join(one for one in typed if not one.isdigit())  # the number itself is one to ring
    url = "" if may_be_linked(words) else phone_numbers.link(typed)
    return {"phone": typed if url or not typed else ODD_PHONE, "phone_url": url}


def _on_card(booking: Booking) -> str:
    """Whose card it is, where somebody typed its address with another name."""
    client = booking.client
    if not is_met(client, [booking.therapist_id]):
        return ""
    is_odd = client.is_proven and not booking.is_proven and booking.typed_name != client.name
    return client.name if is_odd and not may_be_linked(client.name) else ""
