"""A mailbox is proven: by a press on what its mail's link opens, or the therapist vouches for it.

Until then a card is only what somebody typed who may be anybody.
"""

from datetime import datetime

from django.contrib.auth.models import User
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


def count_consent(
    client: Client,
    notice: PrivacyNotice | None,
    given_at: datetime,
    how: Consent.How = Consent.How.ONLINE,
    told_by: User | None = None,
) -> None:
    """Keep that the mailbox's owner agreed, when and how; nothing where they weren't asked.

    Of what was told by phone it says who told them.
    """
    if notice is not None:
        Consent.objects.create(
            client=client, notice=notice, given_at=given_at, how=how, told_by=told_by
        )


def notice_to_show(client: Client) -> PrivacyNotice | None:
    """Return the words that they have yet to see: today's, if nothing says that they saw any."""
    return None if client.consents.exists() else PrivacyNotice.objects.current()


def show_notice(client: Client, version: str, now: datetime) -> None:
    """Keep that a page of theirs showed them the words of this version; nothing if it is none."""
    notice = PrivacyNotice.objects.filter(version=version).first() if version.isdecimal() else None
    count_consent(client, notice, now, Consent.How.LINK)
