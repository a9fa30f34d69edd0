"""A mail server, for as long as it takes to lose the database."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection


class DatabaseGone(BaseEmailBackend):
    """Sends, while Postgres goes away."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        connection.connection.close()
        return len(email_messages)
