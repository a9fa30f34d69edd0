"""A booking as calendars are told of it."""

from dataclasses import replace
from datetime import datetime

from bookings.kept_facts import Where
from bookings.models import Booking
from bookings.notices import invites
from bookings.notices.invites import Invite, Party
from prose.names import is_mailable

# Words that may be read over somebody's shoulder: no service, no format, no reason.
SUMMARY = "Appointment"


def invite_for(booking: Booking, attendee: Party | None = None) -> Invite:
    """What calendars are told of the booking; its client is the `attendee` unless one is given."""
    where = Where("") if booking.client.neutral_words else booking.where
    return Invite(
        uid=str(booking.uid),
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        summary=SUMMARY,
        location=where.video_url or ", ".join(where.lines),
        description=f"Reference {booking.reference}. To cancel, use the link in your email.",
        organizer=shown_organizer(booking),
        attendee=attendee or party(booking.called, booking.client.email),
        created=booking.created_at,
        changed=booking.changed_at,
        video_url=where.video_url,
        cancelled=booking.is_cancelled,
    )


def sentence(invite: Invite) -> str:
    """Say to the client all that travels of them, of us and of the meeting: they decide with it.

    They know their own name and address, and anybody may look at their screen: it quotes neither.
    """
    where = f"where we meet (“{invite.location}”), " if invite.location else ""
    own = "your own name and email address" if invite.attendee.name else "your own email address"
    organizer = f"“{invite.organizer.name}” ({invite.organizer.email})"
    return (
        f"Your calendar will show “{invite.summary}”, when we meet and when it was booked, {where}"
        f"our reference, {own}, and {organizer} as who invites. It shows nothing else that you "
        "told me."
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


def shown_organizer(booking: Booking) -> Party:
    """Who invites, as the client sees it: by the therapist's name where words are neutral."""
    organizer = organizer_of(booking)
    if booking.client.neutral_words:
        return Party(booking.therapist.name, organizer.email)
    return organizer


def calendar_part(booking: Booking, now: datetime) -> str:
    """The calendar part of a mail that tells how the booking stands."""
    return invites.message(invite_for(booking), now)


def withdrawal_part(booking: Booking, address: str, now: datetime) -> str:
    """The calendar part that takes the booking out of the calendar behind one address.

    It may be a stranger's, so it says only which entry goes.
    """
    organizer = Party("", organizer_of(booking).email)
    invite = replace(
        invite_for(booking), organizer=organizer, attendee=Party("", address), cancelled=True
    )
    return invites.withdrawal(invite, now)
