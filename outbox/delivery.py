"""Send what is due: at least once, never two senders on one mail, and an end the therapist sees.

A sender takes a lease in one short transaction, sends outside of any, then records what became
of it. Until the mail's turn comes it can be withdrawn. A sender that dies leaves its lease to run
out; the next sweep sends the mail again under the same Message-ID. All times are the database's,
so a sender's wrong clock does no harm.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from outbox import smtp_errors
from outbox.messages import SEALED, Bodies, written
from outbox.models import LONGEST_NAME, LONGEST_WAIT, OutgoingMail, OutgoingMailQuerySet, Sweep

log = logging.getLogger(__name__)

Fate = OutgoingMail.Fate
LEASE = timedelta(minutes=2)
BATCH = 20
# The two statements that every mail costs: it begins, and is read; it has left. They are written
# out: to have them put together anew each time, and to ask for the bodies apart, cost a mail 1.0 ms
# of processor time, of 2.6. `state || ''` keeps Postgres from finding the row by the index of what
# may leave: mostly it is empty, so that is what Postgres takes it for when thousands wait, and then
# it would read them all for each of them.
BEGIN = """
UPDATE outbox_outgoingmail
SET state = 'sending', lease_until = statement_timestamp() + make_interval(secs => %s)
WHERE id = %s AND state || '' = 'pending' AND attempts = %s
    AND (not_after IS NULL OR not_after > statement_timestamp())
RETURNING text, html, unsubscribe_url
"""
SENT = """
UPDATE outbox_outgoingmail
SET state = 'sent', sent_at = statement_timestamp(), provider_id = %s,
    last_error = '', failing_since = NULL, lease_until = NULL
