"""Calendars as others read them: three parsers that we did not write, and one answer."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import vobject
from hypothesis import strategies as st
from icalendar import Calendar

from bookings.notices.invites import Invite, Party
from tests.factories import NOW

UID = "8f14e45f-ceea-467f-a8d1-52f1a1a1c1f1"
EMAIL = "sam@example.com"
PROGRAM = Path(__file__).with_name("icaljs.cjs")
# What can be written: all but controls, line breaks of other kinds and the byte order mark.
WRITABLE = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
)


@dataclass(frozen=True)
class Reading:
    """What a calendar understood of the one event; both moments are in UTC."""

    method: str
    uid: str
    sequence: int
    status: str
    start: datetime
    end: datetime
    summary: str
    location: str
    description: str
    organizer: tuple[str, str]
    attendee: tuple[str, str]


Reader = Callable[[str], Reading]


def invite(start: datetime, **facts: Any) -> Invite:
    """A booking of fifty minutes; pass any field."""
    fresh: dict[str, Any] = {
        "uid": UID,
        "sequence": 0,
        "start": start,
        "end": start.astimezone(UTC) + timedelta(minutes=50),
        "summary": "Appointment",
        "location": "The Fulham room",
        "description": "Reference KT-234567.",
        "organizer": Party("Kicks Therapy", "robin@kicks.example"),
        "attendee": Party("Sam Okafor", EMAIL),
        "created": NOW,
        "changed": NOW,
    }
    return Invite(**{**fresh, **facts})


def without_names_of_zones(text: str) -> str:
    """Name the zone as nobody knows it, so that its VTIMEZONE alone says what the offset is."""
    return text.replace("Europe/London", "Kicks/Constant")


def by_icalendar(text: str) -> Reading:
    """Read with icalendar, strictly: what it could not parse is an error."""
    [calendar] = Calendar.from_ical(text, multiple=True)
    event: Any  # its values have thirty types
    [event] = calendar.walk("VEVENT")
    assert (calendar.errors, event.errors) == ([], [])
    return Reading(
        method=str(calendar.get("METHOD", "")),
        uid=str(event["UID"]),
        sequence=event["SEQUENCE"],
        status=str(event["STATUS"]),
        start=event["DTSTART"].dt.astimezone(UTC),
        end=event["DTEND"].dt.astimezone(UTC),
        summary=str(event["SUMMARY"]),
        location=str(event.get("LOCATION", "")),
        description=str(event.get("DESCRIPTION", "")),
        organizer=(str(event["ORGANIZER"]), event["ORGANIZER"].params.get("CN", "")),
        attendee=(str(event["ATTENDEE"]), event["ATTENDEE"].params.get("CN", "")),
    )


def by_vobject(text: str) -> Reading:
    """Read with vobject, as Radicale does."""
    [calendar] = vobject.readComponents(text)
    [event] = calendar.vevent_list

    def value(name: str) -> Any:
        return event.getChildValue(name, "")

    def party(line: Any) -> tuple[str, str]:
        [name] = line.params.get("CN", [""])
        return line.value, name

    return Reading(
        method=calendar.getChildValue("method", ""),
        uid=value("uid"),
        sequence=int(value("sequence")),
        status=value("status"),
        start=value("dtstart").astimezone(UTC),
        end=value("dtend").astimezone(UTC),
        summary=value("summary"),
        location=value("location"),
        description=value("description"),
        organizer=party(event.organizer),
        attendee=party(event.attendee),
    )


@contextmanager
def by_icaljs(node: str) -> Iterator[Reader]:
    """Read with ical.js, as Thunderbird and Nextcloud do: one node for all that is asked."""
    pipe = subprocess.PIPE
    with subprocess.Popen([node, PROGRAM], stdin=pipe, stdout=pipe, encoding="utf-8") as program:  # noqa: S603, our own program

        def read(text: str) -> Reading:
            assert program.stdin
            assert program.stdout
            print(json.dumps(text), file=program.stdin, flush=True)
            answer = json.loads(program.stdout.readline())
            assert "error" not in answer, answer
            for moment in ("start", "end"):
                answer[moment] = datetime.fromisoformat(answer[moment])
            for party in ("organizer", "attendee"):
                answer[party] = tuple(answer[party])
            return Reading(**answer)

        yield read
        program.terminate()
