"""What a password must be, and what a new one ends: the same wherever one is chosen."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone

from staff import devices, factors, sessions
from staff.models import SecurityEvent
from staff.security_events import about_user, write_down

# NIST SP 800-63B-4, 3.1.1.2, asks for 15 where nothing else is asked for.
ALONE, WITH_FACTOR = 15, 12
FEWEST_LETTERS = 5
ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
REPEATED = re.compile(r"(.+?)\1+")
# What somebody who guesses passwords here tries before all else, and the names of the site's own
# host; docs/sign-in.md has the list. They may stand in a password, but not be most of it.
OF_THIS_PLACE = (
    *("kicks", "booking", "bookings", "book", "diary", "calendar", "appointment", "appointments"),
    *("psychotherapy", "psychotherapist", "therapy", "therapist", "therapies", "therapists"),
    *("counselling", "counsellor", "counseling", "counselor", "session", "sessions", "walking"),
    *("consultation", "consultations", "practice", "clinic", "client", "clients", "fulham"),
    *("london", "owner", "manager", "assistant", "admin", "administrator", "staff"),
    *("password", "passwort", "welcome", "secret", "changeme", "letmein", "login"),
)
LETTERS_BESIDE = 8
WORDS_OF_HOST = re.compile(r"[^\W\d_]{4,}")


class LongEnough:
    """15 characters, or 12 for who has a second factor."""

    def validate(self, password: str, user: User | None = None) -> None:
        needed = _needed(user)
        if len(password) < needed:
            raise ValidationError(
                f"That’s {len(password)} characters. Use at least {needed}: "
                "three or four words that don’t belong together are easy to remember.",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return f"At least {ALONE} characters, or {WITH_FACTOR} once you have a second factor."

    def password_changed(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        """End this person's sessions, and ask for the second factor in each browser again.

        Django calls it wherever a password was changed: pages, admin's form for another person,
        `manage.py changepassword`. It hands on nobody who acts, so the row names none.
        """
        if user is None or user.pk is None:
            return
        sessions.end_all(user.pk)
        devices.distrust(user.pk)
        kind = SecurityEvent.Kind.PASSWORD_CHANGED
        write_down(kind, user_id=None, now=timezone.now(), about=about_user(user.pk))


def _needed(user: User | None) -> int:
    if user is None or user.pk is None:
        return ALONE
    return WITH_FACTOR if factors.has_factor(user) else ALONE


class NotCommon(CommonPasswordValidator):
    """No password of the list of those that are tried first, nor one that is made from it."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        plain = password.lower().strip()
        bare = ENDS.sub("", plain)
        if {plain, bare, _part(plain), _part(bare)} & self.passwords or len(
            set(plain)
        ) < FEWEST_LETTERS:
            raise ValidationError(
                "That is among the passwords that are tried first. Choose another.",
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return "Not one of the passwords that many people use."


class NotOfThisPlace:
    """No password that is made of the words that anybody expects here, "KicksTherapy2026!"."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        rest, found = _of_this_place(settings.SITE_URL).subn("", password.lower())
        if found and sum(one.isalpha() for one in rest) < LETTERS_BESIDE:
            raise ValidationError(
                "That is made of words that anybody would try here first. Add others, or choose "
                "words that have nothing to do with the practice.",
                code="password_of_this_place",
            )

    def get_help_text(self) -> str:
        return "Not made of the practice’s own words, such as “therapy” or “booking”."


@lru_cache(maxsize=4)
def _of_this_place(site: str) -> re.Pattern[str]:
    """Return what finds the words, the longest first."""
    named = WORDS_OF_HOST.findall((urlsplit(site).hostname or "").rpartition(".")[0])
    words = sorted({*OF_THIS_PLACE, *named}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _part(password: str) -> str:
    """Return what a password repeats: "abc" of "abcabcabc"."""
    found = REPEATED.fullmatch(password)
    return found[1] if found else password
