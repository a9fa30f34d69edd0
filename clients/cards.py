"""The card of whoever books whom we don't know."""

from datetime import datetime
from typing import Any

from clients.models import Client
from prose.cleaning import same_mailbox

# By hand: each booking of somebody whom we don't know asks it. The mailbox narrows it down by an
# index; this very address comes first, then the proven, as in `Client.objects.reading`.
_THEIRS = """
FROM clients_client
WHERE mailbox = %(mailbox)s AND (upper(email) = upper(%(email)s)
    OR NOT %(exactly)s AND proven_at IS NOT NULL)
ORDER BY upper(email) <> upper(%(email)s), proven_at NULLS LAST, id
LIMIT 1
"""
# A new card; where there is one, or somebody else is making it now, this does nothing. Then the
# card, held until the transaction ends.
_CARD = f"""
INSERT INTO clients_client (name, phone, email, mailbox, reminders_from, created_at)
VALUES (%(name)s, %(phone)s, coalesce((SELECT email {_THEIRS}), %(email)s), %(mailbox)s,
    %(now)s, %(now)s)
ON CONFLICT DO NOTHING;
SELECT * {_THEIRS} FOR UPDATE
"""  # noqa: S608, our own words


def card_for(name: str, email: str, phone: str, now: datetime, *, exactly: bool = False) -> Client:
    """Return the card of this mailbox, or else a new one that is marked unproven.

    A card that is there stays as it is: what was typed is somebody's word. Another spelling of the
    mailbox finds a proven card only, and none where it is to be `exactly` this address: whoever
    opened a mail to one spelling hasn't opened one to the other.

    The same two statements whether there is a card or not, so that the time says nothing.
    """
    facts: dict[str, Any] = {
        "name": name,
        "phone": phone,
        "email": email,
        "mailbox": same_mailbox(email),
        "exactly": exactly,
        "now": now,
    }
    held = next(iter(Client.objects.raw(_CARD, facts)), None)
    # Where its address was corrected while we waited, this one has no card, or a new one.
    return held or card_for(name, email, phone, now, exactly=exactly)


def card_without_address(name: str, phone: str, now: datetime) -> Client:
    """Return a new card for whom the practice knows by name alone.

    Always a new one: two people of one name are two people. It is as the practice says, so nothing
    of it waits for a mail to be opened.
    """
    return Client.objects.create(
        name=name, phone=phone, email="", proven_at=now, reminders_from=now, created_at=now
    )
