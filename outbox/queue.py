"""Put mail into the outbox, and take it back: call both in the transaction they belong to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from outbox.models import OutgoingMail


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished mail. `key` names the notice once and for ever: `<uid>:<sequence>:confirmation`.

    `sender` is a whole From header; `invite` the text of the calendar part, `invite_method` its
    iTIP method; `due_at` when it may leave; `not_after` from when on it is worthless.
    """

    key: str
    about: str
    kind: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    due_at: datetime
    invite: str = ""
    invite_method: str = ""
    not_after: datetime | None = None


def queue(letters: Sequence[Letter]) -> None:
    """Store the letters. A key that is there already stays as it is: queueing twice is harmless."""
    rows = [_row(letter) for letter in letters]
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)


def _row(letter: Letter) -> OutgoingMail:
    domain = letter.sender.rpartition("@")[2].rstrip("> ")
    return OutgoingMail(
        key=letter.key,
        about=letter.about,
        kind=letter.kind,
        to=letter.to,
        sender=letter.sender,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        invite=letter.invite,
        invite_method=letter.invite_method,
        due_at=letter.due_at,
        not_after=letter.not_after,
        # Fixed per row: a mail sent twice by a sender that died in between is one in the inbox.
        message_id=f"<{uuid.uuid4()}@{domain}>",
    )


def withdraw(about: str) -> int:
    """Take back what is not leaving this moment; return how many.

    What a sender died over may have left; it is taken back all the same, so it can't leave again.
    """
    return (
        OutgoingMail.objects.filter(about=about).unsent().update(state=OutgoingMail.State.WITHDRAWN)
    )
