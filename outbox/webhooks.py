"""What providers tell of mail after they took it: delivered, bounced, marked as spam.

Anymail reads each provider's own words and checks who speaks: the name and word of WEBHOOK_SECRET,
and the provider's signature. It would pass the news on by a Django signal; these views hand it to
`tracking.tell` themselves, so that one can follow the call. Loaded only where EMAIL_URL names a
provider.
"""

import logging

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.base import AnymailCoreWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postal import PostalTrackingWebhookView
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from outbox import tracking
from outbox.models import OutgoingMail

log = logging.getLogger(__name__)

Fate = OutgoingMail.Fate
# What is put off, opened or clicked is nobody's business here. A provider that refuses to send at
# all, for it knows the address from an earlier bounce, leaves the mail as undelivered as a bounce.
FATES = {
    EventType.DELIVERED: Fate.DELIVERED,
    EventType.BOUNCED: Fate.BOUNCED,
    EventType.REJECTED: Fate.BOUNCED,
    EventType.FAILED: Fate.BOUNCED,
    EventType.COMPLAINED: Fate.COMPLAINED,
}
# Of words that are not a provider's: another shape of JSON, another page's news.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ImproperlyConfigured)


class Told(AnymailCoreWebhookView):
    """Takes one provider's news. What it sent is never logged: it names people."""

    def post(self, request: HttpRequest, *_: object, **__: object) -> HttpResponse:
        """Record the news; 403 for who isn't the provider, 400 for what can't be read.

        Mail that we don't know is no error: a provider's account may send for others too, and
        would tell us again and again.
        """
        try:
            self.run_validators(request)
            events = self.parse_events(request)
        except AnymailWebhookValidationFailure:
            log.warning("news of mail came without the right word or signature")
            return HttpResponse(status=403)
        except UNREADABLE as error:
            log.warning("news of mail could not be read: %s", type(error).__name__)
            return HttpResponse(status=400)
        for event in events:
            _record(event)
        return HttpResponse()


def _record(event: AnymailTrackingEvent) -> None:
    fate = FATES.get(event.event_type)
    if fate:
        reason = event.mta_response or event.description or event.reject_reason or ""
        name, to = (_word(said) for said in (event.message_id, event.recipient))
        tracking.tell(name, to, fate, str(reason), event.timestamp)


def _word(said: object) -> str:
    """An id or an address as text that Postgres takes; Postal's ids are numbers."""
    return "" if said is None else str(said).replace("\0", "")


class MailgunEvents(Told, MailgunTrackingWebhookView):
    """Mailgun's news."""


class PostalEvents(Told, PostalTrackingWebhookView):
    """Postal's news."""
