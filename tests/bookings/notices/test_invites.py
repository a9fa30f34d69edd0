"""The invite of a booking as its mail brings it: RFC 5545, 5546 and 6047."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from availability.models import Format
from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Person
from bookings.models import Booking
from bookings.notices import invites
from tests.bookings.notices.calendars import EMAIL, Reader
from tests.bookings.notices.letters import calendar_of, event_of, one, part, remind, unfolded
from tests.factories import NOW, World, book

START = NOW + timedelta(days=1, hours=1)
LATER = NOW + timedelta(hours=3)

NAMES = [
    "Sam Okafor",
    "Okafor, Sam",
    "Sam; Okafor: Dr",
    'Sam "the cat" Okafor',
    "Sam 😀 Ọkáfọ̀",
    "Null",
    "<script>alert(1)",
    "{{7*7}}",
    '=HYPERLINK("x")',
    "'); DROP TABLE clients_client;--",
    "Sam;BEGIN: VEVENT",
    "S",
    "Ṩ" * 100,
    "سميرة",
]


def booked(world: World, name: str = "Sam Okafor", **facts: Any) -> Booking:
    return book(world, START, person=Person(name, EMAIL), **facts)


def cancelled(found: Booking, now: datetime = LATER) -> Booking:
    client = By.client()
    return lifecycle.cancel(found.pk, by=client, reason="I am ill", now=now)


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
    found = booked(world)
    remind(found)
    kinds = {p.get_content_type() for p in one(found, kind).walk()}
    assert kinds == {"multipart/alternative", "text/plain", "text/html"}


def test_the_method_stands_before_the_components_and_the_zone_before_the_event(
    world: World,
) -> None:
    lines = unfolded(calendar_of(one(booked(world), "confirmation")))
    heads = [line for line in lines if line.startswith(("BEGIN:V", "METHOD", "VERSION", "PRODID"))]
    assert heads == [
        "BEGIN:VCALENDAR",
        "PRODID:-//Appointments//Appointments 1//EN",
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
    assert str(uuid.UUID(request["UID"])) == request["UID"]
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
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "FREE"
    assert b"VALARM" not in ics
    assert b"ill" not in ics


def test_a_request_is_confirmed_and_busy(world: World) -> None:
    event = event_of(calendar_of(one(booked(world), "confirmation")))
    assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == ("CONFIRMED", "OPAQUE", "PRIVATE")
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == "BUSY"
    assert event["X-MICROSOFT-DISALLOW-COUNTER"] == "TRUE"


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
def test_any_name_is_one_recipient_and_one_event_in_every_parser(
    world: World, reader: Reader, name: str
) -> None:
    letter = one(booked(world, name), "confirmation")
    assert [a.addr_spec for a in letter["To"].addresses] == [EMAIL]
    assert (letter["Cc"], letter["Bcc"]) == (None, None)
    shown = name.replace('"', "'").replace("\\", "/")
    assert reader(calendar_of(letter).decode()).attendee == (f"mailto:{EMAIL}", shown)


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
