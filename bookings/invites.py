"""A booking as an iCalendar object that calendars accept: RFC 5545, 5546 and 6047. Pure.

What may stand in it is decided by discretion: people share calendars and screens, so the words
are neutral, and nothing that the client wrote or that opens their booking is in it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

PRODUCT = "-//Kicks Therapy//Kicks//EN"
LONDON = ZoneInfo("Europe/London")

# A constant, and not icalendar's add_missing_timezones(): that writes RDATE lists with the onset
# of summer time an hour late, which Outlook drops and Radicale and ical.js misread. The onsets
# are local time in TZOFFSETFROM (RFC 5545, 3.6.5); one BYDAY rule each is what Outlook reads.
LONDON_VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19701025T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class Party:
    """One end of the appointment: a name and an address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Invite:
    """What a calendar is told. All moments are aware; `sequence` rises with every change."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    location: str
    description: str
    organizer: Party
    attendee: Party
    created: datetime
    changed: datetime
    video_url: str = ""
    cancelled: bool = False

    @property
    def method(self) -> str:
        """The iTIP method (RFC 5546, 3.2): REQUEST to make or change, CANCEL to withdraw."""
        return "CANCEL" if self.cancelled else "REQUEST"


def message(invite: Invite, now: datetime) -> str:
    """Return the calendar part of a mail: iTIP with its METHOD, CRLF line ends."""
    return _calendar(invite, now, invite.method)


def file(invite: Invite, now: datetime) -> str:
    """Return the file for "add to calendar": the same event, without a METHOD.

    A file that somebody opens is no message from an organizer; with METHOD:REQUEST some
    calendars would ask to answer a stranger.
    """
    return _calendar(invite, now, "")


def _calendar(invite: Invite, now: datetime, method: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    calendar.add_component(Timezone.from_ical(LONDON_VTIMEZONE))
    calendar.add_component(_event(invite, now))
    return bytes(calendar.to_ical(sorted=False)).decode()


def _event(invite: Invite, now: datetime) -> Event:
    event = Event()
    event.add("uid", invite.uid)
    event.add("sequence", invite.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("created", invite.created.astimezone(UTC))
    event.add("last-modified", invite.changed.astimezone(UTC))
    event.add("dtstart", invite.start.astimezone(LONDON))
    event.add("dtend", invite.end.astimezone(LONDON))
    event.add("summary", invite.summary)
    event.add("status", "CANCELLED" if invite.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if invite.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    _add_words(event, invite)
    event.add("organizer", _party(invite.organizer), encode=False)
    event.add("attendee", _attendee(invite), encode=False)
    event.add("x-microsoft-cdo-busystatus", "FREE" if invite.cancelled else "BUSY")
    event.add("x-microsoft-disallow-counter", "TRUE")
    return event


def _add_words(event: Event, invite: Invite) -> None:
    """Leave out what is empty: an empty LOCATION is flagged as wrong."""
    if invite.location:
        event.add("location", invite.location)
    if invite.description:
        event.add("description", invite.description)
    if invite.video_url:
        # RFC 7986, 5.11. Few calendars show it, so the link stands in LOCATION as well.
        link = vUri(invite.video_url)
        link.params["VALUE"] = "URI"
        link.params["FEATURE"] = ["AUDIO", "VIDEO"]
        link.params["LABEL"] = "Video room"
        event.add("conference", link, encode=False)


def _party(party: Party) -> vCalAddress:
    """A bare mailto with the name beside it (RFC 6047, 2.3)."""
    address = vCalAddress(f"mailto:{party.email}")
    address.params["CN"] = vText(party.name)
    return address


def _attendee(invite: Invite) -> vCalAddress:
    """The client booked the time, so ACCEPTED is the truth; no answer is awaited."""
    address = _party(invite.attendee)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address


def google_link(invite: Invite) -> str:
    """Return the address that opens a filled-in new event in Google's calendar."""
    form = "%Y%m%dT%H%M%SZ"
    ends = (moment.astimezone(UTC).strftime(form) for moment in (invite.start, invite.end))
    query = {
        "action": "TEMPLATE",
        "text": invite.summary,
        "dates": "/".join(ends),
        "location": invite.location,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query)}"


def outlook_link(invite: Invite) -> str:
    """Return the address that opens a filled-in new event in Outlook on the web."""
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": invite.summary,
        "startdt": invite.start.astimezone(UTC).isoformat(),
        "enddt": invite.end.astimezone(UTC).isoformat(),
        "location": invite.location,
    }
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(query)}"
