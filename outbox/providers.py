"""Providers that take a mail whole over HTTPS: the very bytes that a mail server would get.

Anymail hands most providers a mail in pieces, and theirs put it together again: without the
calendar part, or under a Message-ID of their own. These two have a door for whole messages.
Loaded only where EMAIL_URL names one of them.
"""

import json
from base64 import b64encode
from email.utils import parseaddr
from typing import Any

from anymail.backends import mailgun, postal
from anymail.backends.base_requests import RequestsPayload
from anymail.utils import concat_lists, parse_address_list
from django.core.mail import EmailMessage


class Whole(RequestsPayload):
    """A mail that is not taken apart: only whom it goes to is read from it."""

    base_message_attrs = (("to", concat_lists, parse_address_list),)
    anymail_message_attrs = ()

    def get_request_params(self, api_url: str) -> dict[str, Any]:
        """Follow no redirect: a mail goes to the provider that was named, or waits."""
        return {**super().get_request_params(api_url), "allow_redirects": False}

    def wire(self) -> bytes:
        """Return the mail as it goes over the wire."""
        return bytes(self.message.message().as_bytes(linesep="\r\n"))


class MailgunPayload(Whole, mailgun.MailgunPayload):
    """`POST /v3/<domain>/messages.mime`."""

    def init_payload(self) -> None:
        super().init_payload()
        self.files.append(("message", ("message.mime", self.wire(), "message/rfc822")))
        # Else links would lead by way of the provider, and a picture would tell who reads when.
        self.data["o:tracking"] = "no"

    def get_api_endpoint(self) -> str:
        return f"{super().get_api_endpoint()}.mime"

    def serialize_data(self) -> dict[str, object]:
        """The fields as they are: there are no variables to fill in for each recipient."""
        return dict(self.data)


class MailgunBackend(mailgun.EmailBackend):
    """Mailgun, in the European Union or the United States."""

    def build_message_payload(self, message: EmailMessage, defaults: object) -> MailgunPayload:
        return MailgunPayload(message, defaults, self)


class PostalPayload(Whole, postal.PostalPayload):
    """`POST /api/v1/send/raw`."""

    def get_api_endpoint(self) -> str:
        return "api/v1/send/raw"

    def serialize_data(self) -> str:
        return json.dumps(
            {
                "mail_from": parseaddr(self.message.from_email)[1],
                "rcpt_to": self.data["to"],
                "data": b64encode(self.wire()).decode(),
            }
        )


class PostalBackend(postal.EmailBackend):
    """Postal, a mail server that one runs oneself."""

    def build_message_payload(self, message: EmailMessage, defaults: object) -> PostalPayload:
        return PostalPayload(message, defaults, self)
