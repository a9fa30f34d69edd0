"""What is written down about security: one row, and one line in the log, ids only."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from staff.models import SecurityEvent

logger = logging.getLogger(__name__)
LONGEST_DEVICE = 80


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in came from: a network address, and words like "Firefox on Windows"."""

    address: str = ""
    device: str = ""


UNTOLD = Origin()


def about_user(pk: int) -> str:
    """Return what an event about a person who works here says that it is about."""
    return f"user:{pk}"


def write_down(
    kind: SecurityEvent.Kind,
    *,
    user_id: int | None,
    now: datetime,
    about: str = "",
    origin: Origin = UNTOLD,
) -> SecurityEvent:
    """Keep that `user_id` (None: nobody who is signed in) did this, to what `about` names.

    The row stands or falls with the caller's transaction, and with it the line in the log, which
    says no address.
    """
    line = "security: %s by user %s about %s"
    transaction.on_commit(partial(logger.info, line, kind.value, user_id, about or "-"))
    return SecurityEvent.objects.create(
        at=now,
        kind=kind,
        user_id=user_id,
        about=about,
        address=origin.address,
        device=origin.device[:LONGEST_DEVICE],
    )
