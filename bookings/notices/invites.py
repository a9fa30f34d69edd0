"""A booking as an iCalendar object that calendars accept: RFC 5545, 5546 and 6047. Pure.

What may stand in it is decided by discretion: people share calendars and screens, so the words
are neutral, and nothing that the client wrote or that opens their booking is in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

# It names neither the practice nor what it does: people share calendars.
PRODUCT = "-//Appointments//Appointments 1//EN"
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

# What a line may not hold: controls (RFC 5545, 3.1), which CalDAV's XML refuses too; the breaks
# at which some readers end a line (Python's splitlines does); the byte order mark, which is lost
# where a value begins with it; lone halves of a surrogate pair, which UTF-8 cannot write.
UNWRITABLE = re.compile(
    r"[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# A parameter has no escape that all know: RFC 6868 has its carets, which most show as they are,
# and a backslash at the end hides the next parameter from some. Look-alikes are read by all.
LOOK_ALIKES = str.maketrans({'"': "'", "\\": "/", "^": "\u02c6"})
ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Party:
    """One end of the appointment: a name and an address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Invite:
    """What a calendar is told. `sequence` rises with every change.

    Raises ValueError for a moment without a zone: it would be read as the reader's own time.
    """

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

    def __post_init__(self) -> None:
        if None in {m.tzinfo for m in (self.start, self.end, self.created, self.changed)}:
            raise ValueError("A moment in an invite has no time zone.")

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


def withdrawal(invite: Invite, now: datetime) -> str:
    """Return the CANCEL that takes an entry out of a calendar and says nothing of what it was.

    It has what RFC 5546 (3.2.5) asks for to somebody who is no longer invited, and DTSTART, without
    which Outlook passes over it: in UTC, so that no zone goes along.
    """
    event = Event()
    event.add("uid", invite.uid)
    event.add("sequence", invite.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", invite.start.astimezone(UTC))
    event.add("status", "CANCELLED")
    event.add("organizer", _party(invite.organizer), encode=False)
    event.add("attendee", _party(invite.attendee), encode=False)
    return _written(event, "CANCEL")


def _calendar(invite: Invite, now: datetime, method: str) -> str:
    """Write the event behind its zone: the same words in each, so they are written once."""
    whole = _written(_event(invite, now), method)
    head, begin, event = whole.partition("BEGIN:VEVENT\r\n")
    return f"{head}{_zone()}{begin}{event}"


@cache
def _zone() -> str:
    """Return the zone as icalendar writes it, with CRLF line ends."""
    return bytes(Timezone.from_ical(LONDON_VTIMEZONE).to_ical(sorted=False)).decode()


def _written(event: Event, method: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False)).decode()


def _event(invite: Invite, now: datetime) -> Event:
    event = Event()
    event.add("uid", invite.uid)
    event.add("sequence", invite.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("created", invite.created.astimezone(UTC))
    event.add("last-modified", invite.changed.astimezone(UTC))
    for name, moment in zip(("dtstart", "dtend"), _ends(invite), strict=True):
        event.add(name, moment)
    event.add("status", "CANCELLED" if invite.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if invite.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    _add_words(event, invite)
    event.add("organizer", _party(invite.organizer), encode=False)
    event.add("attendee", _attendee(invite), encode=False)
    event.add("x-microsoft-cdo-busystatus", "FREE" if invite.cancelled else "BUSY")
    event.add("x-microsoft-disallow-counter", "TRUE")
    return event


def _ends(invite: Invite) -> list[datetime]:
    """The start and the end in London's time, or in UTC where London's would be ambiguous.

    A clock that is put back shows an hour twice, and TZID cannot say which of the two is meant.
    """
    # By way of UTC: a zone of its own would be kept, with a time that its clock never shows.
    instants = [moment.astimezone(UTC) for moment in (invite.start, invite.end)]
    local = [moment.astimezone(LONDON) for moment in instants]
    twice = any(m.utcoffset() != m.replace(fold=1 - m.fold).utcoffset() for m in local)
    return instants if twice else local


class _Text(vText):
    r"""A TEXT value (RFC 5545, 3.3.11); icalendar's own turns a typed \N into a line break."""

    def to_ical(self) -> bytes:
        return str(self).translate(ESCAPES).encode()


def _writable(text: str) -> str:
    """Return `text` with LF line ends and a space for what no calendar may hold."""
    return UNWRITABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _add_words(event: Event, invite: Invite) -> None:
    """Leave out what is empty: an empty LOCATION is flagged as wrong."""
    for name in ("summary", "location", "description"):
        text = _writable(getattr(invite, name))
        if text.strip():
            event.add(name, _Text(text), encode=False)
    if invite.video_url:
        # RFC 7986, 5.11. Few calendars show it, so the link stands in LOCATION as well.
        link = vUri(invite.video_url)
        link.params["VALUE"] = "URI"
        link.params["FEATURE"] = ["AUDIO", "VIDEO"]
        link.params["LABEL"] = "Video room"
        event.add("conference", link, encode=False)


def _party(party: Party) -> vCalAddress:
    """A bare mailto with the name beside it, on one line (RFC 6047, 2.3)."""
    address = vCalAddress(f"mailto:{party.email}")
    name = " ".join(_writable(party.name).translate(LOOK_ALIKES).split())
    if name:
        address.params["CN"] = vText(name)
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
        "ctz": "Europe/London",
        "location": invite.location,
        "details": invite.description,
    }
    return _link("https://calendar.google.com/calendar/render", query)


def outlook_link(invite: Invite) -> str:
    """Return the address that opens a filled-in new event in Outlook on the web."""
    # With Z and not +00:00: Outlook has confused plus signs and spaces in these links for years
    # (InteractionDesignFoundation/add-event-to-calendar-docs#20).
    form = "%Y-%m-%dT%H:%M:%SZ"
    start, end = (m.astimezone(UTC).strftime(form) for m in (invite.start, invite.end))
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": invite.summary,
        "startdt": start,
        "enddt": end,
        "location": invite.location,
        "body": invite.description,
    }
    return _link("https://outlook.live.com/calendar/0/deeplink/compose", query)


def _link(page: str, query: dict[str, str]) -> str:
    """An address with what is filled in; a space is %20, since Outlook shows a plus as a plus."""
    words = {name: _writable(value) for name, value in query.items()}
    filled = {name: value for name, value in words.items() if value.strip()}
    return f"{page}?{urlencode(filled, quote_via=quote, safe='/')}"
