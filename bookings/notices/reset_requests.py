"""Answering who forgot their password: by a worker, so that no answer of the page tells who is who.

The page writes down the address that was typed, whoever's it is.
"""

import logging
from datetime import datetime

from celery import shared_task
from django.contrib.auth.models import User
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone

from availability.models import Practice
from bookings.notices.staff_letters import reset_password
from outbox import wake
from outbox.queue import queue
from outbox.tasks import send_on_commit
from staff.models import ResetRequest
from staff.security_events import about_user

log = logging.getLogger(__name__)


def ask(email: str, now: datetime) -> None:
    """Write down that somebody asked for a new password for this address; ring for a worker."""
    ResetRequest.objects.create(email=email, asked_at=now)
    wake.ring_on_commit(answer)


@shared_task(name="bookings.resets.answer")
def answer() -> int:
    """Answer all who asked, each once however many workers look; return how many."""
    try:
        asked = list(ResetRequest.objects.order_by("pk").values_list("pk", flat=True))
    except Error as error:  # what is due does not wait for this
        log.warning("who forgot a password could not be read: %s", type(error).__name__)
        return 0
    return sum(map(_answer, asked))


def _answer(pk: int) -> bool:
    """Answer one, and forget the address with it. No exception passes: the others wait behind."""
    try:
        with transaction.atomic():
            asked = ResetRequest.objects.filter(pk=pk).select_for_update(skip_locked=True).first()
            if asked is None:  # another worker's
                return False
            _send(asked.email, timezone.now())
            asked.delete()
    except Exception as error:  # noqa: BLE001, whatever is wrong with one row
        log.warning("password forgotten, request %s: %s", pk, type(error).__name__)
        return False
    return True


def _send(email: str, now: datetime) -> None:
    """Mail a link to each person of this address who may sign in; nobody else hears of it."""
    mine = Q(email__iexact=email) | Q(email="", therapist__email__iexact=email)
    for user in User.objects.filter(mine, is_active=True, is_staff=True):
        queue([reset_password(user, Practice.objects.first(), email, now)])
        send_on_commit(about_user(user.pk))
