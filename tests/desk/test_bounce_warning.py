"""Whom mail doesn't reach: the client's card, the list of clients and the booking say so."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import strip_tags

from clients.models import Client
from outbox import tracking
from outbox.models import OutgoingMail
from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import NOW, World, book, force_booking, make_client
from tests.outbox.letters import queued
from tests.pages import signed_in, text_of

pytestmark = pytest.mark.django_db
Fate = OutgoingMail.Fate
LIST = reverse("admin:clients_client_changelist")
AT = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
SECTION = re.compile(r'<section aria-label="Email to this person".*?</section>', re.DOTALL)


def card(client: Client) -> str:
    return reverse("admin:clients_client_change", args=[client.pk])


def back(client: Client, fate: Fate = Fate.BOUNCED, reason: str = "") -> OutgoingMail:
    """A mail that came back from the client's address in March."""
    mail = queued(to=client.email)
    OutgoingMail.objects.filter(pk=mail.pk).update(state="sent", sent_at=AT)
    assert tracking.tell(mail.message_id, client.email, fate, reason, AT)
    return mail


def said(browser: Browser, path: str) -> tuple[str, list[str]]:
    """What stands above the page of a row, and where it leads."""
    html = browser.get(path).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    found = SECTION.search(html)
    return (
        (strip_tags(found[0]).strip(), re.findall(r'href="([^"]+)"', found[0]))
        if found
        else ("", [])
    )


def test_the_card_says_when_mail_bounced_and_why(admin_client: Browser) -> None:
    client = make_client()
    mail = back(client, reason="550 <b>no</b> such user")
    words, links = said(admin_client, card(client))
    assert words.startswith(
        "Email to this address bounced on Tuesday 3 March 2026, 2:30pm UK time: "
        "550 &lt;b&gt;no&lt;/b&gt; such user. Reach them another way"
    )
    assert links == [reverse("admin:outbox_outgoingmail_change", args=[mail.pk])]


def test_mail_marked_as_spam_is_named_so_and_a_reason_that_nobody_gave_is_left_out(
    admin_client: Browser,
) -> None:
    client = make_client()
    back(client, Fate.COMPLAINED)
    words, _ = said(admin_client, card(client))
    assert "was marked as spam on Tuesday 3 March 2026, 2:30pm UK time. Reach" in words


def test_a_card_whose_mail_arrives_says_nothing(admin_client: Browser) -> None:
    client, other = make_client(), make_client()
    back(other)
    queued(to=client.email)
    assert said(admin_client, card(client)) == ("", [])


def test_it_goes_when_the_address_is_changed_and_not_for_another_change(
    admin_client: Browser,
) -> None:
    client = make_client(name="Sam Okafor", email="sam@example.com")
    back(client)
    for email, shown in (("sam@example.com", True), ("sam@better.example.com", False)):
        sent = {"name": "Sam O", "email": email, "accepted_at_0": "", "accepted_at_1": ""}
        sent |= {"consents-TOTAL_FORMS": "0", "consents-INITIAL_FORMS": "0"}
        sent |= as_opened(admin_client, card(client))
        assert admin_client.post(card(client), sent).status_code == 302
        assert bool(said(admin_client, card(client))[0]) == shown


def test_it_goes_when_a_later_mail_arrives(admin_client: Browser) -> None:
    client = make_client()
    back(client)
    later = queued(to=client.email)
    OutgoingMail.objects.filter(pk=later.pk).update(state="sent")
    assert said(admin_client, card(client))[0]
    tracking.tell(later.message_id, client.email, Fate.DELIVERED, at=AT + timedelta(days=1))
    assert said(admin_client, card(client)) == ("", [])


def test_the_booking_warns_and_leads_to_the_card(admin_client: Browser, world: World) -> None:
    found = book(world, NOW + timedelta(days=1, hours=1))
    path = reverse("admin:bookings_booking_change", args=[found.pk])
    assert said(admin_client, path) == ("", [])
    mail = back(found.client, reason="no such user.")
    words, links = said(admin_client, path)
    assert words.startswith(f"Email to {found.client.email} bounced on Tuesday 3 March 2026")
    assert "2:30pm UK time: no such user. Reach them" in words
    assert links == [
        card(found.client),
        reverse("admin:outbox_outgoingmail_change", args=[mail.pk]),
    ]


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.THERAPIST])
def test_who_may_not_see_that_mail_is_told_and_given_no_link_to_it(
    world: World, role: Role
) -> None:
    client = force_booking(world, NOW).client
    back(client)  # about nothing in this diary
    world.therapist.assistants.add(world.therapist.user)
    words, links = said(signed_in(world.therapist, role), card(client))
    assert words
    assert links == []


def test_the_list_names_them_and_shows_them_alone(admin_client: Browser) -> None:
    lost, spam, fine = (make_client(name=name) for name in ("Ali One", "Kim Two", "Sam Three"))
    back(lost)
    back(spam, Fate.COMPLAINED)
    everybody = text_of(admin_client.get(LIST))
    assert "Bounced" in everybody
    assert "Marked as spam" in everybody
    shown = text_of(admin_client.get(LIST, {"mail": "bounced"}))
    assert (lost.name in shown, spam.name in shown, fine.name in shown) == (True, True, False)
    assert fine.name in text_of(admin_client.get(LIST, {"mail": "nonsense"}, follow=True))
