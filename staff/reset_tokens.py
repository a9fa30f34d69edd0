"""The links by which somebody chooses a password: how long each lasts."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

# Of a link that was asked for. An invitation, to who has no password yet, lasts as long as
# settings.PASSWORD_RESET_TIMEOUT says.
LASTS = timedelta(hours=1)


class ResetTokens(PasswordResetTokenGenerator):
    """Django's, which end with the first use, the next sign-in and a changed address."""

    # The same as Django's own, whose tokens are checked here, too.
    key_salt = "django.contrib.auth.tokens.PasswordResetTokenGenerator"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether it is this person's, unused and not too old."""
        if not super().check_token(user, token) or user is None or token is None:
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return not user.has_usable_password() or age <= LASTS.total_seconds()


reset_tokens = ResetTokens()
