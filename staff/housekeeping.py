"""What is forgotten once a day of those who work here; security events stay."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings

from staff import devices, factors, sessions
from staff.models import ResetRequest

UNANSWERED_FOR = timedelta(days=1)


def forget_old(now: datetime) -> None:
    """Delete sessions that are over, browsers unused for a year, and who guessed long ago.

    And seal what a release before kept plainly, now that none of its processes runs any more.
    """
    factors.seal_keys()
    sessions.forget_old(now)
    devices.forget_old(now)
    ResetRequest.objects.filter(asked_at__lt=now - UNANSWERED_FOR).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
