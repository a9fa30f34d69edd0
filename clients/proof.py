"""A mailbox is proven: by a press on what its mail's link opens, or the therapist vouches for it.

Until then a card is only what somebody typed who may be anybody.
"""

from datetime import datetime

from django.db.models import F, Value

from clients.models import Client, Consent, PrivacyNotice


def prove(client: Client, now: datetime, *, name: str = "", phone: str = "") -> bool:
    """Mark a card as proven, with the name and phone that its owner typed; False if it was before.

    A proven card keeps what it says: one condition in the statement, so that of two links opened
    at once one decides.
    """
    unproven = Client.objects.filter(pk=client.pk, proven_at=None)
    return not client.is_proven and bool(
        unproven.update(
            proven_at=now,
            name=Value(name) if name else F("name"),
            phone=Value(phone) if phone else F("phone"),
        )
    )


def rewrite(client: Client, *, name: str, phone: str) -> None:
    """Put on the card what the therapist says is right."""
    Client.objects.filter(pk=client.pk).update(name=name, phone=phone)


def count_consent(client: Client, notice: PrivacyNotice | None, given_at: datetime) -> None:
    """Keep that the mailbox's owner agreed, and when; nothing where they weren't asked."""
    if notice is not None:
        Consent.objects.create(client=client, notice=notice, given_at=given_at)
