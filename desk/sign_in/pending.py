"""Between the password and the second factor: somebody who is nobody yet to every other page.

Nobody is signed in meanwhile: the session keeps whose password was right, and the pages of the
second factor alone ask for that.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from desk.diary_admin import now_of

PENDING = "pending"
# Long enough to find the phone, and to install an app.
LASTS = timedelta(minutes=30)
MOST_WRONG = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """Whose password was right, and where they want to go."""

    user: User
    to: str


def put(request: HttpRequest, user: User, to: str, now: datetime) -> None:
    """Keep that this person's password was right, in a session of a new name."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "to": to,
        "at": now.timestamp(),
        "wrong": 0,
    }
    request.session.set_expiry(int(LASTS.total_seconds()))


def pending_of(request: HttpRequest) -> Pending | None:
    """Return who has given their password here; None once that is too long ago or was changed."""
    kept = request.session.get(PENDING)
    if kept is None or now_of(request).timestamp() - kept["at"] > LASTS.total_seconds():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, is_staff=True).first()
    if user is None or user.get_session_auth_hash() != kept["hash"]:
        return None
    return Pending(user, kept["to"])


def one_more_wrong(session: SessionBase) -> bool:
    """Count a wrong code; False once that were too many: then it's over, password and all."""
    kept = session[PENDING]
    if kept["wrong"] + 1 >= MOST_WRONG:
        session.flush()
        return False
    session[PENDING] = {**kept, "wrong": kept["wrong"] + 1}
    return True


def over(request: HttpRequest, user: User, now: datetime) -> datetime:
    """End it, and return when this person's password was given: `now` where nothing came between.

    It may lie half an hour back, and whoever shows the second factor shows no password.
    """
    kept = request.session.pop(PENDING, None)
    if kept is None or kept["user"] != user.pk:
        return now
    return datetime.fromtimestamp(kept["at"], tz=UTC)
