"""The addresses of a site that sends by a provider, by both at once for the tests."""

from django.urls import path

from kicks import urls
from outbox.webhooks import MailgunEvents, PostalEvents

urlpatterns = [
    path("hooks/mailgun/", MailgunEvents.as_view()),
    path("hooks/postal/", PostalEvents.as_view()),
    *urls.urlpatterns,
]
