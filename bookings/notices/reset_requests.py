"""Answering who forgot their password: by a worker, so that no answer of the page tells who is who.

The page writes down the address that was typed, whoever's it is.
"""

from datetime import datetime

from celery import shared_task
from django.contrib.auth.models import User
from django.db.models import Q

from availability.models import Practice
from bookings.notices.answer_requests import answer_all
from bookings.notices.staff_letters import reset_password
from outbox import wake
from outbox.queue import queue
from outbox.tasks import send_on_commit
from staff.models import ResetRequest
from staff.security_events import about_user


def ask(email: str, now: datetime) -> None:
    """Write down that somebody asked for a new password for this address; ring for a worker."""
    ResetRequest.objects.create(email=email, asked_at=now)
    wake.ring_on_commit(answer)


@shared_task(name="bookings.resets.answer")
def answer() -> int:
    """Answer all who asked, each once however many workers look; return how many."""
    return answer_all(ResetRequest, "a new password", _send)


def _send(email: str, now: datetime) -> None:
    """Mail a link to each person of this address who may sign in; nobody else hears of it."""
    mine = Q(email__iexact=email) | Q(email="", therapist__email__iexact=email)
    for user in User.objects.filter(mine, is_active=True, is_staff=True):
        queue([reset_password(user, Practice.objects.first(), email, now)])
        send_on_commit(about_user(user.pk))
