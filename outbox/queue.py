"""Put mail into the outbox, and take it back: call both in the transaction they belong to."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Now

from encryption.fields import column_of
from outbox.models import OutgoingMail

AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished mail. `key` names the notice once and for ever: `<uid>:<sequence>:confirmation`.

    `sender` is a whole From header, `reply_to` where answers go if elsewhere; `invite` the text of
    the calendar part, `invite_method` its iTIP method; `wait` how long it stays before it may
    leave, by the database's clock, like all times of the outbox; `not_after` from when on it is
    worthless; `unsubscribe_url` where a POST stops mail of its kind (RFC 8058).
    """

    key: str
    about: str
    kind: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    invite: str = ""
    invite_method: str = ""
    reply_to: str = ""
    wait: timedelta = AT_ONCE
    not_after: datetime | None = None
    unsubscribe_url: str = ""


def queue(letters: Sequence[Letter]) -> None:
    """Store the letters. A key that is there already stays as it is: queueing twice is harmless.

    A letter to nobody is left out: whoever it is for has no address, or may not be written to, and
    the page of whoever wrote it says that nothing is mailed.
    """
    rows = [_row(letter) for letter in letters if letter.to]
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)


def _row(letter: Letter) -> OutgoingMail:
    domain = letter.sender.rpartition("@")[2].rstrip("> ")
    return OutgoingMail(
        key=letter.key,
        about=letter.about,
        kind=letter.kind,
        to=letter.to,
        sender=letter.sender,
        reply_to=letter.reply_to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        invite=letter.invite,
        invite_method=letter.invite_method,
        due_at=Now() + letter.wait,
        not_after=letter.not_after,
        unsubscribe_url=letter.unsubscribe_url,
        # Fixed per row: a mail sent twice by a sender that died in between is one in the inbox.
        message_id=f"<{uuid.uuid4()}@{domain}>",
    )


def replace_queued(keys: Sequence[str], letter: Letter) -> None:
    """Queue one letter in place of several that were queued in this very transaction."""
    OutgoingMail.objects.filter(key__in=keys).unsent().delete()
    queue([letter])


def withdraw_one(key: str) -> bool:
    """Take back the mail of this key; False if it has left or is leaving."""
    mail = OutgoingMail.objects.filter(key=key).unsent()
    return bool(mail.update(state=OutgoingMail.State.WITHDRAWN))


def revive(prefix: str, *, but: str, never: Collection[str] = ()) -> None:
    """Undo `withdraw` for mail whose keys begin so, of all kinds `but` one; `never` for these."""
    found = OutgoingMail.objects.filter(key__startswith=prefix)
    mine = found.exclude(kind=but).exclude(key__in=never)
    # What was leaving meanwhile may be tried again; a sweep may have retired it already.
    mine.may_leave().update(not_after=None)
    over = [OutgoingMail.State.WITHDRAWN, OutgoingMail.State.EXPIRED]
    mine.filter(state__in=over).update(
        state=OutgoingMail.State.PENDING, lease_until=None, not_after=None
    )


def readdress(*abouts: str, kinds: Collection[str], was: str, to: str) -> list[str]:
    """Send what nobody has tried to send yet to another address; return what these mails say.

    What was tried may have arrived, whatever the server answered: it stays as it is.
    """
    untouched = OutgoingMail.objects.filter(
        about__in=abouts, kind__in=kinds, to__iexact=was, attempts=0
    )
    # Locked: a sender who is choosing what to send skips them until the new address counts.
    mine = untouched.filter(state=OutgoingMail.State.PENDING).select_for_update()
    found = list(mine)
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in found]).update(to=to)
    return [mail.text for mail in found]


def withdraw(*abouts: str, kind: str = "", to: str = "") -> int:
    """Take back what is not leaving this moment, of one kind or of all; return how many.

    `to` narrows it to one address.

    What a sender died over may have left; it is taken back all the same, so it can't leave again.
    What is leaving can't be called back, but if that fails it is not tried again.
    """
    about = OutgoingMail.objects.filter(about__in=abouts)
    mine = about.filter(kind=kind) if kind else about
    mine = mine.filter(to__iexact=to) if to else mine
    taken_back = mine.unsent().update(state=OutgoingMail.State.WITHDRAWN)
    # In this order: what a sender has begun or given up in between is still found here.
    mine.may_leave().update(not_after=Now())
    return taken_back


def take_back(about: str, kind: str) -> None:
    """Withdraw the mails of one kind, also those that were given up.

    What is leaving counts as gone, so it is tried again like any other.
    """
    mine = OutgoingMail.objects.filter(about=about, kind=kind)
    mine.unsent().update(state=OutgoingMail.State.WITHDRAWN)
    given_up = mine.filter(state=OutgoingMail.State.FAILED)
    given_up.update(state=OutgoingMail.State.WITHDRAWN, attempts=0)


def queue_again(letter: Letter) -> None:
    """Queue a letter that may have been withdrawn before: then it waits anew, as it reads now.

    One that waits, leaves or has left stays as it is: under one key nothing is sent twice. One to
    nobody is left out, as by `queue`.
    """
    if not letter.to:
        return
    withdrawn = OutgoingMail.objects.filter(key=letter.key, state=OutgoingMail.State.WITHDRAWN)
    text, html = (column_of(OutgoingMail, name) for name in ("text", "html"))
    withdrawn.update(
        to=letter.to,
        sender=letter.sender,
        reply_to=letter.reply_to,
        subject=letter.subject,
        text=text.sealed(letter.text, letter.key),
        html=html.sealed(letter.html, letter.key),
        due_at=Now() + letter.wait,
        state=OutgoingMail.State.PENDING,
        # Whoever claimed it before it was withdrawn holds an older number, and leaves it alone.
        attempts=F("attempts") + 1,
        lease_until=None,
        last_error="",
        failing_since=None,
        fate="",
        fate_at=None,
        fate_reason="",
    )
    queue([letter])


def state_of(key: str) -> str:
    """Return where the mail of this key stands; empty if there is none."""
    return OutgoingMail.objects.filter(key=key).values_list("state", flat=True).first() or ""
