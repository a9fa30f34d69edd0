"""Somebody has lost every second factor: they begin anew, on the word of who knows them."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from staff import devices, factors, sessions
from staff.models import SecurityEvent
from staff.security_events import about_user, write_down


def begin_anew(user: User, *, by: User | None, now: datetime) -> int:
    """Take their factors away, end their sessions and every trust; return how many sessions ended.

    Their password stays, and at the next sign-in new factors are set up. `by` is the owner who
    says so; None for whoever runs the server.
    """
    by_id = by.pk if by else None
    with transaction.atomic():
        factors.remove_all(user, by_id=by_id, now=now)
        devices.distrust(user.pk)
        ended = sessions.end_all(user.pk)
        kind = SecurityEvent.Kind.SESSIONS_ENDED
        write_down(kind, user_id=by_id, now=now, about=about_user(user.pk))
    return ended
