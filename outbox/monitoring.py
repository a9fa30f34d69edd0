"""Whether mail is being looked after: one small question, by the database's clock."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, Subquery
from django.db.models.functions import Now

from outbox.models import OutgoingMail, OutgoingMailQuerySet, Sweep

# Sweeps are a minute apart: after so long it is no chance that none came.
SILENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Watch:
    """What there is to say of the outbox.

    `silences`: how long ago each that ever looked did so last. `late` and `stuck`: how long the
    oldest late or stuck mail has waited, None where there is none. `failed`: whether mail was
    given up lately. Of an outbox that nobody ever looked through, nothing but that is said.
    """

    silences: dict[str, timedelta]
    late: timedelta | None = None
    stuck: timedelta | None = None
    failed: bool = False

    @property
    def silence(self) -> timedelta | None:
        """How long ago anybody looked."""
        return min(self.silences.values(), default=None)

    @property
    def is_unattended(self) -> bool:
        """Whether nobody looks any more."""
        return self.silence is None or self.silence > SILENT

    @property
    def is_half_attended(self) -> bool:
        """Whether one of those that looked has gone quiet, be the other still at it."""
        return any(silence > SILENT for silence in self.silences.values())


def look() -> Watch:
    """Ask how the mail fares. The answer on mail stands in each row: one question, not four."""
    mail = OutgoingMail.objects.order_by()
    rows = Sweep.objects.values_list(
        "by",
        Now() - F("at"),
        _oldest(mail.late()),
        _oldest(mail.stuck()),
        Exists(mail.failed_lately()),
    )
    silences: dict[str, timedelta] = {}
    told: tuple[timedelta | None, timedelta | None, bool] = None, None, False
    for by, silence, *found in rows:
        silences[by] = silence
        told = found[0], found[1], found[2]
    return Watch(silences, *told)


def _oldest(mails: OutgoingMailQuerySet) -> Subquery:
    waited = mails.order_by("since").annotate(waited=Now() - F("since"))
    return Subquery(waited.values("waited")[:1])
