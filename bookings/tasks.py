"""What Celery executes: a sweep of the mail each minute, and what is done once a day."""

from datetime import timedelta

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from bookings import lifecycle
from bookings.models import Hold, PendingBooking
from bookings.notices import link_requests, reminders, reset_requests
from clients import rate_limits
from clients.models import AccessLink, LinkRequest, MergedCard, NewAddress
from outbox.models import Sweep
from pictures import housekeeping as picture_housekeeping
from staff import housekeeping as staff_housekeeping


@shared_task(name="bookings.tasks.sweep")
def sweep() -> int:
    """Do what is due: answer who asked for links, let go, remind of what is near, send the rest."""
    link_requests.answer()
    reset_requests.answer()
    lifecycle.sweep_repeats()
    return reminders.sweep(Sweep.By.WORKER)


@shared_task(name="bookings.tasks.housekeeping")
def housekeeping() -> None:
    """Forget what no longer serves: what ended, what lapsed, who asked, tried or signed in."""
    call_command("clearsessions")
    now = timezone.now()
    Hold.objects.ended(now).delete()
    AccessLink.objects.filter(ends_at__lt=now - timedelta(days=30)).delete()
    PendingBooking.objects.outlived(now).delete()
    NewAddress.objects.outlived(now).delete()
    MergedCard.objects.outlived(now).delete()
    LinkRequest.objects.filter(asked_at__lt=now - timedelta(days=1)).delete()
    rate_limits.forget_old()
    staff_housekeeping.forget_old(now)
    picture_housekeeping.forget_unused(now)
