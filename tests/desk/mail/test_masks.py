"""Who may read mail in admin may not act as its reader: no page shows a private link's token."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.test import Client as Browser
from django.urls import reverse

from bookings.notices import letters, link_requests, private_links
from clients.models import AccessLink
from outbox import delivery
from outbox.models import OutgoingMail
from outbox.queue import queue
from tests.factories import NOW, World
from tests.kicks.everything import Shown, fill
from tests.kicks.test_questions import owner_pages
from tests.outbox.letters import queued
from tests.pages import text_of

TOKEN = re.compile(r"/b/([\w-]{20,})")


@pytest.fixture
def shown(world: World) -> Shown:
    """Mail of every kind that carries a link, each with the true one in the row that leaves."""
    shown = fill(world, 1)
    stored = (
        private_links.booking_link(shown.to_come, NOW),
        private_links.reminders_link(shown.to_come, NOW),
    )
    queue([letters.reminder(shown.to_come, 2, *private_links.store(stored), now=NOW)])
    link_requests.send(shown.client.email, NOW)
    return shown


def tokens() -> set[str]:
    mails = OutgoingMail.objects.all()
    return {
        token
        for mail in mails
        for said in (mail.text, mail.html, mail.unsubscribe_url)
        for token in TOKEN.findall(said)
    }


def test_no_page_of_admin_shows_a_token(shown: Shown) -> None:
    secret, pages = tokens(), list(owner_pages(shown))
    assert len(secret) > 5
    for mail in OutgoingMail.objects.all():
        path = reverse("admin:outbox_outgoingmail_change", args=[mail.pk])
        pages.append(("mail", 0, pages[0][2], path))
    for name, _, browser, path in pages:
        page = browser.get(path, follow=True).content.decode()
        assert not [token for token in secret if token in page], (name, path)
        assert not TOKEN.findall(page) or name == "mail_samples", (name, path)


def test_what_is_shown_says_that_there_is_a_link(shown: Shown) -> None:
    mail = OutgoingMail.objects.get(kind="reminder")
    owner = Browser()
    owner.force_login(shown.owner)
    page = text_of(owner.get(reverse("admin:outbox_outgoingmail_change", args=[mail.pk])))
    assert page.count("/b/***/") == 2
    assert "Your appointment is coming up" in page


def test_the_mail_that_leaves_has_the_true_ones(shown: Shown, mailoutbox: list[object]) -> None:
    delivery.send_due()
    left = "".join(str(getattr(mail, "body", "")) for mail in mailoutbox)
    assert TOKEN.findall(left)
    for token in TOKEN.findall(left):
        assert AccessLink.objects.of_tokens([token]).exists()


@pytest.mark.parametrize("told", ["last_error", "fate_reason"])
def test_what_a_server_quotes_of_a_mail_is_masked_too(
    admin_client: Browser, world: World, told: str
) -> None:
    secret = "a-token-that-a-spam-filter-quotes-in-full"  # noqa: S105
    mail = queued(to="sam@example.com")
    facts = {told: f"554 listed: https://x.example/b/{secret}/", "fate": "bounced", "fate_at": NOW}
    OutgoingMail.objects.filter(pk=mail.pk).update(**facts)
    for path in (
        reverse("admin:outbox_outgoingmail_change", args=[mail.pk]),
        reverse("admin:outbox_outgoingmail_changelist"),
    ):
        page = text_of(admin_client.get(path))
        assert "554 listed" in page
        assert secret not in page


def test_nothing_else_of_admin_reads_the_bodies() -> None:
    """A field of the mail that is shown as it is would be read past the masks."""
    page = admin.site.get_model_admin(OutgoingMail)
    shown = set(flatten(page.fields or ()))
    assert not shown & {"text", "html", "unsubscribe_url", "invite", "last_error", "fate_reason"}
    assert not set(page.list_display) & {"text", "html", "last_error", "fate_reason"}