WHERE id = %s AND state || '' = 'sending' AND attempts = %s
"""
# Waits of 1, 2, 4 … minutes, at most 2 hours: about a day in all, then a person must look.
MOST_ATTEMPTS = 18


def send_due(about: str = "") -> int:
    """Send all that is due (of one subject, when given); return how many left."""
    return sum(sum(_deliver_all(mails)) for mails in _claims(about))


def sweep(by: Sweep.By) -> int:
    """Send all that is due, retire what is too late, and leave word who looked; return how many.

    The word follows each claim, the last and empty one too: it says that the outbox can be read,
    and it stays fresh while a long batch leaves.
    """
    _retire()
    sent = 0
    for mails in _claims():
        word = Sweep(by=by, at=Now())
        Sweep.objects.bulk_create(
            [word], update_conflicts=True, unique_fields=["by"], update_fields=["at"]
        )
        sent += sum(_deliver_all(mails))
    return sent


def _retire() -> None:
    """Mark what is worthless by now. What another sweep is marking is skipped, not waited for."""
    late = OutgoingMail.objects.too_late().select_for_update(skip_locked=True)
    with transaction.atomic():
        _expire(OutgoingMail.objects.filter(pk__in=late.values("pk")))


def _expire(mails: QuerySet[OutgoingMail]) -> None:
    mails.update(state=OutgoingMail.State.EXPIRED, lease_until=None)


def _claims(about: str = "") -> Iterator[list[OutgoingMail]]:
    """Claim batch after batch; the last one is empty."""
    while mails := claim(about):
        yield mails
    yield []


def claim(about: str = "") -> list[OutgoingMail]:
    """Lease up to a batch of mails that are due, of one subject or of all, and return them.

    Rows that another sender holds are skipped, not waited for.
    """
    all_due = OutgoingMail.objects.due()
    due = all_due.filter(about=about) if about else all_due
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True).order_by("due_at")
        keys = list(locked.values_list("pk", flat=True)[:BATCH])
        claimed = OutgoingMail.objects.filter(pk__in=keys)
        claimed.update(
            state=OutgoingMail.State.PENDING,
            attempts=F("attempts") + 1,
            lease_until=Now() + LEASE,
        )
        # The bodies stay sealed until their turn: one that no key opens must not stop the rest.
        return list(claimed.defer(*SEALED).order_by("due_at"))


def _deliver_all(mails: list[OutgoingMail]) -> Iterator[bool]:
    if not mails:
        return
    server = get_connection()
    try:
        for mail in mails:
            yield _deliver(mail, server)
    finally:
        server.close()


def _deliver(mail: OutgoingMail, server: BaseEmailBackend) -> bool:
    """Send one leased mail. No exception passes: one bad address must not hold up the others."""
    bodies = _begin(mail)
    if bodies is None:
        return False
    try:
        messages = written(mail, bodies)
        server.open()  # once for a batch: send_messages() closes what it had to open itself
        server.send_messages(messages)
    except Exception as error:  # noqa: BLE001, whatever a mail server or a socket raises
        server.close()
        _record_failure(mail, error)
        return False
    with connection.cursor() as cursor:
        cursor.execute(SENT, (_provider_id(messages[0]), mail.pk, mail.attempts))
    return True


def _ours(mail: OutgoingMail, state: OutgoingMail.State) -> OutgoingMailQuerySet:
    """The row, if nobody took it over: each lease raises `attempts`, so the pair names ours."""
    # Without case, so that the row is found by its number: see BEGIN.
    return OutgoingMail.objects.filter(pk=mail.pk, state__iexact=state, attempts=mail.attempts)


def _begin(mail: OutgoingMail) -> Bodies | None:
    """Say that it leaves now, with a fresh lease, and read it; None if it may not leave any more.

    The mails before it in the batch may have been slow: meanwhile it may have been withdrawn, or
    have become worthless; then it is retired.
    """
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, (LEASE.total_seconds(), mail.pk, mail.attempts))
        row = cursor.fetchone()
    if row:
        return Bodies(*row)
    _expire(_ours(mail, OutgoingMail.State.PENDING).filter(not_after__lte=Now()))
    return None


def _provider_id(message: EmailMultiAlternatives) -> str:
    """What a provider calls the mail that it took: by that it tells what became of it."""
    status = getattr(message, "anymail_status", None)
    return str(status.message_id)[:LONGEST_NAME] if status else ""


def _record_failure(mail: OutgoingMail, error: Exception) -> None:
    """Wait longer each time; in the end leave the mail where the therapist sees it.

    That is after the last try, or at once where the address takes no mail.
    """
    log.warning("mail %s, attempt %s: %s", mail.pk, mail.attempts, type(error).__name__)
    refusal = smtp_errors.read(error)
    over = refusal.is_final or mail.attempts >= MOST_ATTEMPTS
    wait = min(timedelta(minutes=2 ** (mail.attempts - 1)), LONGEST_WAIT)
    _ours(mail, OutgoingMail.State.SENDING).update(
        state=OutgoingMail.State.FAILED if over else OutgoingMail.State.PENDING,
        due_at=Now() + wait,
        failing_since=Coalesce("failing_since", Now()),
        lease_until=None,
        last_error=refusal.said,
        **(_came_back(refusal.words) if over and refusal.of_address else {}),
    )


def _came_back(reason: str) -> dict[str, Any]:
    return {"fate": Fate.BOUNCED, "fate_at": Now(), "fate_reason": reason}


def send_again(mails: QuerySet[OutgoingMail]) -> int:
    """Put mail that failed or came back in line again, due at once; return how many.

    What has become worthless is left. What was told of its fate before is forgotten: it is news
    only if it comes again.
    """
    failed = Q(state=OutgoingMail.State.FAILED) | Q(
        state=OutgoingMail.State.SENT, fate=Fate.BOUNCED
    )
    return (
        OutgoingMail.objects.of_use()
        .filter(failed, pk__in=mails.values("pk"))
        .update(
            state=OutgoingMail.State.PENDING,
            attempts=0,
            due_at=Now(),
            sent_at=None,
            failing_since=None,
            last_error="",
            fate="",
            fate_at=None,
            fate_reason="",
        )
    )
