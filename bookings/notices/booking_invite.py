"""A booking as calendars are told of it."""

from datetime import datetime

from bookings.models import Booking
from bookings.notices import invites
from bookings.notices.invites import Invite, Party

# Words that may be read over somebody's shoulder: no service, no format, no reason.
SUMMARY = "Appointment"


def invite_for(booking: Booking) -> Invite:
    """What calendars are told of the booking."""
    where = booking.where
    return Invite(
        uid=str(booking.uid),
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        summary=SUMMARY,
        location=where.video_url or ", ".join(where.lines),
        description=f"Reference {booking.reference}. To cancel, use the link in your mail.",
        organizer=organizer_of(booking),
        attendee=Party(booking.client.name, booking.client.email),
        created=booking.created_at,
        changed=booking.changed_at,
        video_url=where.video_url,
        cancelled=booking.is_cancelled,
    )


def organizer_of(booking: Booking) -> Party:
    """Who invites, as calendars know it: from another address they take neither change nor end."""
    therapist = booking.therapist
    if booking.organizer_email:
        return Party(booking.organizer_name, booking.organizer_email)
    return Party(therapist.practice.name, therapist.email)


def calendar_part(booking: Booking, now: datetime) -> str:
    """The calendar part of a mail that tells how the booking stands."""
    return invites.message(invite_for(booking), now)
