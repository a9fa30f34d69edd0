"""Who is whom: the password, after all that is asked before it is looked at."""

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from clients.rate_limits import allow
from desk.diary_admin import now_of
from desk.sign_in import device_cookie, looks
from desk.sign_in.limits import NOBODY, Refusal, Try, refuse, try_of
from staff.models import SecurityEvent
from staff.rights import RoleBackend
from staff.security_events import about_user, write_down

PATIENCE = 1.0  # seconds that somebody waits in a browser of their own


class GuessesOfAddress(AxesStandaloneBackend):
    """Refuses an address from which there were too many wrong passwords lately."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> None:
        """Raise PermissionDenied, which ends it, or leave it to the next backend."""
        if request is None or username is None or password is None:
            return
        try:
            super().authenticate(request, username, password, **more)
        except PermissionDenied:
            held_back(request, try_of(request, username))
            raise


class LimitedPasswords(RoleBackend):
    """Asks for the password where one may be looked at: one at a time, and so many an hour."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,  # noqa: ARG002, Django's own
    ) -> User | None:
        """Return the person; None for a wrong password, PermissionDenied where none is looked at.

        A name that nobody has takes as long, and asks Postgres as much, as one that somebody has.
        """
        if request is None or username is None or password is None:
            return None
        who = try_of(request, username)
        try:
            with looks.one_at_a_time(PATIENCE if who.is_in_own_browser else 0):
                if not who.may_be_looked_at(now_of(request)):
                    held_back(request, who)
                    raise PermissionDenied
                if looks.is_right(who.account, password):
                    return who.account
        except looks.TakenError:
            refuse(request, Refusal.BUSY)
            raise PermissionDenied from None
        _note(SecurityEvent.Kind.SIGN_IN_FAILED, "sign-in-failed-told", request, who)
        return None


def held_back(request: HttpRequest, who: Try) -> None:
    """Refuse, and write it down."""
    refuse(request, Refusal.HELD_BACK)
    _note(SecurityEvent.Kind.SIGN_IN_LOCKED, "sign-in-told", request, who)


def _note(kind: SecurityEvent.Kind, limit: str, request: HttpRequest, who: Try) -> None:
    """Write it down: so often for each account, and as often for all names together that are none.

    Or whoever guesses would fill the rows, or keep out of them what is about somebody.
    """
    if not allow(limit, who.subject if who.account else NOBODY):
        return
    about = about_user(who.account_id) if who.account else ""
    now, origin = now_of(request), device_cookie.origin_of(request)
    write_down(kind, user_id=None, now=now, about=about, origin=origin)
