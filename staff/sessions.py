"""The sessions of those who work here: how long one lasts, which there are, and their end."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from staff.models import StaffDevice, StaffSession

# What a session keeps of its sign-in: moments as seconds, and its device.
STARTED, SEEN, DEVICE, IDLE, ADDRESS = "started", "seen", "device", "idle", "address"
# How stale "last seen" may be: a page costs no write each time.
SEEN_EVERY = timedelta(minutes=5)


def begin(session: SessionBase, device: StaffDevice, now: datetime) -> None:
    """Let a session last from now on: in a trusted browser for a working day, whatever happens."""
    trusted = device.trusted_until is not None and device.trusted_until > now
    idle: timedelta = settings.STAFF_SESSION_LONGEST if trusted else settings.STAFF_SESSION_IDLE
    session[STARTED] = session[SEEN] = now.timestamp()
    session[DEVICE], session[ADDRESS] = device.pk, device.address
    session[IDLE] = idle.total_seconds()
    session.set_expiry(int(_seconds_left(session, now)))


def see(session: SessionBase, now: datetime) -> None:
    """Let it last on from now, unless that was done a moment ago; never past its longest."""
    seen = session.get(SEEN)
    if seen is None or now.timestamp() - seen < SEEN_EVERY.total_seconds():
        return
    session[SEEN] = now.timestamp()
    session.set_expiry(int(_seconds_left(session, now)))


def _seconds_left(session: SessionBase, now: datetime) -> float:
    longest: timedelta = settings.STAFF_SESSION_LONGEST
    rest = float(session[STARTED]) + longest.total_seconds() - now.timestamp()
    return max(1.0, min(float(session[IDLE]), rest))


def moment(data: dict[str, object], name: str) -> datetime | None:
    """Return a moment that a session keeps."""
    kept = data.get(name)
    return datetime.fromtimestamp(float(str(kept)), UTC) if kept is not None else None


def end_all(user_id: int, but: str | None = None) -> int:
    """End this person's sessions, all `but` the one of this key; return how many."""
    return StaffSession.objects.filter(user=user_id).exclude(session_key=but or "").delete()[0]


def forget_old(now: datetime) -> None:
    """Delete the sessions that are over."""
    StaffSession.objects.filter(expire_date__lt=now).delete()
