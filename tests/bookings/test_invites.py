"""The invite as it is sent, read by two parsers: RFC 5545, 5546 and 6047."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from availability.models import Format
from bookings import invites, lifecycle
from bookings.invites import Invite, Party
from bookings.lifecycle import Person
from bookings.models import Booking, BookingEvent
from tests.bookings.letters import calendar_of, event_of, one, part, unfolded
from tests.factories import NOW, World, book

START = NOW + timedelta(days=1, hours=1)
LATER = NOW + timedelta(hours=3)
EMAIL = "sam@example.com"

NAMES = [
    "Sam Okafor",
    "Okafor, Sam",
    "Sam; Okafor: Dr",
    'Sam "the cat" Okafor',
    "Sam 😀 Ọkáfọ̀",
    "Null",
    "<script>alert(1)</script>",
    "{{7*7}}",
    '=HYPERLINK("x")',
    "'); DROP TABLE clients_client;--",
    "Sam\\nBEGIN:VEVENT",
    "S",
    "Ṩ" * 100,
    "سميرة",
]


def booked(world: World, name: str = "Sam Okafor", **facts: Any) -> Booking:
    return book(world, START, person=Person(name, EMAIL), **facts)


def cancelled(found: Booking, now: datetime = LATER) -> Booking:
    client = BookingEvent.Actor.CLIENT
    return lifecycle.cancel(found.pk, actor=client, reason="I am ill", now=now)


def invite(start: datetime, **facts: Any) -> Invite:
    fresh: dict[str, Any] = {
        "uid": "8f14e45f-ceea-467f-a8d1-52f1a1a1c1f1",
        "sequence": 0,
        "start": start,
        "end": start + timedelta(minutes=50),
        "summary": "Appointment",
        "location": "The Fulham room",
        "description": "Reference KT-234567.",
        "organizer": Party("Kicks Therapy", "robin@kicks.example"),
        "attendee": Party("Sam Okafor", EMAIL),
        "created": NOW,
        "changed": NOW,
    }
    return Invite(**{**fresh, **facts})


def test_the_calendar_part_comes_last_among_the_alternatives(world: World) -> None:
    letter = one(booked(world), "confirmation")
    [alternative] = [p for p in letter.walk() if p.get_content_type() == "multipart/alternative"]
    kinds = [p.get_content_type() for p in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_part_says_its_method_and_charset_once_and_is_base64(world: World, method: str) -> None:
    found = booked(world)
    kind = "confirmation"
    if method == "CANCEL":
        found, kind = cancelled(found), "cancellation"
    calendar = part(one(found, kind), "text/calendar")
    assert dict(calendar.raw_items())["Content-Type"].lower().count("charset") == 1
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_param("method") == method
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_content_disposition() is None
    assert f"METHOD:{method}" in unfolded(calendar.get_payload(decode=True))  # type: ignore[arg-type]


def test_the_attached_copy_is_the_same_bytes(world: World) -> None:
    letter = one(booked(world), "confirmation")
    copy = part(letter, "application/ics")
    assert copy.get_payload(decode=True) == calendar_of(letter)
    assert copy.get_filename() == "appointment.ics"


@pytest.mark.parametrize("kind", ["therapist_new", "reminder"])
def test_the_other_mails_carry_no_invite(world: World, kind: str) -> None:
    kinds = {p.get_content_type() for p in one(booked(world), kind).walk()}
    assert kinds == {"multipart/alternative", "text/plain", "text/html"}


def test_the_method_stands_before_the_components_and_the_zone_before_the_event(
    world: World,
) -> None:
    lines = unfolded(calendar_of(one(booked(world), "confirmation")))
    heads = [line for line in lines if line.startswith(("BEGIN:V", "METHOD", "VERSION", "PRODID"))]
    assert heads == [
        "BEGIN:VCALENDAR",
        "PRODID:-//Kicks Therapy//Kicks//EN",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VTIMEZONE",
        "BEGIN:VEVENT",
    ]


def test_the_zone_is_the_constant(world: World) -> None:
    ics = calendar_of(one(booked(world), "confirmation")).decode()
    zone = ics[ics.index("BEGIN:VTIMEZONE") : ics.index("BEGIN:VEVENT")]

    def parts(text: str) -> list[set[str]]:
        return [set(re.split(r"[;:]", line)) for line in text.split()]

    assert parts(zone) == parts(invites.LONDON_VTIMEZONE)


def test_the_uid_stays_and_the_sequence_rises(world: World) -> None:
    found = booked(world)
    request = event_of(calendar_of(one(found, "confirmation")))
    cancel = event_of(calendar_of(one(cancelled(found), "cancellation")))
    assert request["UID"] == cancel["UID"] == str(found.uid)
    assert "@" not in request["UID"]
    assert (request["SEQUENCE"], cancel["SEQUENCE"]) == (0, 1)
    for name in ("ORGANIZER", "ATTENDEE", "DTSTART", "DTEND"):
        assert request[name] == cancel[name]


def test_the_stamps_are_utc(world: World) -> None:
    found = booked(world)
    cancelled(found)
    lines = unfolded(calendar_of(one(found, "cancellation")))
    assert "CREATED:20261123T090000Z" in lines
    assert "DTSTAMP:20261123T120000Z" in lines
    assert "LAST-MODIFIED:20261123T120000Z" in lines


def test_a_cancellation_takes_the_event_out(world: World) -> None:
    ics = calendar_of(one(cancelled(booked(world)), "cancellation"))
    event = event_of(ics)
    assert (event["STATUS"], event["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert b"ill" not in ics


def test_a_request_is_confirmed_and_busy(world: World) -> None:
    event = event_of(calendar_of(one(booked(world), "confirmation")))
    assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == ("CONFIRMED", "OPAQUE", "PRIVATE")
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "BUSY"


def test_there_is_no_alarm_and_no_empty_property(world: World) -> None:
    for fmt in Format:
        found = booked(world, format=fmt)
        ics = calendar_of(one(found, "confirmation"))
        assert b"VALARM" not in ics
        assert [line for line in unfolded(ics)[:-1] if re.fullmatch(r"[^:]+:", line)] == []
        cancelled(found)


def test_the_organizer_is_the_sender_and_addresses_are_bare(world: World) -> None:
    letter = one(booked(world), "confirmation")
    event = event_of(calendar_of(letter))
    [sender] = letter["From"].addresses
    assert event["ORGANIZER"] == f"mailto:{sender.addr_spec}" == "mailto:robin@kicks.example"
    assert event["ORGANIZER"].params["CN"] == sender.display_name == "Kicks Therapy"
    assert event["ATTENDEE"] == f"mailto:{EMAIL}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_one_recipient_and_one_event_in_both_parsers(world: World, name: str) -> None:
    letter = one(booked(world, name), "confirmation")
    assert [a.addr_spec for a in letter["To"].addresses] == [EMAIL]
    assert (letter["Cc"], letter["Bcc"]) == (None, None)
    ics = calendar_of(letter)
    assert event_of(ics)["ATTENDEE"].params["CN"] == name
    [calendar] = vobject.readComponents(ics.decode())
    assert len(calendar.vevent_list) == 1
    assert calendar.vevent.attendee.value == f"mailto:{EMAIL}"
    assert ics.count(b"BEGIN:VEVENT\r\n") == 1


@pytest.mark.parametrize("name", NAMES)
def test_lines_end_once_and_fold_at_75_octets_between_characters(world: World, name: str) -> None:
    ics = calendar_of(one(booked(world, name), "confirmation"))
    assert ics.endswith(b"END:VCALENDAR\r\n")
    assert b"\r\r" not in ics
    assert ics.count(b"\r") == ics.count(b"\n") == ics.count(b"\r\n")
    for line in ics.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize(
    ("fmt", "place"),
    [
        (Format.IN_PERSON, "The Fulham room, 12 Example Mews, London SW6 0AA"),
        (Format.ONLINE, "https://meet.example.org/kicks"),
        (Format.WALKING, "Bishop’s Park gate, Bishop’s Avenue, London SW6 6EA"),
    ],
)
def test_the_place_is_where_every_calendar_shows_it(world: World, fmt: str, place: str) -> None:
    event = event_of(calendar_of(one(booked(world, format=fmt), "confirmation")))
    assert event["LOCATION"] == place
    online = fmt == Format.ONLINE
    assert event.get("CONFERENCE") == (place if online else None)
    assert not online or event["CONFERENCE"].params["VALUE"] == "URI"


def test_the_words_are_discreet(world: World) -> None:
    letter = one(booked(world, note="CANARY"), "confirmation")
    ics = calendar_of(letter)
    event = event_of(ics)
    assert event["SUMMARY"] == "Appointment"
    shown = f"{letter['Subject']} {event['SUMMARY']} {event['DESCRIPTION']}".lower()
    for word in ("therap", "consultation", "session", "sam", "free", "canary", "/b/"):
        assert word not in shown
    assert b"CANARY" not in ics
    assert b"/b/" not in ics


@pytest.mark.parametrize(
    ("start", "wall"),
    [
        (datetime(2026, 11, 3, 14, tzinfo=UTC), "20261103T140000"),
        (datetime(2026, 7, 3, 13, tzinfo=UTC), "20260703T140000"),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), "20260329T020000"),
        (datetime(2026, 10, 25, 2, tzinfo=UTC), "20261025T020000"),
        (datetime(2040, 7, 3, 13, tzinfo=UTC), "20400703T140000"),
        (datetime(2040, 11, 3, 14, tzinfo=UTC), "20401103T140000"),
    ],
)
def test_the_time_is_londons_and_both_parsers_agree_on_the_instant(
    start: datetime, wall: str
) -> None:
    text = invites.message(invite(start), NOW)
    assert f"\r\nDTSTART;TZID=Europe/London:{wall}\r\n" in text
    event = event_of(text.encode())
    assert event["DTSTART"].dt == start
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=50)
    # vobject knows no zones by name: it takes the offset from the VTIMEZONE alone.
    read = vobject.readOne(text.replace("Europe/London", "Kicks/Constant")).vevent.dtstart.value
    assert read.astimezone(UTC) == start


def test_text_is_escaped_once() -> None:
    words = invite(START, location="Room 1, floor; 2\\3", description="One\nTwo")
    text = invites.message(words, NOW)
    assert "\r\nLOCATION:Room 1\\, floor\\; 2\\\\3\r\n" in text
    assert "\r\nDESCRIPTION:One\\nTwo\r\n" in text
    assert event_of(text.encode())["LOCATION"] == "Room 1, floor; 2\\3"


def test_what_is_empty_is_left_out() -> None:
    event = event_of(invites.message(invite(START, location="", description=""), NOW).encode())
    assert {"LOCATION", "DESCRIPTION", "CONFERENCE"} & set(event) == set()


def test_the_file_has_the_same_event_and_no_method() -> None:
    one_event = invite(START)
    [file] = Calendar.from_ical(invites.file(one_event, NOW), multiple=True)
    assert "METHOD" not in file
    message = event_of(invites.message(one_event, NOW).encode())
    assert file.walk("VEVENT")[0].to_ical() == message.to_ical()


@pytest.mark.parametrize("link", [invites.google_link, invites.outlook_link])
def test_a_link_to_a_web_calendar_says_only_when_and_where(link: Any) -> None:
    address = link(invite(datetime(2026, 7, 3, 13, tzinfo=UTC), location="A&B?c=d #1"))
    assert "A%26B%3Fc%3Dd+%231" in address
    assert re.search(r"20260703T130000Z|2026-07-03T13%3A00%3A00%2B00%3A00", address)
    assert "sam" not in address.lower()
