"""What clients confided with a booking was shown to its therapist: written down each time."""

from django.http import HttpRequest

from bookings.models import Booking
from bookings.typed_words import WISHES
from clients.models import Client
from desk.diary_admin import now_of
from encryption.fields import Unreadable
from staff.models import SecurityEvent
from staff.security_events import write_down


def has_confided(booking: Booking) -> bool:
    """Whether a booking came with anything that its therapist alone reads, and can.

    Words in place of what no key opens show nothing.
    """
    told = (getattr(booking, name) for name in ("note", *WISHES))
    return any(words and not isinstance(words, Unreadable) for words in told)


def write_down_opened(request: HttpRequest, booking: Booking) -> None:
    """Keep that it was opened: once for each time that a page shows it."""
    opened, about = SecurityEvent.Kind.NOTE_OPENED, f"booking:{booking.pk}"
    write_down(opened, user_id=request.user.pk, now=now_of(request), about=about)


def write_down_client_opened(request: HttpRequest, client: Client) -> None:
    """Keep that what is sealed on a client's own card was opened: GP and whom to call."""
    opened, about = SecurityEvent.Kind.NOTE_OPENED, f"client:{client.pk}"
    write_down(opened, user_id=request.user.pk, now=now_of(request), about=about)


def write_down_note_opened(request: HttpRequest, note: int) -> None:
    """Keep that a note of the therapist's own was opened, by its id."""
    opened, about = SecurityEvent.Kind.NOTE_OPENED, f"note:{note}"
    write_down(opened, user_id=request.user.pk, now=now_of(request), about=about)
