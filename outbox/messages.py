"""A row of the outbox as the messages that leave: one, or one for each entry of a calendar."""

import re
from collections.abc import Iterator
from email.encoders import encode_base64
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart, SafeMIMEText

from encryption.fields import column_of
from outbox.models import OutgoingMail

# One iCalendar object of a stream (RFC 5545, 3.4), and what it asks a calendar to do.
CALENDAR = re.compile(r"BEGIN:VCALENDAR\r\n.*?END:VCALENDAR\r\n", re.DOTALL)
METHOD = re.compile(r"^METHOD:(\w+)\r$", re.MULTILINE)
SEALED = ("text", "html", "unsubscribe_url")
_COLUMNS = [column_of(OutgoingMail, name) for name in SEALED]
# What stands in a message that is for a calendar, and not for its reader.
FOR_CALENDARS = """\
This email puts one more entry of your calendar right. There’s nothing in it to read: the email
“{}”, which came with it, says what has changed.
"""


class NoWordsError(Exception):
    """What a mail said was given up, as no key opened it: nothing is sent in its place."""

    def __str__(self) -> str:
        return "what it said was given up"


class Bodies(NamedTuple):
    """What a mail says, still sealed: one that no key opens must not stop the rest."""

    text: str
    html: str
    unsubscribe_url: str

    def opened(self, mail: OutgoingMail) -> "Bodies":
        """Return them readable. Raises `UndecipherableError`, and `NoWordsError`."""
        if not self.text:
            raise NoWordsError
        pairs = zip(_COLUMNS, self, strict=True)
        return Bodies(*(column.opened(mail, body) if body else body for column, body in pairs))


class _Message(EmailMultiAlternatives):
    """A mail whose calendar part is base64: its CRLFs then survive every relay."""

    def message(self) -> SafeMIMEText | SafeMIMEMultipart:
        whole: SafeMIMEText | SafeMIMEMultipart = super().message()
        for part in whole.walk():
            if part.get_content_type() == "text/calendar":
                # Django writes 8bit; encode_base64 reads the payload, so the old header goes first.
                del part["Content-Transfer-Encoding"]
                encode_base64(part)
        return whole


def written(mail: OutgoingMail, sealed: Bodies) -> list[EmailMultiAlternatives]:
    """Return what leaves. Raises `UndecipherableError`.

    Calendars act by themselves on one part of a message, which may speak of one event only (RFC
    5546, 3.2.2; RFC 6047, 2.4). So of a mail about several events the first goes with the words,
    and each other in a message of its own.
    """
    events = CALENDAR.findall(mail.invite)
    message = _message(mail, sealed.opened(mail))
    if events:
        _attach_invite(message, events[0], mail)
    return [message, *_others(mail, events[1:])]


def _others(mail: OutgoingMail, events: list[str]) -> Iterator[EmailMultiAlternatives]:
    """Yield the messages for the other events: the same ones whenever the row is sent again."""
    for number, event in enumerate(events, 2):
        headers = {**_headers(mail), "Message-ID": mail.message_id.replace("@", f".{number}@", 1)}
        subject, text = f"{mail.subject} ({number})", FOR_CALENDARS.format(mail.subject)
        answers = [mail.reply_to] if mail.reply_to else None
        message = _Message(subject, text, mail.sender, [mail.to], headers=headers, reply_to=answers)
        _attach_invite(message, event, mail)
        yield message


def _message(mail: OutgoingMail, bodies: Bodies) -> EmailMultiAlternatives:
    text, html, unsubscribe_url = bodies
    headers = {**_headers(mail), **_unsubscribe(unsubscribe_url)}
    answers = [mail.reply_to] if mail.reply_to else None
    message = _Message(
        mail.subject, text, mail.sender, [mail.to], headers=headers, reply_to=answers
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def _attach_invite(message: EmailMultiAlternatives, event: str, mail: OutgoingMail) -> None:
    """Add the calendar part, which says itself what is to be done, where the row doesn't."""
    method = mail.invite_method or "".join(METHOD.findall(event)[:1])
    # Django adds the charset itself: said here too, it would stand there twice.
    message.attach_alternative(event, f"text/calendar; method={method}")
    # The same bytes once more, for readers that show no calendar part (RFC 6047, 2.4).
    message.attach("appointment.ics", event.encode(), "application/ics")


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """What mail programs read. All mail about one thing answers one id, so it sits together."""
    domain = mail.message_id.rpartition("@")[2]
    thread = f"<{mail.about.replace(':', '-')}@{domain}"
    return {
        "Message-ID": mail.message_id,
        "In-Reply-To": thread,
        "References": thread,
        "Auto-Submitted": "auto-generated",
    }


def _unsubscribe(url: str) -> dict[str, str]:
    """Say that one POST, of exactly these words, stops mail of this kind (RFC 8058, 3.1)."""
    if not url:
        return {}
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
