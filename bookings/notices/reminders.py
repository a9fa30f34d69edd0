"""Reminders, decided when they are sent: from the booking as it stands, by the database's clock.

Nothing is stored ahead. Each sweep looks for meetings whose moment to be reminded of has come, and
queues their mail under a key that names booking, sequence and hours: the same reminder can't be
queued twice, however many sweeps run at once or however the clock is set.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.template.defaultfilters import pluralize
from django.utils.text import get_text_list

from bookings.models import Booking
from bookings.notices import keys, letters, private_links, questions
from outbox import delivery
from outbox.models import OutgoingMail, Sweep
from outbox.queue import queue, withdraw

log = logging.getLogger(__name__)

BATCH = 100
# Whether somebody mustn't be reached now (`SafeContact.is_quiet`): a reminder waits until they may.
# One whose meeting begins before that never leaves: it is of less use than their safety.
_CLOCK = "(statement_timestamp() AT TIME ZONE 'Europe/London')::time"
IN_QUIET_HOURS = f"""coalesce(
    CASE WHEN c.quiet_from < c.quiet_until
        THEN {_CLOCK} >= c.quiet_from AND {_CLOCK} < c.quiet_until
        ELSE {_CLOCK} >= c.quiet_from OR {_CLOCK} < c.quiet_until END,
    false)"""
# A meeting and how many hours before it one reminds. Of several moments that have come the last
# one counts: after an outage nobody is reminded twice at once. A moment counts only if it came
# after all that might speak against it: the time was agreed inside it, the client or the practice
# asked for reminders later. Whoever was asked to move it before then, and hasn't, is reminded of
# that instead. The row's lock keeps the booking as it stands: whoever cancels or moves it waits,
# then takes the reminder back; what somebody changes just now is for the next sweep.
DUE = f"""
SELECT b.id, due.hours, lower(b.during), statement_timestamp()
FROM bookings_booking b
JOIN availability_therapist t ON t.id = b.therapist_id
JOIN availability_practice p ON p.id = t.practice_id
JOIN clients_client c ON c.id = b.client_id
CROSS JOIN LATERAL (
    SELECT hours, lower(b.during) - hours * interval '1 hour' AS moment
    FROM unnest(p.reminder_hours) AS hours
    WHERE lower(b.during) - hours * interval '1 hour' <= statement_timestamp()
    ORDER BY hours LIMIT 1
) AS due
WHERE b.status <> 'cancelled' AND b.reminds
    AND (lower(b.during), b.id) > (%s, %s)
    AND lower(b.during) > statement_timestamp()
    AND lower(b.during) <= statement_timestamp()
        + (SELECT max(h) FROM availability_practice, unnest(reminder_hours) h) * interval '1 hour'
    AND due.moment > greatest(
        b.changed_at, b.asked_at, b.reminds_from, p.reminders_from, c.reminders_from
    )
    AND c.reminders_from IS NOT NULL AND c.may_email AND c.email <> ''
    AND NOT {IN_QUIET_HOURS}
    AND NOT EXISTS (
        SELECT FROM outbox_outgoingmail
        WHERE key = {keys.REMINDER_KEY}
    )
ORDER BY lower(b.during), b.id
LIMIT %s
FOR NO KEY UPDATE OF b SKIP LOCKED
"""  # noqa: S608, words of our own


def sweep(by: Sweep.By) -> int:
    """Queue the reminders that are due, then send all mail that is; return how many left."""
    try:
        queue_due()
    except Exception:  # whatever is wrong with one reminder, the other mail must leave
        log.exception("the reminders that are due could not be queued")
    return delivery.sweep(by)


def queue_due() -> int:
    """Queue the mail of every reminder whose moment has come; return how many."""
    _take_back_unwanted()
    return sum(_batches())


def _batches() -> Iterator[int]:
    """Go through the meetings to come once, by start, a transaction for each batch."""
    last: tuple[datetime | str, int] = ("-infinity", 0)
    found: Sequence[Due] = ()
    while not found or len(found) == BATCH:
        with transaction.atomic():
            found = _due(last)
            if not found:
                return
            yield _queue(found)
        last = found[-1].start, found[-1].booking


class Due(NamedTuple):
    """A meeting to remind of: by how many hours before, and the database's clock."""

    booking: int
    hours: int
    start: datetime
    now: datetime


def _due(after: tuple[datetime | str, int]) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, (*after, BATCH))
        return [Due(*row) for row in cursor.fetchall()]


def _queue(found: Sequence[Due]) -> int:
    """Write the mails, each with private links of its own; what still waits of older ones goes."""
    # What the client confided is not read: a note that no key opens stops no reminder.
    bookings = Booking.objects.whole().defer("note").in_bulk([one.booking for one in found])
    written, minted = [], []
    for one in found:
        booking = bookings[one.booking]
        manage = private_links.booking_link(booking, one.now)
        stop = private_links.reminders_link(booking, one.now)
        write = questions.reminder if booking.is_asked_to_move else letters.reminder
        written.append(write(booking, one.hours, manage[1], stop[1], now=one.now))
        minted += [manage, stop]
    withdraw(*(letter.about for letter in written), kind=keys.REMINDER)
    private_links.store(minted)
    queue(written)
    return len(written)


def _take_back_unwanted() -> None:
    """Take back what waits for whoever switched reminders off meanwhile, or may not be mailed."""
    waiting = OutgoingMail.objects.unsent().filter(kind=keys.REMINDER)
    uids = [keys.booking_of(about) for about in waiting.values_list("about", flat=True)]
    if uids:
        not_wanted = Q(client__reminders_from=None) | Q(reminds=False)
        unsafe = Q(client__may_email=False)
        unwanted = Booking.objects.filter(not_wanted | unsafe, uid__in=uids)
        abouts = map(keys.about_booking, unwanted.values_list("uid", flat=True))
        withdraw(*abouts, kind=keys.REMINDER)


def words(booking: Booking, now: datetime, *, alone: bool = False) -> str:
    """Say how long before it begins the client will yet be reminded: "24 hours and 2 hours".

    Of the booking `alone`, whatever its client has chosen for all.
    """
    lengths = [f"{hours} hour{pluralize(hours)}" for hours in to_come(booking, now, alone=alone)]
    return get_text_list(lengths, "and")


def are_wanted(booking: Booking, *, alone: bool = False) -> bool:
    """Whether its reminders are to be sent; `alone` as for `words`."""
    is_reached = bool(booking.client.email)
    return is_reached and booking.reminds and (alone or booking.client.wants_reminders)


def to_come(booking: Booking, now: datetime, *, alone: bool = False) -> list[int]:
    """Return how many hours before it begins the client will yet be reminded, most first."""
    practice = booking.therapist.practice
    if not are_wanted(booking, alone=alone) or booking.is_asked_to_move:
        return []
    if not (alone or booking.client.may_email):
        return []
    moments = [practice.reminders_from, booking.changed_at, booking.reminds_from]
    if not alone:
        moments.append(booking.client.reminders_from)
    since = max(now, *filter(None, moments))
    return [
        hours for hours in practice.reminder_hours if booking.start - timedelta(hours=hours) > since
    ]
