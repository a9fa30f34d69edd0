"""What is done once a day, so that nothing personal is kept longer than it serves."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from bookings.models import Hold
from clients import limits


@shared_task(name="bookings.tasks.housekeeping")
def housekeeping() -> None:
    """Forget drafts of sessions that ended, times no longer held, and who tried how often."""
    call_command("clearsessions")
    Hold.objects.ended(timezone.now()).delete()
    limits.forget_old()
