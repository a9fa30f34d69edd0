"""Who is whom: the password, after all that is asked before it is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from clients.rate_limits import allow
from desk.diary_admin import now_of
from desk.sign_in import device_cookie
from desk.sign_in.limits import SITE, Refusal, Try, refuse, try_of
from staff.models import SecurityEvent
from staff.rights import RoleBackend
from staff.security_events import about_user, write_down

# Hashing takes a third of a second of a core, by intent: two at once are a slow site for everybody.
_hashing = Lock()
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
        **more: Any,
    ) -> User | None:
        """Return the person; None for a wrong password, PermissionDenied where none is looked at.

        A name that nobody has takes as long, and asks Postgres as much, as one that somebody has.
        """
        if request is None or username is None or password is None:
            return None
        who = try_of(request, username)
        with _one_at_a_time(request, who):
            if not who.may_be_looked_at(now_of(request)):
                held_back(request, who)
                raise PermissionDenied
            user: Any = super().authenticate(request, username, password, **more)
        if user is None:
            _note(SecurityEvent.Kind.SIGN_IN_FAILED, request, username)
        return user


@contextmanager
def _one_at_a_time(request: HttpRequest, who: Try) -> Iterator[None]:
    """Have the process's one place for hashing; raises PermissionDenied where it is taken."""
    patience = PATIENCE if who.is_in_own_browser else 0
    if not _hashing.acquire(timeout=patience):
        refuse(request, Refusal.BUSY)
        raise PermissionDenied
    try:
        yield
    finally:
        _hashing.release()


def held_back(request: HttpRequest, who: Try) -> None:
    """Refuse, and write it down: seldom, or whoever guesses would fill the rows."""
    refuse(request, Refusal.HELD_BACK)
    if allow("sign-in-told", who.username.casefold()) and allow("sign-in-told-of-all", SITE):
        _note(SecurityEvent.Kind.SIGN_IN_LOCKED, request, who.username)


def _note(kind: SecurityEvent.Kind, request: HttpRequest, username: str) -> None:
    pk = User.objects.filter(username=username).values_list("pk", flat=True).first()
    write_down(
        kind,
        user_id=None,
        now=now_of(request),
        about=about_user(pk) if pk else "",
        origin=device_cookie.origin_of(request),
    )
