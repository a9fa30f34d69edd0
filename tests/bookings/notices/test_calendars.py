"""What calendars understand of an invite: read by three parsers, and line by line."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bookings.notices import invites
from bookings.notices.invites import Party
from prose.cleaning import one_line
from tests.bookings.notices.calendars import (
    EMAIL,
    UID,
    WRITABLE,
    Reader,
    Reading,
    invite,
    without_names_of_zones,
)
from tests.bookings.notices.letters import unfolded
from tests.factories import NOW

LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 7, 3, 13, tzinfo=UTC)
MADE = invite(START)
MOVED = replace(MADE, sequence=1, start=START + timedelta(days=150), end=START + timedelta(151))
MOVED = replace(MOVED, location="12 Example Mews, London SW6 0AA")
WITHDRAWN = replace(MOVED, sequence=2, cancelled=True)
MESSAGES = {
    "request": (invites.message(MADE, NOW), MADE, "REQUEST"),
    "update": (invites.message(MOVED, NOW), MOVED, "REQUEST"),
    "cancel": (invites.message(WITHDRAWN, NOW), WITHDRAWN, "CANCEL"),
    "file": (invites.file(MADE, NOW), MADE, ""),
}
# Either side of the night the clock goes back, and of the night it goes forward.
MOMENTS = {
    "20261024T100000": datetime(2026, 10, 24, 9, tzinfo=UTC),
    "20261025T000500": datetime(2026, 10, 24, 23, 5, tzinfo=UTC),
    "20261025T020000": datetime(2026, 10, 25, 2, tzinfo=UTC),
    "20261025T100000": datetime(2026, 10, 25, 10, tzinfo=UTC),
    "20270327T100000": datetime(2027, 3, 27, 10, tzinfo=UTC),
    "20270328T003000": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    "20270328T020000": datetime(2027, 3, 28, 1, tzinfo=UTC),
    "20270328T100000": datetime(2027, 3, 28, 9, tzinfo=UTC),
    "20400703T140000": datetime(2040, 7, 3, 13, tzinfo=UTC),
    "20401103T140000": datetime(2040, 11, 3, 14, tzinfo=UTC),
}
TRICKY = ["\\", "\\n", "\\N", ";", ",", ":", '"', "^", "^n", "'", "%", "=", "\n", "\t", " ", "\xa0"]
TRICKY += [
    "😀",
    "👩‍👩‍👧",
    "سميرة",
    "\u200f",
    "e\u0301",
    "Ṩ",
    "BEGIN:VEVENT",
    "\nEND:VEVENT\n",
    "Room",
]
WORDS = st.lists(st.sampled_from(TRICKY) | st.text(WRITABLE, max_size=20), max_size=15).map("".join)
ANYTHING = st.text(st.characters(), max_size=100) | st.lists(st.sampled_from(TRICKY)).map("".join)
LONG = "Ṩ😀e\u0301" * 75

# RFC 5545, 3.1: a name, parameters (quoted where a value holds a colon, semicolon or comma), a
# value. The classes leave out what may not stand there; a control may stand nowhere.
PARAMETER = r';[A-Z-]+=(?:"[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]+)(?:,[^";:,\x00-\x1f\x7f]+)*'
LINE = re.compile(rf"(?P<name>[A-Z-]+)(?:{PARAMETER})*:(?P<value>[^\x00-\x08\x0a-\x1f\x7f]+)")
TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,n])*")  # RFC 5545, 3.3.11


def checked(text: str) -> list[tuple[str, str]]:
    """Hold the bytes to RFC 5545; return the content lines as names and values."""
    data = text.encode()
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r") == data.count(b"\n") == data.count(b"\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    found = [LINE.fullmatch(line) for line in unfolded(data)[:-1]]
    lines = [(line["name"], line["value"]) for line in found if line]
    assert len(lines) == len(found)
    for name, value in lines:
        if name in {"SUMMARY", "LOCATION", "DESCRIPTION"}:
            assert TEXT.fullmatch(value)
    return lines


def event(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The lines of the event."""
    return lines[lines.index(("BEGIN", "VEVENT")) + 1 : lines.index(("END", "VEVENT"))]


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_parser_reads_the_same_in_every_message(reader: Reader, kind: str) -> None:
    text, told, method = MESSAGES[kind]
    assert reader(text) == Reading(
        method=method,
        uid=UID,
        sequence=told.sequence,
        status="CANCELLED" if told.cancelled else "CONFIRMED",
        start=told.start,
        end=told.end,
        summary="Appointment",
        location=told.location,
        description="Reference KT-234567.",
        organizer=("mailto:robin@kicks.example", "Kicks Therapy"),
        attendee=(f"mailto:{EMAIL}", "Sam Okafor"),
    )


