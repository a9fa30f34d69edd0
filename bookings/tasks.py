"""What Celery executes: a sweep of the mail each minute, and what is done once a day."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from bookings import reminders
from bookings.models import Hold
from clients import limits
from outbox.models import Sweep


@shared_task(name="bookings.tasks.sweep")
def sweep() -> int:
    """Remind of what is near, and send whatever is due."""
    return reminders.sweep(Sweep.By.WORKER)


@shared_task(name="bookings.tasks.housekeeping")
def housekeeping() -> None:
    """Forget what no longer serves: drafts of ended sessions, old holds, who tried how often."""
    call_command("clearsessions")
    Hold.objects.ended(timezone.now()).delete()
    limits.forget_old()
