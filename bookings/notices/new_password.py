"""Telling somebody that their password was changed, wherever that was done."""

from django.contrib.auth.models import User
from django.utils import timezone

from bookings.notices.staff_letters import tell_of_new_password


class ToldByMail:
    """A validator that refuses nothing: Django calls it wherever a password was changed.

    In admin, by a mailed link, on the command line (as it does `staff.passwords.LongEnough`).
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Take every password."""

    def get_help_text(self) -> str:
        return "You’re told by email when it was changed."

    def password_changed(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        """Mail its owner; who has never signed in has only just been given or chosen their first.

        Django hands on no time, so the clock is read here.
        """
        if user is not None and user.last_login is not None:
            tell_of_new_password(user, timezone.now())
