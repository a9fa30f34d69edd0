"""Mails as a mail server gets them: the bytes that the outbox sends, taken apart again."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any, cast

from django.core import mail
from django.db.models.functions import Now
from icalendar import Calendar

from bookings.models import Booking
from bookings.notices import letters, private_links
from bookings.notices.keys import about_booking
from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import queue
from tests.white_space import as_shown

LONG_AGO = "2020-01-01T00:00Z"


def sent(found: Booking | None = None, **which: str) -> list[EmailMessage]:
    """Send what waits, be it late or early, and return the mails as they went over the wire."""
    mail.outbox.clear()
    waiting = OutgoingMail.objects.filter(state="pending")
    if found:
        waiting = waiting.filter(about=about_booking(found.uid), **which)
    OutgoingMail.objects.filter(state="pending").exclude(pk__in=waiting).update(state="withdrawn")
    waiting.update(due_at=Now(), not_after=None)
    delivery.send_due()
    return [parsed(message.message().as_bytes(linesep="\r\n")) for message in mail.outbox]


def parsed(wire: bytes) -> EmailMessage:
    """Read a mail strictly; a defect in it fails the test."""
    policy = email.policy.SMTP.clone(raise_on_defect=True)
    return email.message_from_bytes(wire, policy=policy)


def one(found: Booking, kind: str) -> EmailMessage:
    """Send the one mail of a kind."""
    [letter] = sent(found, kind=kind)
    return letter


def part(letter: EmailMessage, kind: str) -> EmailMessage:
    """The one part of a content type."""
    [only] = [piece for piece in letter.walk() if piece.get_content_type() == kind]
    return only


def text_of(letter: EmailMessage, kind: str = "text/plain") -> str:
    """A part's words, with the breaks that keep a date together read as plain spaces."""
    content: bytes = part(letter, kind).get_payload(decode=True)  # type: ignore[assignment]
    text = as_shown(content.decode()) if kind == "text/html" else content.decode()
    return text.replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")


def calendar_of(letter: EmailMessage) -> bytes:
    """The calendar part, decoded."""
    return cast("bytes", part(letter, "text/calendar").get_payload(decode=True))


def event_of(ics: bytes) -> Any:  # its values have thirty types
    """The one event of the one calendar."""
    [calendar] = Calendar.from_ical(ics, multiple=True)
    [event] = calendar.walk("VEVENT")
    return event


def unfolded(ics: bytes) -> list[str]:
    """The content lines."""
    return ics.decode().replace("\r\n ", "").split("\r\n")


def remind(found: Booking, hours: int = 24) -> None:
    """Queue a reminder, whatever the time."""
    manage = private_links.booking_link(found, found.created_at)
    stop = private_links.reminders_link(found, found.created_at)
    queue(
        [letters.reminder(found, hours, *private_links.store([manage, stop]), now=found.created_at)]
    )
