"""A booking as calendars are told of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from bookings.models import Booking
from bookings.notices import invites
from bookings.notices.invites import Invite, Party
from prose.names import is_mailable

# Words that may be read over somebody's shoulder: no service, no format, no reason.
SUMMARY = "Appointment"


@dataclass(frozen=True, slots=True)
class Visible:
    """What somebody reads who looks at the entry in a calendar, beside its time."""

    summary: str
    location: str
    description: str
    organizer: Party

    @property
    def sentence(self) -> str:
        """Say so to the client, who decides what their calendar may show."""
        where = f"where we meet (“{self.location}”), " if self.location else ""
        return (
            f"Your calendar will show “{self.summary}”, {where}our reference, your own name, and "
            f"“{self.organizer.name}” as who invites. It shows nothing that you told me."
        )


def visible(booking: Booking) -> Visible:
    """What a calendar shows of the booking: the invite is made of it, and so is what pages say."""
    where = booking.where
    return Visible(
        summary=SUMMARY,
        location=where.video_url or ", ".join(where.lines),
        description=f"Reference {booking.reference}. To cancel, use the link in your email.",
        organizer=organizer_of(booking),
    )


def invite_for(booking: Booking, attendee: Party | None = None) -> Invite:
    """What calendars are told of the booking; its client is the `attendee` unless one is given."""
    shown = visible(booking)
    return Invite(
        uid=str(booking.uid),
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        summary=shown.summary,
        location=shown.location,
        description=shown.description,
        organizer=shown.organizer,
        attendee=attendee or party(booking.called, booking.client.email),
        created=booking.created_at,
        changed=booking.changed_at,
        video_url=booking.where.video_url,
        cancelled=booking.is_cancelled,
    )


def party(name: str, email: str) -> Party:
    """Return who is invited; a name is left out that may become a link."""
    return Party(name if is_mailable(name) else "", email)


def organizer_of(booking: Booking) -> Party:
    """Who invites, as calendars know it: from another address they take neither change nor end."""
    therapist = booking.therapist
    if booking.organizer_email:
        return Party(booking.organizer_name, booking.organizer_email)
    return Party(therapist.practice.organizer_name, therapist.email)


def calendar_part(booking: Booking, now: datetime) -> str:
    """The calendar part of a mail that tells how the booking stands."""
    return invites.message(invite_for(booking), now)


def withdrawal_part(booking: Booking, address: str, now: datetime) -> str:
    """The calendar part that takes the booking out of the calendar behind one address.

    Nothing but the entry's own time is told there: it may be a stranger's. (RFC 5546, 3.2.5: a
    CANCEL to an attendee who is no longer invited; without DTSTART Outlook passes over it.)
    """
    invite = replace(
        invite_for(booking),
        location="",
        description="",
        video_url="",
        attendee=Party("", address),
        cancelled=True,
    )
    return invites.message(invite, now)
