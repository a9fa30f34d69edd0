"""Whether more new bookings come than a practice's day can mean.

A stranger may fill the diary with made-up names, from as many addresses as they like. Whoever is
new is then asked to open a mail before their booking stands, and it makes no difference whose
address they type.
"""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from availability.models import Practice
from bookings.models import Booking

DAY = timedelta(days=1)
# What is usual is reckoned over four weeks before the last day: a storm doesn't make itself usual.
USUAL_DAYS = 28
# A day on which nobody asks is usual for a small practice, and three on one day are no storm.
FEWEST_USUAL = 3
TIMES_USUAL = 3


def asks_for_proof(practice: Practice, now: datetime) -> bool:
    """Whether somebody new has to open a mailed link before their booking stands. One query.

    What counts came in the last 24 hours and nobody has confirmed it, be it cancelled since or not.
    """
    since, until = now - DAY * (USUAL_DAYS + 1), now - DAY
    made = Booking.objects.filter(therapist__practice=practice, created_at__gt=since)
    lately = Q(created_at__gt=until, proven_at=None)
    before = Q(created_at__lte=until, proven_at__isnull=False)
    found = made.consultations().aggregate(
        lately=Count("pk", filter=lately), before=Count("pk", filter=before)
    )
    return bool(found["lately"] >= most_a_day(practice, found["before"]))


def most_a_day(practice: Practice, before: int) -> int:
    """Return how many may come unproven: the setting's, or three times the usual day's.

    The usual day is the average of the first meetings that were made and confirmed in four weeks,
    rounded up. The factor is that of all limits, for load tests.
    """
    usual = max(FEWEST_USUAL, math.ceil(before / USUAL_DAYS))
    most = practice.unproven_most or TIMES_USUAL * usual
    return max(1, round(most * settings.RATE_LIMIT_FACTOR))
