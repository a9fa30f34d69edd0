"""Clients and notices in admin."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Consent, PrivacyNotice
from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import NOW, World, force_booking, make_client
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:clients_client_changelist")


@pytest.fixture
def notice(db: None) -> PrivacyNotice:
    return PrivacyNotice.objects.create(version=1, published_on="2026-01-01", body="I keep little.")


def agree(notice: PrivacyNotice) -> Consent:
    return Consent.objects.create(client=make_client(), notice=notice, given_at=NOW)


def change(notice: PrivacyNotice, browser: Browser) -> int:
    path = reverse("admin:clients_privacynotice_change", args=[notice.pk])
    sent = {"version": "1", "published_on": "01/02/2026", "body": "I keep everything."}
    return browser.post(path, {**as_opened(browser, path), **sent}).status_code


def test_a_notice_that_somebody_agreed_to_stays_as_it_was(
    admin_client: Browser, notice: PrivacyNotice
) -> None:
    agree(notice)
    assert change(notice, admin_client) == 403
    path = reverse("admin:clients_privacynotice_delete", args=[notice.pk])
    admin_client.post(path, {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": [notice.pk], "post": "yes"}
    admin_client.post(reverse("admin:clients_privacynotice_changelist"), action)
    notice.refresh_from_db()
    assert notice.body == "I keep little."


def test_a_notice_that_nobody_agreed_to_can_be_corrected(
    admin_client: Browser, notice: PrivacyNotice
) -> None:
    assert change(notice, admin_client) == 302
    notice.refresh_from_db()
    assert (notice.body, f"{notice.published_on:%-d %B}") == ("I keep everything.", "1 February")
    assert notice.html == "<p>I keep everything.</p>"


def test_the_newest_version_is_the_one_to_agree_to(notice: PrivacyNotice) -> None:
    newer = PrivacyNotice.objects.create(version=2, published_on="2025-01-01", body="Less.")
    assert PrivacyNotice.objects.current() == newer


def test_a_notice_that_is_written_has_headings_and_lists(
    admin_client: Browser, client: Browser
) -> None:
    written = "## What I keep\n\n- Your name.\n- [More](/fees/)\n\n<script>alert(1)</script>"
    sent = {"version": "1", "published_on": "01/02/2026", "body": written}
    assert admin_client.post(reverse("admin:clients_privacynotice_add"), sent).status_code == 302
    page = client.get(reverse("privacy")).content.decode()
    assert '<h2 id="h-what-i-keep">What I keep</h2>' in page
    assert '<li>Your name.</li>\n<li><a href="/fees/">More</a></li>' in page
    assert "<script>alert" not in page


def test_a_notice_of_which_nothing_would_show_is_refused(admin_client: Browser) -> None:
    sent = {"version": "1", "published_on": "01/02/2026", "body": "[only]: /x"}
    response = admin_client.post(reverse("admin:clients_privacynotice_add"), sent)
    assert "Nothing is left of this on a page." in response.content.decode()
    assert not PrivacyNotice.objects.exists()


def test_a_notice_from_before_headings_reads_as_it_was_agreed_to(
    client: Browser, notice: PrivacyNotice
) -> None:
    assert notice.html == ""
    PrivacyNotice.objects.update(body="# 1\n- *One*\n\nTwo")
    page = client.get(reverse("privacy")).content.decode()
    assert "<p># 1<br>- *One*</p>\n\n<p>Two</p>" in page


def test_the_notice_is_shown_escaped(client: Browser, notice: PrivacyNotice) -> None:
    notice.body = "One <script>alert(1)</script>\n\nTwo"
    notice.save()
    page = client.get(reverse("privacy")).content.decode()
    assert "<p>One &lt;script&gt;alert(1)&lt;/script&gt;</p>" in page


def test_consents_and_clients_are_not_made_by_hand(
    admin_client: Browser, notice: PrivacyNotice
) -> None:
    given = agree(notice)
    assert admin_client.post(reverse("admin:clients_client_add"), {}).status_code == 403
    path = reverse("admin:clients_client_change", args=[given.client_id])
    sent = {
        **as_opened(admin_client, path),
        "name": "Kim Li",
        "email": "Kim+x@example.com",
        "phone": "",
        "accepted_at_0": "",
        "accepted_at_1": "",
        "consents-TOTAL_FORMS": "2",
        "consents-INITIAL_FORMS": "1",
        "consents-0-id": given.pk,
        "consents-0-client": given.client_id,
        "consents-0-given_at_0": "01/01/2020",
        "consents-0-DELETE": "on",
        "consents-1-notice": notice.pk,
    }
    assert admin_client.post(path, sent).status_code == 302
    assert list(Consent.objects.values_list("given_at", flat=True)) == [NOW]
    card = Client.objects.get()
    assert (card.name, card.mailbox) == ("Kim Li", "kim@example.com")


@pytest.mark.parametrize(
    "change", [{"name": "a\x00b"}, {"email": "x@localhost"}, {"email": "TAKEN@example.com"}]
)
def test_a_card_is_checked_like_the_form(admin_client: Browser, change: dict[str, str]) -> None:
    make_client(email="taken@example.com")
    card = make_client(name="Sam", email="sam@example.com")
    sent = {"name": "Sam", "email": "sam@example.com", "accepted_at_0": "", "accepted_at_1": ""}
    sent |= {"consents-TOTAL_FORMS": "0", "consents-INITIAL_FORMS": "0"}
    path = reverse("admin:clients_client_change", args=[card.pk])
    response = admin_client.post(path, {**as_opened(admin_client, path), **sent, **change})
    assert response.status_code == 200
    assert response.context["errors"]
    card.refresh_from_db()
    assert (card.name, card.email) == ("Sam", "sam@example.com")


@pytest.mark.parametrize(
    ("role", "accepted"), [(Role.THERAPIST, True), (Role.MANAGER, True), (Role.ASSISTANT, False)]
)
def test_accepting_for_sessions_is_for_who_may_change_clients(
    world: World, role: Role, *, accepted: bool
) -> None:
    card, before = make_client(), make_client(accepted_at=NOW)
    for number, client in enumerate((card, before)):
        force_booking(world, NOW + timedelta(hours=number), client=client)
    signed_in(world.therapist, role).post(
        LIST, {"action": "accept", "_selected_action": [card.pk, before.pk]}
    )
    card.refresh_from_db()
    before.refresh_from_db()
    assert (card.accepted_at is not None, before.accepted_at) == (accepted, NOW)


def test_all_clients_can_be_ticked_where_one_page_does_not_show_them(
    client: Browser, world: World
) -> None:
    client.force_login(User.objects.create_superuser("owner"))
    for _ in range(41):
        make_client()
    page = client.get("/admin/clients/client/").content.decode()
    assert "Select all 41 clients" in page
    assert page.count('name="_selected_action"') == 40