@pytest.mark.parametrize("wall", MOMENTS)
@pytest.mark.parametrize("kind", ["request", "update", "cancel", "file"])
def test_every_parser_finds_the_instant_on_both_sides_of_a_clock_change(
    reader: Reader, kind: str, wall: str
) -> None:
    told = invite(MOMENTS[wall], sequence=int(kind != "request"), cancelled=kind == "cancel")
    text = invites.file(told, NOW) if kind == "file" else invites.message(told, NOW)
    assert f"\r\nDTSTART;TZID=Europe/London:{wall}\r\n" in text
    for version in (text, without_names_of_zones(text)):
        read = reader(version)
        assert (read.start, read.end) == (told.start, told.end)


@pytest.mark.parametrize("minutes", range(-90, 110, 20))
def test_an_hour_that_london_shows_twice_is_told_in_utc(reader: Reader, minutes: int) -> None:
    told = invite(datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(minutes=minutes))
    text = invites.message(told, NOW)
    read = reader(without_names_of_zones(text))
    assert (read.start, read.end) == (told.start, told.end)
    # From half past midnight UTC: does the start or the end, fifty minutes later, lie in it?
    twice = -30 <= minutes < 90 or -80 <= minutes < 40
    assert ("DTSTART:2026" in text, "DTEND:2026" in text) == (twice, twice)


