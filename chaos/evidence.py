"""What the database and the mail server have to say, once the storm is over."""

import json
from pathlib import Path

from django.db import connection

from bookings.models import Booking
from chaos.truth import Kept, Mail, Note
from outbox.models import OutgoingMail
from prose.dates import slot_value

PAIRS = """
SELECT count(*) FROM (SELECT %s * interval '1 minute' AS gap) AS least
JOIN bookings_booking a ON true JOIN bookings_booking b
    ON a.id < b.id AND a.therapist_id = b.therapist_id
    AND a.during && tstzrange(lower(b.during) - gap, upper(b.during) + gap)
WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'
"""


def overlaps(gap: int = 0) -> int:
    """Count the pairs of bookings of one therapist that stand with fewer minutes between."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [gap])
        return int(cursor.fetchone()[0])


def bookings() -> dict[str, Kept]:
    """Return every booking, by its uid."""
    return {
        str(one.uid): Kept(slot_value(one.start), one.is_cancelled, one.sequence)
        for one in Booking.objects.all()
    }


def mails() -> list[Mail]:
    """Return every mail that was ever queued."""
    rows = OutgoingMail.objects.values_list("key", "message_id", "state")
    return [Mail(*row) for row in rows]


def notes(path: Path) -> list[Note]:
    """Return what the mail server wrote down."""
    return [Note(**json.loads(line)) for line in path.read_text().splitlines()]
