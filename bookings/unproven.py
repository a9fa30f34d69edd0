"""Whether more new bookings come than a practice's day can mean.

A stranger may fill the diary with made-up names, from as many addresses as they like. Whoever is
new is then asked to open a mail before their booking stands, and it makes no difference whose
address they type.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from availability.models import Practice, Service

DAY = timedelta(days=1)
# What is usual is reckoned over four weeks before the last day: a storm doesn't make itself usual.
USUAL_DAYS = 28
# A day on which nobody asks is usual for a small practice, and three on one day are no storm.
FEWEST_USUAL = 3
TIMES_USUAL = 3
# By hand: it is asked before each booking, and making the question took longer than its answer.
_MADE = """
SELECT count(*) FILTER (WHERE b.created_at > %(until)s AND b.proven_at IS NULL),
    count(*) FILTER (WHERE b.created_at <= %(until)s AND b.proven_at IS NOT NULL)
FROM bookings_booking b
JOIN availability_service s ON s.id = b.service_id AND s.audience = %(new)s
JOIN availability_therapist t ON t.id = b.therapist_id AND t.practice_id = %(practice)s
WHERE b.created_at > %(since)s
"""


def asks_for_proof(practice: Practice, now: datetime) -> bool:
    """Whether somebody new has to open a mailed link before their booking stands. One query.

    What counts came in the last 24 hours and nobody has confirmed it, be it cancelled since or not.
    """
    since, until = now - DAY * (USUAL_DAYS + 1), now - DAY
    facts: dict[str, Any] = {"since": since, "until": until}
    facts |= {"practice": practice.pk, "new": Service.Audience.NEW}
    with connection.cursor() as cursor:
        cursor.execute(_MADE, facts)
        lately, before = cursor.fetchone()
    return bool(lately >= most_a_day(practice, before))


def most_a_day(practice: Practice, before: int) -> int:
    """Return how many may come unproven: the setting's, or three times the usual day's.

    The usual day is the average of the first meetings that were made and confirmed in four weeks,
    rounded up. The factor is that of all limits, for load tests.
    """
    usual = max(FEWEST_USUAL, math.ceil(before / USUAL_DAYS))
    most = practice.unproven_most or TIMES_USUAL * usual
    return max(1, round(most * settings.RATE_LIMIT_FACTOR))
