"""Inviting somebody: a mail with a link by which they choose their password."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from availability.models import Practice
from bookings.notices import staff_invitation
from bookings.notices.letter import absolute
from outbox.queue import queue, withdraw
from outbox.tasks import send_on_commit
from staff.people import about


def invite(user: User, practice: Practice, now: datetime) -> None:
    """Queue the mail, in the caller's transaction, in place of one that still waits.

    The link ends when a password is chosen, when somebody else is invited at this address, and
    after PASSWORD_RESET_TIMEOUT, which the mail says.
    """
    withdraw_invitations(user)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("choose_password", args=[uid, default_token_generator.make_token(user)])
    until = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    url, whose = absolute(path), about(user)
    letter = staff_invitation.letter(practice, user.email, whose, url=url, until=until)
    queue([letter])
    send_on_commit(whose)


def withdraw_invitations(user: User) -> None:
    """Take back what has not left yet."""
    withdraw(about(user), kind=staff_invitation.KIND)
