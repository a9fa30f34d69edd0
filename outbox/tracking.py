"""What became of a mail after it left: whoever learns it tells it here."""

from datetime import datetime

from django.db.models import Q, Value
from django.db.models.functions import Least, Now

from outbox.models import OutgoingMail

Fate = OutgoingMail.Fate
# The later in this row has the last word, in whatever order they are told: a server may take a
# mail in and send it back, and only who got a mail can complain of it.
ORDER = ("", Fate.DELIVERED, Fate.BOUNCED, Fate.COMPLAINED)
LONGEST_REASON = 300


def tell(name: str, to: str, fate: Fate, reason: str = "", at: datetime | None = None) -> bool:
    """Record what became of the mail that we or its provider call `name`; say whether it is news.

    A mail that is not known, or went to somebody else, is passed over, and so is what was told
    before. A moment to come, by somebody's wrong clock, counts as now.
    """
    if not name:
        return False
    mails = OutgoingMail.objects.filter(Q(message_id=name) | Q(provider_id=name), to__iexact=to)
    return bool(
        mails.filter(fate__in=ORDER[: ORDER.index(fate)]).update(
            fate=fate,
            fate_at=Least(Value(at), Now()) if at else Now(),
            fate_reason=_one_line(reason),
        )
    )


def _one_line(text: str) -> str:
    """Return what a foreign server wrote as a short line that can be stored and shown."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:LONGEST_REASON]
