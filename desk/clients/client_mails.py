"""What is sent to a client from their page: an email once more, and new private links."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern

from bookings.notices import link_requests
from desk.clients.client_facts import mails_to
from desk.clients.client_pages import ClientPages, card_of
from desk.diary_admin import now_of
from outbox import delivery
from outbox.models import OutgoingMail


class ClientMails(ClientPages):
    """Adds the addresses of both; each takes a press and nothing else."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.address_of("mails/<int:mail>/again/", self.again_view, "mail_again"),
            self.address_of("new-links/", self.new_links_view, "new_links"),
            *super().get_urls(),
        ]

    def again_view(self, request: HttpRequest, pk: int, mail: int) -> HttpResponse:
        """Put an email that failed or came back in line again."""
        client = self.to_see(request, pk)
        if not request.user.has_perm("outbox.change_outgoingmail"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        page, rows = self.page_of(OutgoingMail), mails_to(client)
        its = page.of_diaries(rows, request) if page else rows.none()
        get_object_or_404(its.only("pk"), pk=mail)
        if not client.mailed_at:
            messages.error(request, f"{client} may not be emailed, so it wasn’t sent again.")
        elif delivery.send_again(rows.filter(pk=mail)):
            messages.success(request, "It’s put back in line, and leaves within a minute.")
        else:
            messages.warning(request, "It wasn’t sent again: it arrived, or is of no use now.")
        return redirect(card_of(pk))

    def new_links_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Email them new private links: the older ones end once a new one is opened."""
        client = self.to_change(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if link_requests.send_to(client, now_of(request)):
            messages.success(request, f"New links are on their way to {client.email}.")
        else:
            messages.error(
                request, "No link was sent: there’s nothing to open, or no safe email address."
            )
        return redirect(card_of(pk))
