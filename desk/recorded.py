"""What is said to whoever has just recorded how a meeting went."""

from django.contrib import messages
from django.http import HttpRequest

from bookings import outcomes
from bookings.models import Booking, Outcome
from bookings.outcomes import Report


def tell_of_mail(request: HttpRequest, booking: Booking, report: Report, way_back: str) -> None:
    """Say what became of the mail, and whether they may book, without naming the outcome.

    `way_back` is how the mail is kept from leaving while it waits.
    """
    client, mailed = booking.client, outcomes.mailed(booking)
    if any(mail.waits for mail in mailed):
        text = f"The follow-up email to {client} waits for 2 minutes. {way_back}"
        messages.info(request, text)
    if any(mail.has_gone for mail in mailed):
        text = f"A follow-up email went to {client} before, and can’t be taken back."
        messages.warning(request, text)
    client.refresh_from_db(fields=["accepted_at"])
    if report.outcome == Outcome.NOT_THE_FIT and client.accepted_at:
        text = f"{client} may still book sessions: they were accepted under Clients, not here."
        messages.warning(request, text)
