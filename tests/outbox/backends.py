"""Mail servers that refuse, or take so long that something happens meanwhile."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.db.models.functions import Now

from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import withdraw


class DatabaseGone(BaseEmailBackend):
    """Sends, while Postgres goes away."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        connection.connection.close()
        return len(email_messages)


class Choosy(BaseEmailBackend):
    """Takes no mail to nobody."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if any(message.to == ["nobody"] for message in email_messages):
            raise OSError
        return len(email_messages)


class Late(BaseEmailBackend, ABC):
    """Sends, while the lease of the one mail there is runs out."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        OutgoingMail.objects.update(lease_until=Now())
        self.meanwhile(OutgoingMail.objects.get())
        return len(email_messages)

    @abstractmethod
    def meanwhile(self, mail: OutgoingMail) -> None:
        """Do what others do with mail that somebody seems to have died over."""


class TakenOver(Late):
    """Meanwhile another sender begins it anew."""

    def meanwhile(self, mail: OutgoingMail) -> None:
        [claimed] = next(delivery._claims())
        assert delivery._begin(claimed)


class TakenBack(Late):
    """Meanwhile it is withdrawn."""

    def meanwhile(self, mail: OutgoingMail) -> None:
        assert withdraw(mail.about) == 1
