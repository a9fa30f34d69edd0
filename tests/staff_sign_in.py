"""A test's browser signed in as staff are: in their own session, with their own cookie."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from desk.sign_in.password_again import GIVEN
from kicks.staff_sessions import SessionStore

BACKEND = "desk.sign_in.backends.LimitedPasswords"


def sign_in_at_once(browser: Client, user: User, backend: str | None = None) -> None:
    """Sign in without a password and without a second factor; Django's own would be a client's."""
    request = HttpRequest()
    request.session = SessionStore(_cookie(browser))
    login(request, user, backend or BACKEND)
    request.session.save()
    browser.cookies[settings.STAFF_SESSION_COOKIE_NAME] = str(request.session.session_key)


def confirm_password_of(browser: Client) -> None:
    """As if the password had been given just now: then no page asks for it again."""
    session = session_of(browser)
    whose = int(session[SESSION_KEY])
    session[GIVEN] = [whose, timezone.now().timestamp()]
    session.save()


def as_long_ago(key: str) -> None:
    """As if the session of this key had not been given the password in the last minutes."""
    session = SessionStore(key)
    del session[GIVEN]
    session.save()


def session_of(browser: Client) -> SessionStore:
    """Return the session of whoever has signed in; `Client.session` is a client's."""
    return SessionStore(_cookie(browser))


def _cookie(browser: Client) -> str | None:
    found = browser.cookies.get(settings.STAFF_SESSION_COOKIE_NAME)
    return found.value if found else None


def install() -> None:
    """Let `Client.force_login` do that."""
    Client._login = sign_in_at_once  # type: ignore[attr-defined]
