"""The card of whoever books whom we don't know."""

from datetime import datetime

from django.db.models import Q

from clients.models import Client
from prose.cleaning import same_mailbox


def card_for(name: str, email: str, phone: str, now: datetime, *, exactly: bool = False) -> Client:
    """Return the card of this mailbox, or else a new one that is marked unproven.

    A card that is there stays as it is: what was typed is somebody's word. Another spelling of the
    mailbox finds a proven card only, and none where it is to be `exactly` this address: whoever
    opened a mail to one spelling hasn't opened one to the other.

    The same three statements whether there is a card or not, so that the time says nothing.
    """
    cards = Client.objects.at(email)
    if not exactly:
        cards = Client.objects.reading(email).filter(
            Q(email__iexact=email) | Q(proven_at__isnull=False)
        )
    found = cards.first()
    address = found.email if found else email
    fresh = Client(
        name=name,
        phone=phone,
        email=address,
        mailbox=same_mailbox(address),
        reminders_from=now,
        created_at=now,
    )
    # Where there is a card, or somebody else is making it now, this does nothing.
    Client.objects.bulk_create([fresh], ignore_conflicts=True)
    held = Client.objects.at(address).select_for_update().first()
    # Where its address was corrected while we waited, this one has no card, or a new one.
    return held or card_for(name, email, phone, now, exactly=exactly)
