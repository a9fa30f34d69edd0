"""What standing bookings were told of their place or of the practice changes, and they are told.

Only where the therapist says so: else each keeps the words that it has.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.text import Truncator

from availability.models import Place, Therapist
from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.kept_facts import organizer_columns, place_columns, where_of
from bookings.lifecycle.events import CHANGED, standing, write_line
from bookings.lifecycle.locking import locked, refusing
from bookings.models import Booking, BookingEvent
from bookings.notices import keys, letters, private_links
from bookings.notices.booking_invite import organizer_of
from bookings.notices.keys import about_booking
from outbox.models import OutgoingMail
from outbox.queue import queue, withdraw

LABELS = {
    "place_name": "Place",
    "place_address": "Address",
    "place_directions": "Directions",
    "video_url": "Video link",
    "organizer_name": "Practice",
}
# The mails that tell of several bookings.
JOINT = (keys.REARRANGED, keys.BOOKED_TOGETHER)
# A line of history is short; the mail and the page tell the new words in full.
LONGEST_WORDS = 60


def new_facts(booking: Booking, columns: Mapping[str, str]) -> list[str]:
    """Return what would be new to its client, like "Address: 2 New Road (it was 1 Old Road)"."""
    told = _told(booking)
    return [
        f"{label}: {_short(columns[name])} (it was {_short(told[name])})"
        for name, label in LABELS.items()
        if name in columns and columns[name] != told[name]
    ]


def _told(booking: Booking) -> dict[str, str]:
    words = place_columns(booking.place_id, booking.where)
    return {**words, "organizer_name": organizer_of(booking).name}


def _short(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(LONGEST_WORDS) or "none"


def tell_new_facts(
    booking_id: int, columns: Mapping[str, str], *, by: By, now: datetime
) -> Booking:
    """Give a booking to come new words, and tell its client in two minutes: the same time and UID.

    Nothing happens where nothing is new. It can be taken back while the mail waits. Raises
    `NotBookableError` while another mail waits that changes the calendar: this one says that the
    time stays the same, and may neither replace that one nor overtake it.
    """
    with refusing(BusyError()), transaction.atomic():
        booking = locked(booking_id, by=by)
        what = new_facts(booking, columns)
        if booking.is_cancelled or booking.start <= now or not what:
            return booking
        if _calendar_mail_waits(booking):
            raise NotBookableError(Code.MAIL_WAITS)
        was = standing(booking)
        _put(booking, columns, now)
        about = about_booking(booking.uid)
        # It says all that a reminder says; a question, say, or the therapist's own mail stands.
        withdraw(about, kind=keys.REMINDER)
        token = private_links.to_booking(booking, now)
        letter = letters.new_facts(booking, what, token, now)
        action = BookingEvent.Action.MOVED
        told = letter.key
        write_line(booking, now, action, by=by, what=". ".join(what), was=was, told_by=told)
        queue([letter])
        return booking


def _calendar_mail_waits(booking: Booking) -> bool:
    """Whether a mail may still leave that puts the booking into the client's calendar."""
    may_leave = OutgoingMail.objects.may_leave().exclude(invite="")
    if may_leave.filter(about=about_booking(booking.uid)).exists():
        return True
    joint = may_leave.filter(about=keys.about_client(booking.client_id), kind__in=JOINT)
    questions = (BookingEvent.Action.ASKED, BookingEvent.Action.WITHDRAWN)
    told = booking.events.filter(is_undone=False).exclude(action__in=questions)
    return told.filter(told_by__in=joint.values("key")).exists()


def _put(booking: Booking, columns: Mapping[str, str], now: datetime) -> None:
    booking.keep_where(booking.place_id, booking.where)
    for name, words in columns.items():
        setattr(booking, name, words)
    booking.sequence += 1
    booking.changed_at = now
    booking.save(update_fields=CHANGED)


def keep_place(place: Place) -> None:
    """Write a place's words into the bookings there that have none: a release before made them."""
    without = Booking.objects.filter(place=place).exclude(place_kept=F("place_id"))
    without.update(**place_columns(place.pk, where_of(place)))


def keep_organizer(therapist: Therapist) -> None:
    """Write who invites into the therapist's bookings that don't say it: as with places."""
    without = Booking.objects.of(therapist.pk).filter(organizer_email="")
    without.update(**organizer_columns(therapist))