@given(moment=st.datetimes(datetime(2026, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001, aware by `timezones`
@settings(max_examples=60, deadline=None)
def test_every_parser_finds_any_instant(reader: Reader, moment: datetime) -> None:
    told = invite(moment.replace(microsecond=0))
    read = reader(without_names_of_zones(invites.message(told, NOW)))
    assert (read.start, read.end) == (told.start, told.end)


def test_a_time_that_londons_clock_never_shows_is_told_as_the_instant_it_means() -> None:
    told = invite(datetime(2027, 3, 28, 1, 30, tzinfo=LONDON))
    assert "\r\nDTSTART;TZID=Europe/London:20270328T023000\r\n" in invites.message(told, NOW)


@pytest.mark.parametrize("name", ["start", "end", "created", "changed"])
def test_a_moment_without_a_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        replace(MADE, **{name: datetime(2026, 7, 3, 13)})  # type: ignore[arg-type]  # noqa: DTZ001, naive is the point


@given(location=WORDS, description=WORDS)
@example(location=LONG, description=LONG)
@example(location="Room \\North, floor 2; \\\\server", description='One\n\nTwo: "three"\n')
@settings(max_examples=100, deadline=None)
def test_every_parser_reads_the_words_as_they_were_written(
    reader: Reader, location: str, description: str
) -> None:
    read = reader(invites.message(replace(MADE, location=location, description=description), NOW))
    assert read.location == (location if location.strip() else "")
    assert read.description == (description if description.strip() else "")
    assert read.attendee == (f"mailto:{EMAIL}", "Sam Okafor")


@given(name=WORDS)
@example(name="Ṩ" * 300)
@example(name="Sam\\")
@example(name='Sam "the cat" ^n Okafor')
@settings(max_examples=100, deadline=None)
def test_every_parser_reads_a_name_that_may_be_given(reader: Reader, name: str) -> None:
    try:
        name = one_line(name)
    except ValidationError:
        return
    read = reader(invites.message(replace(MADE, attendee=Party(name, EMAIL)), NOW))
    shown = name.replace('"', "'").replace("\\", "/").replace("^", "\u02c6")
    assert read.attendee == (f"mailto:{EMAIL}", shown)
    assert read.organizer == ("mailto:robin@kicks.example", "Kicks Therapy")


@given(location=ANYTHING, description=ANYTHING, name=ANYTHING)
@example(location="a\x00b\x0bc\x85d\u2028e\ufefff", description="\ud800\r\n\r", name="\x7f")
@settings(max_examples=150, deadline=None)
def test_whatever_is_given_the_lines_follow_the_grammar(
    location: str, description: str, name: str
) -> None:
    told = replace(MADE, location=location, description=description, attendee=Party(name, EMAIL))
    lines = checked(invites.message(told, NOW))
    once = Counter(name for name, _ in event(lines))
    assert (once["ATTENDEE"], once["ORGANIZER"], once["BEGIN"]) == (1, 1, 0)


@pytest.mark.parametrize("given", ["\x00", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff"])
def test_what_no_line_may_hold_is_read_as_a_space(reader: Reader, given: str) -> None:
    words = f"One{given}two"
    told = replace(MADE, location=words, description=words, organizer=Party(words, EMAIL))
    read = reader(invites.message(told, NOW))
    assert (read.location, read.description) == ("One two", "One two")
    assert read.organizer == (f"mailto:{EMAIL}", "One two")


@pytest.mark.parametrize("given", ["One\r\ntwo", "One\rtwo", "One\ntwo"])
def test_a_line_break_of_any_kind_is_one_line_break(reader: Reader, given: str) -> None:
    read = reader(invites.message(replace(MADE, description=given), NOW))
    assert read.description == "One\ntwo"


def test_text_is_escaped_once() -> None:
    words = replace(MADE, location="Room 1, floor; 2\\3 \\N", description="One\nTwo")
    lines = checked(invites.message(words, NOW))
    assert ("LOCATION", r"Room 1\, floor\; 2\\3 \\N") in lines
    assert ("DESCRIPTION", r"One\nTwo") in lines


@pytest.mark.parametrize("empty", ["", " ", "\n", "\x00"])
def test_what_is_empty_is_left_out(empty: str) -> None:
    words = replace(MADE, location=empty, description=empty, attendee=Party(empty, EMAIL))
    text = invites.message(words, NOW)
    assert {"LOCATION", "DESCRIPTION", "CONFERENCE"} & dict(checked(text)).keys() == set()
    assert text.count("CN=") == 1


@pytest.mark.parametrize("kind", MESSAGES)
def test_each_message_has_what_itip_asks_for_once(kind: str) -> None:
    lines = checked(MESSAGES[kind][0])
    names = Counter(name for name, _ in event(lines))
    asked = ["UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND"]
    asked += ["SUMMARY", "STATUS", "TRANSP", "CLASS", "ORGANIZER", "ATTENDEE"]
    assert {name: names[name] for name in asked} == dict.fromkeys(asked, 1)
    assert [value for name, value in lines if name == "BEGIN"] == [
        "VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT",
    ]  # fmt: skip
    assert {"RDATE", "EXDATE", "VALARM", "DURATION"} & {name for name, _ in lines} == set()


@pytest.mark.parametrize("kind", MESSAGES)
def test_properties_stand_before_components_and_the_method_among_them(kind: str) -> None:
    lines = checked(MESSAGES[kind][0])
    head = [name for name, _ in lines[1 : lines.index(("BEGIN", "VTIMEZONE"))]]
    method = ["METHOD"] if kind != "file" else []
    assert head == ["PRODID", "VERSION", "CALSCALE", *method]
    assert lines[lines.index(("END", "VTIMEZONE")) + 1] == ("BEGIN", "VEVENT")
    assert lines[-2:] == [("END", "VEVENT"), ("END", "VCALENDAR")]


@pytest.mark.parametrize("kind", MESSAGES)
def test_stamps_are_in_utc_and_times_neither_float_nor_have_both_zone_and_z(kind: str) -> None:
    text = MESSAGES[kind][0]
    stamps = re.findall(r"\r\n(?:DTSTAMP|CREATED|LAST-MODIFIED):(\S+)", text)
    assert [bool(re.fullmatch(r"\d{8}T\d{6}Z", stamp)) for stamp in stamps] == [True] * 3
    times = re.findall(r"\r\nDT(?:START|END)([^:]*):(\S+)", text[text.index("BEGIN:VEVENT") :])
    assert [zone for zone, _ in times] == [";TZID=Europe/London"] * 2
    assert [bool(re.fullmatch(r"\d{8}T\d{6}", time)) for _, time in times] == [True] * 2


@pytest.mark.parametrize("kind", MESSAGES)
def test_addresses_are_bare_and_nobody_is_said_to_send_for_another(kind: str) -> None:
    lines = dict(event(checked(MESSAGES[kind][0])))
    assert lines["ORGANIZER"] == "mailto:robin@kicks.example"
    assert lines["ATTENDEE"] == f"mailto:{EMAIL}"
    assert "SENT-BY" not in MESSAGES[kind][0]


def test_a_name_is_quoted_where_it_must_be() -> None:
    text = invites.message(replace(MADE, attendee=Party("Okafor, Sam; Dr: MD", EMAIL)), NOW)
    assert '\r\nATTENDEE;CN="Okafor, Sam; Dr: MD";' in text


def test_the_file_has_the_same_event_and_no_method() -> None:
    assert event(checked(invites.file(MADE, NOW))) == event(checked(MESSAGES["request"][0]))
